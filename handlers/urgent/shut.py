"""Words wait because a platform is out of order, or a channel takes none: somebody who can mend it is told, once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import structlog

from bot.cards.phrases import count, joined
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.places import pager_of
from bot.policy.reach import last_resort, stand_in
from bot.router import Call, Routes
from handlers.shared.sentence import TOLD, tell
from handlers.shared.timers import said

OUT: Final = (
    "{platform} stopped answering at {since}. Until it answers again everything meant for it waits{waiting}, "
    "and then follows in order."
)
SHUT: Final = (
    "Nothing can be said in the {platform} channel of {department}. {reason}. "
    "Until then its messages wait{waiting}, and then follow in order."
)
WAITING: Final = " ({numbers} so far)"
NUMBER: Final = "{messages} for {department}"
_PAGER: Final = "The pager {name}"
_PLATFORMS: Final = {"slack": "Slack", "teams": "Microsoft Teams", "web": "The web chat"}

log = structlog.get_logger(__name__)
routes = Routes()


@routes.timer("shut")
async def tell_shut(call: Call) -> None:
    """The duty person of each department whose words wait hears of it, else who stands in; once for a job's key."""
    waiting = _waiting(call)
    shut, about = said(call, "place"), said(call, "department")
    departments = [about] if shut else list(waiting)
    key = call.job.key if call.job else ""
    async with call.work() as work:
        for person, theirs in _told(call, departments).items():
            theirs_wait = {name: waiting[name] for name in theirs if name in waiting}
            names = Spoken(policy=call.policy, zone=call.policy.people[person].zone, now=call.now)
            sentence = _shut(call, names, theirs_wait) if shut else _out(call, names, theirs_wait)
            work.jobs.put(tell(person, sentence, key=f"{TOLD}{key}:{person}", at=call.now))


def _told(call: Call, departments: list[str]) -> Mapping[PersonId, list[str]]:
    """Who hears of it, with the departments of whose words; where none is known, the usual one's people."""
    usual = call.policy.communities[call.policy.company.default_community].interacts[0]
    found: dict[PersonId, list[str]] = {}
    for name in departments or [usual]:
        person = stand_in(call.policy, name, call.now) or last_resort(call.policy, name, call.now)
        if person is None:
            log.error("nobody could be told that words wait", department=name)
        else:
            found.setdefault(person, []).append(name)
    return found


def _out(call: Call, names: Spoken, waiting: Mapping[str, int]) -> str:
    since = names.moment(datetime.fromisoformat(said(call, "since")))
    numbers = [
        NUMBER.format(messages=count(number, "message"), department=names.department(name))
        for name, number in waiting.items()
    ]
    return OUT.format(
        platform=_platform(said(call, "platform")), since=since, waiting=_so_far(joined(tuple(numbers)))
    )


def _shut(call: Call, names: Spoken, waiting: Mapping[str, int]) -> str:
    numbers = joined(tuple(f"{number:,}" for number in waiting.values()))
    return SHUT.format(
        platform=_platform(said(call, "place").partition(":")[0]).removeprefix("The "),
        department=names.department(said(call, "department")),
        reason=said(call, "reason").strip().rstrip("."),
        waiting=_so_far(numbers),
    )


def _so_far(numbers: str) -> str:
    return WAITING.format(numbers=numbers) if numbers else ""


def _platform(name: str) -> str:
    pager = pager_of(name)
    return _PAGER.format(name=pager) if pager else _PLATFORMS.get(name, name)


def _waiting(call: Call) -> Mapping[str, int]:
    """How much waits, by department: of the one channel that is shut, else of the whole platform."""
    lanes: Mapping[str, int] = json.loads(said(call, "waiting") or "{}")
    only = said(call, "place")
    return {
        name: lanes[lane] for lane, name in _channels(call.policy) if lane in lanes and only in ("", lane)
    }


def _channels(policy: Policy) -> Iterator[tuple[str, str]]:
    for name, department in policy.departments.items():
        for platform, conversation in department.channels.items():
            yield f"{platform}:{conversation}", name
