"""What a button carries in its `data`: its words, its label, and the fields it asks for.

Teams has no limit of its own for `data`, but every byte counts towards the card's 28 kB, and a button that says words
carries them twice: in Action.Execute and in its fallback.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.cards.card import Button, Choice, Input
from bot.cards.trim import line

TYPE_IT: Final = "Type one, such as {examples}"
TOO_LONG: Final = "the words of “{label}” are too long for a button"
NOT_OURS: Final = "no data of a button of ours"

SAY: Final = "say"
SEND: Final = "send"
REFRESH: Final = "refresh"
"""The verbs of Action.Execute: words to be heard, a form in a message, a card that renews itself."""

MOST_DATA: Final = 6_000
"""Bytes of JSON."""
MOST_WORDS: Final = 2_000
"""Bytes of JSON, of the words alone."""
_MOST_LABEL: Final = 150
_MOST_HINT: Final = 140
_MOST_HEARD: Final = 8_000
_MOST_FIELDS: Final = 10
_MOST_OPTIONS: Final = 1_000

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What neither a database nor a request can hold."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button as it was pressed: the words it says, its label, and what is asked for first."""

    words: str
    label: str
    fields: tuple[Choice | Input, ...] = ()


def pack(button: Button | Pressed, *, most: int = MOST_DATA) -> dict[str, Any]:
    """The button as data of at most about `most` bytes: the longest lists of choices are typed where they do not fit.

    Raises ValueError when the words are too long for any button.
    """
    pressed = Pressed(button.words, line(button.label, _MOST_LABEL), button.fields)
    if size(pressed.words) > MOST_WORDS:
        raise ValueError(TOO_LONG.format(label=pressed.label))
    while size(data := _data(pressed)) > most:
        choices = [field for field in pressed.fields if isinstance(field, Choice)]
        if not choices:
            break
        longest = max(choices, key=lambda choice: len(str(choice.options)))
        fields = tuple(typed(longest) if field is longest else field for field in pressed.fields)
        pressed = replace(pressed, fields=fields)
    return data


def read(data: Mapping[str, Any]) -> Pressed:
    """What `pack` made; Teams and clients may have added keys. Raises ValueError for anything else."""
    words, label = _text(data.get("w")), _text(data.get("l"))
    fields = _listed(data.get("f", []), _MOST_FIELDS)
    return Pressed(words, label, tuple(_field(each) for each in fields))


def typed(choice: Choice) -> Input:
    """The choice as something to type, for when its options do not fit."""
    examples = ", ".join(value for value, _ in choice.options[:3])
    hint = line(TYPE_IT.format(examples=examples), _MOST_HINT) if examples else ""
    return Input(name=choice.name, label=choice.label, hint=hint)


def size(part: Any) -> int:
    """Bytes of the part as compact JSON."""
    return len(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def _data(pressed: Pressed) -> dict[str, Any]:
    fields = [_plain(field) for field in pressed.fields]
    return {"w": _storable(pressed.words), "l": pressed.label, **({"f": fields} if fields else {})}


def _plain(field: Choice | Input) -> dict[str, Any]:
    named = {"n": _storable(field.name), "l": _storable(field.label)}
    if isinstance(field, Choice):
        return {**named, "o": [[_storable(value), _storable(shown)] for value, shown in field.options]}
    given: dict[str, Any] = {
        "?": field.optional,
        "long": field.long,
        "h": _storable(field.hint),
        "v": _storable(field.value),
    }
    return {**named, **{key: value for key, value in given.items() if value}}


def _storable(text: str) -> str:
    return UNSTORABLE.sub("", text)


# -- reading: data comes back from outside, so every part of it is checked ----------------------------------


def _field(plain: Any) -> Choice | Input:
    if not isinstance(plain, Mapping):
        raise ValueError(NOT_OURS)
    name, label = _text(plain.get("n")), _text(plain.get("l"))
    if "o" in plain:
        options = tuple(_option(each) for each in _listed(plain["o"], _MOST_OPTIONS))
        return Choice(name=name, label=label, options=options)
    return Input(
        name=name,
        label=label,
        optional=plain.get("?", False) is True,
        long=plain.get("long", False) is True,
        hint=_text(plain.get("h", "")),
        value=_text(plain.get("v", "")),
    )


def _option(plain: Any) -> tuple[str, str]:
    pair = _listed(plain, 2)
    if len(pair) != 2:
        raise ValueError(NOT_OURS)
    return _text(pair[0]), _text(pair[1])


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_HEARD or UNSTORABLE.search(value):
        raise ValueError(NOT_OURS)
    return value


def _listed(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(NOT_OURS)
    return value
