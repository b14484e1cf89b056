"""Things by their names: whole, by a beginning that only one of them has, or a guess that is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from bot.grammar import guess
from bot.grammar.mistakes import Ambiguous, NoSuchName, NotAChoice
from bot.grammar.text import Word, keys_of

Forms: TypeAlias = Mapping[tuple[str, ...], frozenset[str]]
"""Ways to call something (as keys) -> whom or what it may mean."""

_LONGEST_NAME: Final = 8
_SHORTEST_PREFIX: Final = 2


def named(kind: str, words: Sequence[Word], titles: Mapping[str, str], strict: bool) -> tuple[str, int]:
    """By key or title, or, unless `strict`, by a beginning that only one of them has."""
    forms: dict[tuple[str, ...], frozenset[str]] = {}
    for name, title in titles.items():
        for form in {keys_of(name), keys_of(title)} - {()}:
            forms[form] = forms.get(form, frozenset()) | {name}
    try:
        return look_up(kind, words, forms, titles, show_all=True)
    except NoSuchName:
        begun = frozenset() if strict else _beginning_with(words[0].key, forms)
        if not begun:
            raise
    return _one(kind, words[:1], begun, titles)


def _beginning_with(typed: str, forms: Forms) -> frozenset[str]:
    if len(typed) < _SHORTEST_PREFIX:
        return frozenset()
    begun = (names for form, names in forms.items() if any(part.startswith(typed) for part in form))
    return frozenset().union(*begun)


def look_up(
    kind: str, words: Sequence[Word], forms: Forms, titles: Mapping[str, str], *, show_all: bool
) -> tuple[str, int]:
    """The one that the longest beginning of the words names. Raises NoSuchName, Ambiguous."""
    keys = [word.key for word in words[:_LONGEST_NAME]]
    for count in range(len(keys), 0, -1):
        found = forms.get(tuple(key for key in keys[:count] if key))
        if found and keys[count - 1]:
            return _one(kind, words[:count], found, titles)
    guessable = dict(forms)
    for form, names in forms.items():
        for part in form:
            guessable[(part,)] = guessable.get((part,), frozenset()) | names
    near = guess.best(keys, guessable)
    took, meant = (near[0], sorted(guessable[near[1]])) if near else (1, [])
    raise NoSuchName(
        kind,
        said(words[:took]),
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
        raise Ambiguous(kind, said(words), [titles[name] for name in names], names, len(words))
    return names[0], len(words)


def choice(slot: str, words: Sequence[Word], choices: Mapping[str, str]) -> tuple[str, int]:
    """One of a few words, said whole."""
    by_keys = {keys_of(name): value for value, spoken in choices.items() for name in (value, spoken)}
    for count in range(min(2, len(words)), 0, -1):
        value = by_keys.get(tuple(word.key for word in words[:count]))
        if value is not None:
            return value, count
    near = guess.nearest(words[0].key, choices)
    raise NotAChoice(slot, words[0].said, tuple(choices), near or tuple(choices), close=bool(near))


def said(words: Sequence[Word]) -> str:
    return " ".join(word.said for word in words)
