"""What could not be delivered is told to somebody, with the reason; a page climbs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.domain.alarms.escalation import page_failed
from bot.domain.alarms.undelivered import Failure, undelivered
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.people import COMPANY, PersonId
from bot.policy.model import Policy
from bot.policy.places import channels
from bot.policy.reach import last_resort, stand_in
from bot.router import Call, Routes
from handlers.shared.sentence import TOLD, VIEW, tell
from handlers.shared.timers import said
from handlers.urgent.away_words import PAGES, paged_together

NOT_DELIVERED: Final = "For {whom}, who could not be reached ({reason}): {words} {contact}"
A_MESSAGE: Final = "a message ({what})."
THE_PAGES: Final = "the page about urgent cases after the desk was down; `list escalated` shows them."
A_DIGEST: Final = "the {rhythm} digest of {day}."
CONTACT: Final = "Other ways: {ways}."

_OF_A_CASE: Final = ("case", "page", "notice", "note")
_DIGEST: Final = "digest"
_LAST: Final = f"{TOLD}last:"
_QUIET_FOR_CHANNEL: Final = timedelta(days=1)
_QUIET_FOR_PERSON: Final = timedelta(hours=1)
_HISTORY: Final = 200

log = structlog.get_logger(__name__)
routes = Routes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A delivery that was given up: a `person`'s direct message, or words in a `department`'s channel."""

    key: str
    view: str
    subject: str
    person: str
    department: str
    reason: str

    @property
    def case_id(self) -> int | None:
        return int(self.subject.partition(":")[0]) if self.view in _OF_A_CASE else None

    @property
    def beside(self) -> bool:
        """Whether it was a page by a pager: the direct message is another delivery."""
        return self.view == "page" and "@" in self.key

    @property
    def number(self) -> int | None:
        """The page's number or the event's, where the subject has one."""
        _, *parts = self.subject.split(":")
        number = (parts[-1] if self.view == "page" else parts[0]) if parts else ""
        return int(number) if number.isdecimal() else None


@routes.timer("undelivered")
async def tell_undelivered(call: Call) -> None:
    """Somebody is told, never twice of the same; an undelivered word about that goes once to the fallback."""
    lost = Lost(
        key=said(call, "key"),
        view=said(call, "view"),
        subject=said(call, "subject"),
        person=said(call, "person"),
        department=said(call, "department"),
        reason=said(call, "reason"),
    )
    if lost.case_id is None:
        await _pages_failed(call, lost)
        await _tell_plainly(call, lost)
        return
    async with call.work() as work:
        case = await work.cases.get(lost.case_id)
        history = await work.cases.history(lost.case_id, limit=_HISTORY)
        failure = _failure(call.policy, case, lost, history, call.now)
        if failure is not None:
            await work.cases.save(undelivered(case, failure, at=call.now))


async def _pages_failed(call: Call, lost: Lost) -> None:
    """One page for all cases of an outage reached nobody: each of them climbs. Nothing for any other message."""
    if lost.view != PAGES:
        return
    async with call.work(finish=False) as work:
        for number in await paged_together(work, lost.subject):
            case = await work.cases.get(number)
            pages = case.escalation.pages if case.escalation else ()
            mine = [page.number for page in pages if page.person == lost.person]
            await work.cases.save(page_failed(case, mine[-1], at=call.now) if mine else case)


async def _tell_plainly(call: Call, lost: Lost) -> None:
    """Without a case: a sentence goes to who stands in, and if that fails to the last resort."""
    home = _home(call.policy, lost)
    again = lost.key.startswith(TOLD)
    told = (last_resort if again else stand_in)(call.policy, home, call.now, but=lost.person)
    async with call.work() as work:
        if told is None or lost.key.startswith(_LAST):
            log.error("nobody could be told of what was not delivered", lost=lost.key, reason=lost.reason)
        else:
            key = f"{_LAST if again else TOLD}{lost.key}"
            work.jobs.put(tell(told, _sentence(call, lost), key=key, at=call.now))


def _home(policy: Policy, lost: Lost) -> str:
    """The department that should know."""
    person = policy.people.get(PersonId(lost.person))
    homes = [lost.department] if lost.department else list(person.roles if person else ())
    usual = policy.communities[policy.company.default_community].interacts[0]
    return next((name for name in homes if name != COMPANY), usual)


def _sentence(call: Call, lost: Lost) -> str:
    person = call.policy.people.get(PersonId(lost.person))
    whom = person.name if person else call.names.department(lost.department)
    ways = ", ".join(filter(None, (person.phone, person.id))) if person else ""
    words = _words(lost)
    contact = CONTACT.format(ways=ways) if ways else ""
    return NOT_DELIVERED.format(
        whom=whom, reason=lost.reason.rstrip("."), words=words, contact=contact
    ).strip()


def _words(lost: Lost) -> str:
    if lost.view == VIEW:
        return lost.subject
    if lost.view == PAGES:
        return THE_PAGES
    if lost.view == _DIGEST:
        _, rhythm, day = lost.subject.rsplit(":", 2)
        return A_DIGEST.format(rhythm=rhythm, day=day)
    return A_MESSAGE.format(what=lost.view)


def _failure(
    policy: Policy, case: Case, lost: Lost, history: Sequence[Event], at: datetime
) -> Failure | None:
    """What to record and whom to tell; None when that was told already, or there is nobody left to tell."""
    about = next((event for event in history if lost.view == "notice" and event.seq == lost.number), None)
    if about is not None and about.kind is Kind.UNDELIVERED:
        return _failure_of_telling(policy, case, lost, about, at)
    if _known(case, lost, history, at):
        return None
    told = None
    if lost.department or not channels(policy, case.department):
        told = stand_in(policy, lost.department or case.department, at, but=lost.person)
    page = lost.number if lost.view == "page" and not lost.beside and _is_current(case, lost) else None
    return Failure(
        key=lost.key,
        view=lost.view,
        reason=lost.reason,
        person=lost.person,
        department=lost.department,
        told=told,
        page=page,
    )


def _failure_of_telling(policy: Policy, case: Case, lost: Lost, about: Event, at: datetime) -> Failure | None:
    told = last_resort(policy, case.department, at, but=lost.person)
    if about.data.get("last") or told is None:
        log.error("nobody could be told of what was not delivered", lost=lost.key, reason=lost.reason)
        return None
    return Failure(
        key=lost.key,
        view=str(about.data.get("view")),
        reason=str(about.data.get("reason")),
        person=str(about.data.get("person") or ""),
        department=str(about.data.get("department") or ""),
        told=told,
        last=True,
    )


def _known(case: Case, lost: Lost, history: Sequence[Event], at: datetime) -> bool:
    """Whether this was told: every change of a case is delivered again, and would be told again."""
    if lost.view == "page" and not lost.beside and _is_current(case, lost):
        pages = case.escalation.pages if case.escalation else ()
        return any(page.failed for page in pages if page.number == lost.number)
    for event in history:
        if event.kind is not Kind.UNDELIVERED:
            continue
        if event.data.get("key") == lost.key and not lost.department:
            return True
        if lost.person and event.data.get("person") == lost.person and at - event.at < _QUIET_FOR_PERSON:
            return True
        if (
            lost.department
            and event.data.get("department") == lost.department
            and at - event.at < _QUIET_FOR_CHANNEL
        ):
            return True
    return False


def _is_current(case: Case, lost: Lost) -> bool:
    """Whether a page belongs to the escalation that runs; its key names the start."""
    started = int(case.escalation.started_at.timestamp()) if case.escalation else 0
    return case.escalating and lost.key.split(":")[2:3] == [str(started)]
