"""What stands in a slot: each type reads words from the left and says how many it took."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.alarms.freeze import ALL, of_case, of_community
from bot.domain.lifecycle import OUTCOMES
from bot.domain.parts import Priority, WaitingFor
from bot.domain.people import Person, PersonId
from bot.domain.refusals import NoSuchCase
from bot.grammar.mistakes import Misread, NotACase, NotAChoice, NotADay, NotAMoment, NotAPage
from bot.grammar.names import choice, look_up, named, said
from bot.grammar.text import Word, keys_of
from bot.grammar.timewords import parse_day, parse_when
from bot.grammar.usage import Slot
from bot.policy.model import Policy
from bot.ports import Place

Read: TypeAlias = tuple[object, int]
"""A value, and how many words it took."""

FILLERS: Final = {
    "case": ("case", "into"),
    "department": ("to",),
    "person": ("to", "for"),
    "cover": ("with", "cover", "covered", "by", "to"),
    "priority": ("to",),
    "on": ("for", "on"),
    "outcome": ("as",),
    "digests|daily|weekly|monthly|promises|joined": ("digest",),
    "date": ("of", "for", "on"),
}
"""Small words that may stand before a slot's value and say nothing."""

_SECOND_WORDS: Final = ("all", "next")
_EVERYTHING: Final = (ALL, "everything", "company")
_ME: Final = ("me", "myself")
_CASE: Final = re.compile(r"(?:case)?[#-]?(\d+)")
_MOST_DIGITS: Final = 9
"""Of a case's number: any database keeps as many."""
_LONGEST_MOMENT: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who speaks, where and when (`now` is business time, UTC; `zone` is the speaker's)."""

    policy: Policy
    person: Person
    place: Place
    now: datetime
    zone: ZoneInfo


def read_slot(slot: Slot, words: Sequence[Word], setting: Setting, *, strict: bool) -> Read:
    """The slot's value from the first of the words (at least one). Raises Misread when they do not fit.

    `strict` is for a slot that may be left out with more to follow: only the whole name of a thing fits it.
    """
    fillers = FILLERS.get(slot.name, ())
    if len(words) > 1 and words[0].key in fillers and _CASE.fullmatch(words[0].key) is None:
        try:
            value, took = read_slot(slot, words[1:], setting, strict=strict)
        except Misread as mistake:
            mistake.took += 1
            raise
        return value, took + 1
    if slot.choices:
        return choice(slot.name, words, {c: c for c in slot.choices})
    reader = _READERS.get(slot.name)
    return reader(words, setting, strict) if reader else (words[0].said, 1)


def case_number(word: Word) -> int | None:
    """The number of the case that this word names; None when it names none. Raises NoSuchCase for a giant."""
    found = _CASE.fullmatch(word.key)
    if found is None:
        return None
    digits = found[1].lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        raise NoSuchCase(int(digits[:40]))
    return int(digits)


def department_titles(policy: Policy) -> dict[str, str]:
    return {name: department.title for name, department in policy.departments.items()}


# -- the types -------------------------------------------------------------------------------


def _case(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    number = case_number(words[0])
    if number is None:
        raise NotACase(words[0].said)
    return number, 1


def _department(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    return named("department", words, department_titles(setting.policy), strict)


def _community(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    return named("community", words, {n: c.title for n, c in setting.policy.communities.items()}, strict)


def _scope(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    """What a stop on publishing is for: everything, a case, or a community."""
    if words[0].key in _EVERYTHING:
        return ALL, 1
    if case_number(words[0]) is not None:
        return of_case(case_number(words[0]) or 0), 1
    if words[0].key == "case" and len(words) > 1 and case_number(words[1]) is not None:
        return of_case(case_number(words[1]) or 0), 2
    name, took = _community(words, setting, strict)
    return of_community(str(name)), took


def _person(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    if words[0].key in _ME:
        return setting.person.id, 1
    titles = {str(person.id): person.name for person in setting.policy.people.values()}
    forms: dict[tuple[str, ...], frozenset[str]] = {}
    for email, name in titles.items():
        full, local = keys_of(name), email.partition("@")[0]
        joined = {(glue.join(full),) for glue in ("", ".", "-", "_")}
        for form in {keys_of(email), keys_of(local), full, full[:1], full[-1:], *joined} - {()}:
            forms[form] = forms.get(form, frozenset()) | {email}
    value, took = look_up("person", words, forms, titles, show_all=False)
    return PersonId(value), took


def _priority(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    levels = {level.value: level for level in Priority} | {level.value[1:]: level for level in Priority}
    level = levels.get(words[0].key.upper())
    if level is None:
        choices = tuple(Priority)
        raise NotAChoice("priority", words[0].said, choices, choices, close=False)
    return level, 1


def _page(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    if not words[0].key.isdecimal() or len(words[0].key) > _MOST_DIGITS:
        raise NotAPage(words[0].said)
    return words[0].key, 1


def _on(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    value, took = choice("on", words, {each.value: each.value for each in WaitingFor})
    return WaitingFor(value), took


def _outcome(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    return choice("outcome", words, {outcome: outcome.replace("-", " ") for outcome in OUTCOMES})


def _when(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    """The longest beginning that is a moment. No more words follow an hour said as a bare number: in
    "tomorrow 3 bags" it is no hour."""
    longest: Misread | None = None
    for count in range(min(len(words), _LONGEST_MOMENT), 0, -1):
        if count < len(words) and words[count - 1].key.isdecimal() and count > 1:
            continue
        try:
            return parse_when(said(words[:count]), setting.now, setting.zone), count
        except NotAMoment as unread:
            if longest is None or (unread.close and not longest.close):
                longest, unread.took = unread, count
        except Misread as clear:
            clear.took = count
            raise
    raise longest or NotAMoment(words[0].said)


def _verb(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    """A command's name, which may be written apart, as in `help claim next`."""
    took = 2 if len(words) > 1 and words[1].key in _SECOND_WORDS else 1
    return said(words[:took]), took


def _date(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    for count in range(min(len(words), _LONGEST_MOMENT), 0, -1):
        day: date | None = parse_day(said(words[:count]), setting.now, setting.zone)
        if day is not None:
            return day, count
    raise NotADay(said(words[:_LONGEST_MOMENT]))


_READERS: Final[Mapping[str, Callable[[Sequence[Word], Setting, bool], Read]]] = {
    "case": _case,
    "department": _department,
    "community": _community,
    "scope": _scope,
    "person": _person,
    "cover": _person,
    "priority": _priority,
    "page": _page,
    "verb": _verb,
    "on": _on,
    "outcome": _outcome,
    "when": _when,
    "date": _date,
}
