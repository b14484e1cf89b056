"""What follows when somebody goes away or comes back: kept, handed on, shown on cards, and told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from bot.domain.alarms.escalation import page_instead
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.domain.roles import Actor
from bot.domain.shifts.absence import Absence
from bot.domain.shifts.handover import decline_handover
from bot.effects import card_put
from bot.policy.answering import past_hours
from bot.policy.duty import on_duty, turn_ends
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.places import channels
from bot.policy.presence import standing
from bot.policy.terms import lease_for
from bot.ports import CaseFilter, Put, Rank, Work
from bot.router import Call
from handlers.hand_over.duty import on_duty_now
from handlers.hand_over.shift_words import away_words
from handlers.shared.sentence import TOLD, tell

IS_BACK: Final = "{who} is back; you do not cover for them any more."
YOU_COVER: Final = (
    "{who} is away and you cover{until}{said}: their pages and duty come to you, and you may extend, note, release "
    "and resolve their claims."
)
SAID_BY: Final = ", says {by}"
YOU_WERE_SET: Final = "{by} says that you are {away}. Say `back` when you are here."
AWAY_REASON: Final = "away"
INSTEAD: Final = "{who} is away."
MOST: Final = 200


async def keep(call: Call, absence: Absence, kind: Kind) -> None:
    """Stores it; what waits for who is away now goes on to others, and all who are concerned are told."""
    before = call.policy.absences.kept(absence.person)
    duties = _duties(call.policy, call.now)
    call.policy.absences.put(absence)
    try:
        async with call.work() as work:
            await work.absences.keep(absence, kind, by=call.actor.id, at=call.now)
            _set_clock(work, absence)
            changed = await _hand_on(call, work, absence.person)
            await _cards(call, work, absence.person, but=changed)
            for wanted in (*_told(call, absence), *_new_duties(call, duties, absence.person)):
                work.jobs.put(wanted)
    except BaseException:
        _as_before(call, absence.person, before)
        raise


async def end(call: Call, absence: Absence) -> None:
    """They are here again; their cover is told, unless the cover says it."""
    call.policy.absences.drop(absence.person)
    try:
        async with call.work() as work:
            await work.absences.end(absence.person, by=call.actor.id, at=call.now)
            work.jobs.drop(_clock_key(absence.person))
            await _cards(call, work, absence.person, but=frozenset())
            cover = absence.cover_at(call.now) or (absence.cover if absence.until == call.now else None)
            if cover is not None and cover != call.actor.id and cover in call.policy.people:
                sentence = IS_BACK.format(who=call.names.person(absence.person))
                work.jobs.put(
                    tell(cover, sentence, key=_key(absence.person, "back", cover, call), at=call.now)
                )
    except BaseException:
        _as_before(call, absence.person, absence)
        raise


def _as_before(call: Call, person: PersonId, before: Absence | None) -> None:
    """What was not committed does not hold."""
    if before is None:
        call.policy.absences.drop(person)
    else:
        call.policy.absences.put(before)


def _set_clock(work: Work, absence: Absence) -> None:
    key = _clock_key(absence.person)
    if absence.until is None:
        work.jobs.drop(key)
    else:
        work.jobs.put(Put(kind="absence", key=key, due=absence.until, args={"person": absence.person}))


async def _hand_on(call: Call, work: Work, person: PersonId) -> frozenset[int]:
    """Pages that wait for them go to their cover; what they were asked to take over goes back. The cases' numbers."""
    now, cover = call.now, standing(call.policy, person, call.now)
    found = {case.id: case for case in await work.cases.find(CaseFilter(escalated=True), limit=MOST)}
    asked = await work.cases.find(CaseFilter(handed_to=(person,)), limit=MOST)
    found |= {case.id: case for case in asked}
    gone = Actor(id=person, name="")
    changed: set[int] = set()
    for before in found.values():
        case = page_instead(before, person, cover, at=now)
        if case.handover is not None and case.handover.to == person:
            duty, lease = past_hours(call.policy, case, now), lease_for(call.policy, case)
            case = decline_handover(case, AWAY_REASON, by=gone, at=now, lease=lease, past_hours=duty)
        if case != before:
            changed.add(case.id)
            await work.cases.save(case)
    return frozenset(changed)


async def _cards(call: Call, work: Work, person: PersonId, *, but: frozenset[int]) -> None:
    """The cards of their claims say that they are away, or do not any more."""
    claims: Sequence[Case] = await work.cases.find(CaseFilter(owner=person), limit=MOST)
    for case in claims:
        for department in case.seen_in if case.id not in but else ():
            for place in channels(call.policy, department):
                work.jobs.put(card_put(case.id, place, call.now, Rank.EDIT))


# -- who is told ----------------------------------------------------------------------------------


def _told(call: Call, absence: Absence) -> Iterator[Put]:
    """The cover, and who is away where somebody else said so; nobody of what they said themselves."""
    person, cover, by = absence.person, absence.cover_at(call.now), call.actor.id
    names = call.names
    if cover is not None and cover != by:
        ends = absence.cover_until or absence.until
        said = SAID_BY.format(by=names.person(by)) if by != person else ""
        sentence = YOU_COVER.format(who=names.person(person), until=until_words(ends, names), said=said)
        yield tell(cover, sentence, key=_key(person, "cover", cover, call), at=call.now)
    if person != by:
        sentence = YOU_WERE_SET.format(by=names.person(by), away=away_words(call.policy, person, names))
        yield tell(person, sentence, key=_key(person, "away", person, call), at=call.now)


def _new_duties(call: Call, before: dict[str, PersonId | None], person: PersonId) -> Iterator[Put]:
    """Whoever is on duty now in their place, but for the cover, who hears of it anyway."""
    cover = standing(call.policy, person, call.now)
    because = INSTEAD.format(who=call.names.person(person))
    for name, now in _duties(call.policy, call.now).items():
        if now is not None and now not in (cover, person) and before[name] == person:
            ends = turn_ends(call.policy, name, call.now)
            absence = call.policy.absences.of(person, call.now)
            back = absence.until if absence else None
            until = min((each for each in (ends, back) if each is not None), default=None)
            key = f"{person}:{int(call.now.timestamp())}"
            yield on_duty_now(name, now, until, key, call.now, because)


def _duties(policy: Policy, at: datetime) -> dict[str, PersonId | None]:
    return {name: on_duty(policy, name, at) for name in policy.departments}


def until_words(at: datetime | None, names: Spoken) -> str:
    """until Fri 09:00; blank for no end."""
    return f" until {names.moment(at)}" if at is not None else ""


def _clock_key(person: PersonId) -> str:
    return f"absence:{person}"


def _key(person: PersonId, what: str, whom: PersonId, call: Call) -> str:
    return f"{TOLD}{what}:{person}:{whom}:{int(call.now.timestamp() * 1000)}"
