"""The policy: every mistake and warning of the file, and what only shows together with the chats that are on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.cards.phrases import count
from bot.cli.checks import Patient
from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.policy.duty import leads, on_duty, paged
from bot.policy.ladder import escalation_policy_by_hand
from bot.policy.model import Department, Policy
from bot.policy.problems import Severity
from bot.ports import Finding, Health

AREA: Final = "Policy"
WELL: Final = "{file} fits together: {people}, {departments}."
MEND_POLICY: Final = (
    "`baton policy check` shows all of them in their places, and says it again once they are mended."
)
NO_CHANNEL: Final = "{title} has no channel in any chat that is on ({chats}), so nobody sees its cards come."
MEND_CHANNEL: Final = 'Write channels = {{ {chat} = "…" }} under [departments.{name}].'
NOBODY: Final = "{title} has nobody on duty and no lead, so nobody is told of what waits there."
MEND_NOBODY: Final = 'Write duty = ["<e-mail>"] under [departments.{name}].'
NO_WAY: Final = "{person}, on duty for {title}, prefers {chat}, which is not switched on."
MEND_WAY: Final = "Switch that chat on, or change prefers of that person to one of: {chats}."
UNHEARD: Final = (
    "No department that interacts in {title} has a channel in a chat that is on: nobody listens there."
)
MEND_UNHEARD: Final = "Give one of {departments} a channel, or change interacts of [communities.{name}]."
UNREACHED: Final = (
    "No mention comes to {title}: it names no sources and no brands, and is not the default community."
)
MEND_UNREACHED: Final = (
    "Write sources or brands under [communities.{name}]; senders may name it as well, then all is well."
)
ASLEEP: Final = (
    "At night a P1 of {title} pages {people}, and the policy has no phone number of any of them: "
    "when a message wakes nobody, colleagues cannot call."
)
MEND_ASLEEP: Final = 'Write phone = "+…" for at least one of them.'
_NIGHT: Final = 3


async def policy(patient: Patient) -> AsyncIterator[Finding]:
    """The file first; with a policy that can be read, what it means for the chats that are on."""
    for problem in patient.reading.problems:
        broken = problem.severity is Severity.MISTAKE
        health = Health.BROKEN if broken else Health.DOUBTFUL
        yield Finding(area=AREA, health=health, says=str(problem), mend=MEND_POLICY if broken else "")
    known = patient.policy
    if known is None:
        return
    says = WELL.format(
        file=patient.config.policy,
        people=count(len(known.people), "person", "people"),
        departments=count(len(known.departments), "department"),
    )
    yield Finding(area=AREA, health=Health.WELL, says=says)
    for says, mend in (
        *_departments(known, patient.chats, patient.now),
        *_communities(known, patient.chats),
        *_nights(known, patient.now),
    ):
        yield Finding(area=AREA, health=Health.DOUBTFUL, says=says, mend=mend)


def _departments(known: Policy, chats: tuple[str, ...], now: datetime) -> Iterator[tuple[str, str]]:
    for name, department in known.departments.items():
        if chats and not _heard(department, chats):
            says = NO_CHANNEL.format(title=department.title, chats=", ".join(chats))
            yield says, MEND_CHANNEL.format(chat=chats[0], name=name)
        if on_duty(known, name, now) is None and not leads(known, name, now):
            yield NOBODY.format(title=department.title), MEND_NOBODY.format(name=name)
        for person in department.duty:
            prefers = known.people[person].prefers if person in known.people else None
            if chats and prefers is not None and prefers not in chats:
                who = known.people[person].name
                says = NO_WAY.format(person=who, title=department.title, chat=prefers)
                yield says, MEND_WAY.format(chats=", ".join(chats))


def _communities(known: Policy, chats: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, community in known.communities.items():
        there = [known.departments[each] for each in community.interacts if each in known.departments]
        if chats and not any(_heard(department, chats) for department in there):
            departments = ", ".join(community.interacts)
            says = UNHEARD.format(title=community.title)
            yield says, MEND_UNHEARD.format(departments=departments, name=name)
        if not (community.sources or community.brands or name == known.company.default_community):
            yield UNREACHED.format(title=community.title), MEND_UNREACHED.format(name=name)


def _nights(known: Policy, now: datetime) -> Iterator[tuple[str, str]]:
    """Who is paged at three at night; only P1 wakes people."""
    local = now.astimezone(known.company.zone)
    night = local.replace(hour=_NIGHT, minute=0, second=0, microsecond=0) + timedelta(days=1)
    community = known.company.default_community
    for name, department in known.departments.items():
        plan = known.escalations.get(escalation_policy_by_hand(known, name, Priority.P1))
        if plan is None:
            continue
        steps = [who for step in plan.steps for who in paged(known, step.page, name, community, night)]
        woken: list[PersonId] = list(dict.fromkeys(steps)) or [plan.fallback]
        people = [known.people[who] for who in woken if who in known.people]
        if people and not any(person.phone for person in people):
            names = ", ".join(person.name for person in people)
            yield ASLEEP.format(title=department.title, people=names), MEND_ASLEEP


def _heard(department: Department, chats: tuple[str, ...]) -> bool:
    return any(chat in department.channels for chat in chats)
