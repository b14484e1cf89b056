"""Who is away, who is asked to take over, and who reads a language: in words for a card."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.cards.phrases import joined, language
from bot.domain.case import Case
from bot.domain.people import PersonId
from bot.policy.duty import members
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.presence import hours_of, is_away, speaks, standing, works_again
from bot.router import Look

AWAY: Final = "away{until}"
COVERS: Final = "{cover} covers"
NOT_AT_WORK: Final = "{who} is not at work now{again}."
AGAIN: Final = "; they work again {moment}"
SPEAK: Final = "{language}: {who} can read it."
NOBODY_SPEAKS: Final = "{language}: the policy names nobody in {department} who reads it."
_MOST: Final = 4


def away_words(policy: Policy, person: PersonId, names: Spoken, *, for_cover: bool = False) -> str:
    """`away until Fri 09:00, Ben covers`; blank for who is here. `for_cover`: Ben himself reads it."""
    absence = policy.absences.of(person, names.now)
    if absence is None:
        return ""
    until = f" until {names.moment(absence.until)}" if absence.until else ""
    cover = None if for_cover else standing(policy, person, names.now)
    covers = f", {COVERS.format(cover=names.person(cover))}" if cover else ""
    return f"{AWAY.format(until=until)}{covers}"


def handover_words(case: Case, names: Spoken) -> str:
    """Which colleague is asked, by whom, until when."""
    asked = case.handover
    if asked is None:
        return ""
    note = f": {asked.note}" if asked.note else ""
    return f"{names.person(asked.by)} asks {names.person(asked.to)} until {names.moment(asked.until)}{note}"


def off_hours(policy: Policy, person: PersonId, department: str, names: Spoken) -> str:
    """A warning that somebody does not work now, and when they do; blank when they are there."""
    now: datetime = names.now
    if is_away(policy, person, now):
        return f"{names.person(person)} is {away_words(policy, person, names)}."
    if hours_of(policy, person, department).is_open(now):
        return ""
    again = works_again(policy, person, department, now)
    return NOT_AT_WORK.format(
        who=names.person(person), again=AGAIN.format(moment=names.moment(again)) if again else ""
    )


def speakers_of(case: Case, look: Look) -> str:
    """Who of the department reads the post's language, for a reader who may not; blank where that is no question.

    It is one for a person whose languages the policy names without this one, and in a channel where that is so of
    somebody of the department.
    """
    code = case.language
    if code is None or case.closed:
        return ""
    people = [look.policy.people[who] for who in members(look.policy, case.department, look.now)]
    known = [person for person in people if person.languages]
    reads = speaks(look.person, code) if look.person else all(speaks(person, code) for person in known)
    if reads or not known:
        return ""
    able = tuple(person.name for person in known if speaks(person, code))
    if not able:
        where = look.names.department(case.department)
        return NOBODY_SPEAKS.format(language=language(code), department=where)
    return SPEAK.format(language=language(code), who=joined(able[:_MOST], "or"))
