"""What stands in a slot: each type reads words from the left and says how many it took."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.case import Priority, WaitingFor
from bot.domain.lifecycle import OUTCOMES
from bot.domain.people import Person, PersonId
from bot.domain.refusals import NoSuchCase
from bot.grammar import guess
from bot.grammar.mistakes import Ambiguous, Misread, NoSuchName, NotACase, NotAChoice, NotADay, NotAMoment
from bot.grammar.text import Word, keys_of
from bot.grammar.timewords import parse_day, parse_when
from bot.grammar.usage import Slot
from bot.policy.model import Policy
from bot.ports import Place

Read: TypeAlias = tuple[object, int]
"""A value, and how many words it took."""
Forms: TypeAlias = Mapping[tuple[str, ...], frozenset[str]]
"""Ways to call something (as keys) -> whom or what it may mean."""

_FILLERS: Final = {
    "case": ("case",),
    "department": ("to",),
    "person": ("to",),
    "priority": ("to",),
    "on": ("for", "on"),
    "outcome": ("as",),
    "date": ("of", "for", "on"),
}
_ME: Final = ("me", "myself")
_CASE: Final = re.compile(r"(?:case)?[#-]?(\d+)")
_GREATEST_CASE: Final = 2_147_483_647
_LONGEST_NAME: Final = 8
_LONGEST_MOMENT: Final = 6
_SHORTEST_PREFIX: Final = 2


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
    fillers = _FILLERS.get(slot.name, ())
    if len(words) > 1 and words[0].key in fillers and _CASE.fullmatch(words[0].key) is None:
        value, took = read_slot(slot, words[1:], setting, strict=strict)
        return value, took + 1
    if slot.choices:
        return _choice(slot.name, words, {c: c for c in slot.choices})
    reader = _READERS.get(slot.name)
    return reader(words, setting, strict) if reader else (words[0].said, 1)


def case_number(word: Word) -> int | None:
    """The number of the case that this word names; None when it names none. Raises NoSuchCase for a giant."""
    found = _CASE.fullmatch(word.key)
    if found is None:
        return None
    digits = found[1].lstrip("0") or "0"
    if len(digits) > len(str(_GREATEST_CASE)) or int(digits) > _GREATEST_CASE:
        raise NoSuchCase(_GREATEST_CASE)
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
    return _named("department", words, department_titles(setting.policy), strict)


def _community(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    return _named("community", words, {n: c.title for n, c in setting.policy.communities.items()}, strict)


def _person(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    if words[0].key in _ME:
        return setting.person.id, 1
    titles = {str(person.id): person.name for person in setting.policy.people.values()}
    forms: dict[tuple[str, ...], frozenset[str]] = {}
    for email, name in titles.items():
        full, local = keys_of(name), email.partition("@")[0]
        for form in {keys_of(email), full, full[:1], keys_of(local), (".".join(full),), ("".join(full),)}:
            forms[form] = forms.get(form, frozenset()) | {email}
    value, took = _look_up("person", words, forms, titles, show_all=False)
    return PersonId(value), took


def _priority(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    levels = {level.value: level for level in Priority} | {level.value[1:]: level for level in Priority}
    level = levels.get(words[0].key.upper())
    if level is None:
        choices = tuple(Priority)
        raise NotAChoice("priority", words[0].said, choices, choices, close=False)
    return level, 1


def _on(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    value, took = _choice("on", words, {each.value: each.value for each in WaitingFor})
    return WaitingFor(value), took


def _outcome(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    return _choice("outcome", words, {outcome: outcome.replace("-", " ") for outcome in OUTCOMES})


def _when(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    """The longest beginning that is a moment. A bare number ends one only at the very end: "tomorrow 3 bags"."""
    longest: Misread | None = None
    for count in range(min(len(words), _LONGEST_MOMENT), 0, -1):
        if count < len(words) and words[count - 1].key.isdecimal() and count > 1:
            continue
        try:
            return parse_when(_said(words[:count]), setting.now, setting.zone), count
        except NotAMoment as unread:
            if longest is None or (unread.close and not longest.close):
                longest, unread.took = unread, count
        except Misread as clear:
            clear.took = count
            raise
    raise longest or NotAMoment(words[0].said)


def _date(words: Sequence[Word], setting: Setting, strict: bool) -> Read:
    for count in range(min(len(words), _LONGEST_MOMENT), 0, -1):
        day: date | None = parse_day(_said(words[:count]), setting.now, setting.zone)
        if day is not None:
            return day, count
    raise NotADay(_said(words[:_LONGEST_MOMENT]))


_READERS: Final[Mapping[str, Callable[[Sequence[Word], Setting, bool], Read]]] = {
    "case": _case,
    "department": _department,
    "community": _community,
    "person": _person,
    "priority": _priority,
    "on": _on,
    "outcome": _outcome,
    "when": _when,
    "date": _date,
}


# -- names -----------------------------------------------------------------------------------


def _named(kind: str, words: Sequence[Word], titles: Mapping[str, str], strict: bool) -> tuple[str, int]:
    """By key or title, or, unless `strict`, by a beginning that only one of them has."""
    forms: dict[tuple[str, ...], frozenset[str]] = {}
    for name, title in titles.items():
        for form in {keys_of(name), keys_of(title)} - {()}:
            forms[form] = forms.get(form, frozenset()) | {name}
    try:
        return _look_up(kind, words, forms, titles, show_all=True)
    except NoSuchName:
        begun = frozenset() if strict else _beginning_with(words[0].key, forms)
        if not begun:
            raise
    return _one(kind, words[:1], begun, titles)


def _beginning_with(typed: str, forms: Forms) -> frozenset[str]:
    if len(typed) < _SHORTEST_PREFIX:
        return frozenset()
    return frozenset(
        name
        for form, names in forms.items()
        if any(part.startswith(typed) for part in form)
        for name in names
    )


def _look_up(
    kind: str, words: Sequence[Word], forms: Forms, titles: Mapping[str, str], *, show_all: bool
) -> tuple[str, int]:
    """The one that the longest beginning of the words names. Raises NoSuchName, Ambiguous."""
    keys = [word.key for word in words[:_LONGEST_NAME]]
    for count in range(len(keys), 0, -1):
        found = forms.get(tuple(key for key in keys[:count] if key))
        if found and keys[count - 1]:
            return _one(kind, words[:count], found, titles)
    single = {(part,): frozenset(names) for form, names in forms.items() for part in form}
    guessable = single | dict(forms)
    near = guess.best(keys, guessable)
    took, meant = (near[0], sorted(guessable[near[1]])) if near else (1, [])
    raise NoSuchName(
        kind,
        _said(words[:took]),
        known=tuple(titles.values()) if show_all else (),
        meant=[titles[name] for name in meant],
        fixes=meant or (titles if show_all else ()),
        took=took,
    )


def _one(
    kind: str, words: Sequence[Word], found: Iterable[str], titles: Mapping[str, str]
) -> tuple[str, int]:
    names = sorted(found)
    if len(names) > 1:
        raise Ambiguous(kind, _said(words), [titles[name] for name in names], names, len(words))
    return names[0], len(words)


def _choice(slot: str, words: Sequence[Word], choices: Mapping[str, str]) -> tuple[str, int]:
    """One of a few words, said whole."""
    by_keys = {keys_of(said): value for value, spoken in choices.items() for said in (value, spoken)}
    for count in (2, 1):
        value = by_keys.get(tuple(word.key for word in words[:count]))
        if value is not None:
            return value, count
    near = guess.nearest(words[0].key, choices)
    raise NotAChoice(slot, words[0].said, tuple(choices), near or tuple(choices), close=bool(near))


def _said(words: Sequence[Word]) -> str:
    return " ".join(word.said for word in words)
