"""What a button carries: its words and the fields it asks for, in the 2,000 characters Slack gives a value.

https://docs.slack.dev/reference/block-kit/block-elements/button-element
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.cards.card import Button, Choice, Input
from bot.cards.trim import line

TYPE_IT: Final = "Type one, such as {examples}"
TOO_LONG: Final = "the words of “{label}” are too long for a button"
COPY_IT: Final = "The words so far are too long to begin with: copy them from the message above"
NOT_OURS: Final = "no value of a button of ours"

MOST_VALUE: Final = 2_000
_MOST_LABEL: Final = 150
_MOST_HINT: Final = 140
_MOST_UNPACKED: Final = 256 * 1024
"""Bytes that a packed value may hold: far more than any form, too few to hurt."""

_PACKED: Final = "z"
"""What a compressed value begins with; a plain one begins with `{`."""
_ESCAPED: Final = frozenset("&<>")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button as it was pressed: the words it says, its label, and what is asked for first."""

    words: str
    label: str
    fields: tuple[Choice | Input, ...] = ()


def encode(button: Button) -> str:
    """The button as a value. Raises ValueError when its words are too long for any."""
    return pack(Pressed(button.words, button.label, button.fields))


def decode(value: str) -> Pressed:
    """What `encode` or `pack` made. Raises ValueError for anything else."""
    try:
        return _pressed(json.loads(_unpacked(value)))
    except (ValueError, TypeError, KeyError, RecursionError, zlib.error, binascii.Error) as error:
        raise ValueError(NOT_OURS) from error


def pack(pressed: Pressed) -> str:
    """At most 2,000 characters. Where lists of choices do not fit, the longest is typed instead of picked; a text to
    begin with that does not fit is left out, and its hint says so.

    Raises ValueError when the words alone are too long.
    """
    pressed = replace(pressed, label=line(pressed.label, _MOST_LABEL))
    while len(value := _value(pressed)) > MOST_VALUE:
        choices = [field for field in pressed.fields if isinstance(field, Choice)]
        if not choices:
            pressed = _begun_anew(pressed)
            continue
        longest = max(choices, key=lambda choice: len(str(choice.options)))
        fields = tuple(typed(longest) if field is longest else field for field in pressed.fields)
        pressed = replace(pressed, fields=fields)
    return value


def _begun_anew(pressed: Pressed) -> Pressed:
    """Without the longest text that a field begins with. Raises ValueError where none is left to take away."""
    begun = [field for field in pressed.fields if isinstance(field, Input) and field.value]
    if not begun:
        raise ValueError(TOO_LONG.format(label=pressed.label))
    longest = max(begun, key=lambda field: len(field.value))
    bare = replace(longest, value="", hint=line(COPY_IT, _MOST_HINT))
    return replace(pressed, fields=tuple(bare if field is longest else field for field in pressed.fields))


def typed(choice: Choice) -> Input:
    """The choice as something to type, for when its options do not fit."""
    examples = ", ".join(value for value, _ in choice.options[:3])
    hint = line(TYPE_IT.format(examples=examples), _MOST_HINT) if examples else ""
    return Input(name=choice.name, label=choice.label, hint=hint)


def _value(pressed: Pressed) -> str:
    fields = [_plain_field(field) for field in pressed.fields]
    plain = {"w": pressed.words, "l": pressed.label, **({"f": fields} if fields else {})}
    value = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    if len(value) <= MOST_VALUE and value.isascii() and not _ESCAPED & set(value):
        return value
    # What Slack may escape on its way, or count in a way that is written nowhere, is packed as well.
    packed = zlib.compress(value.encode("utf-8", "surrogatepass"), 9)
    return _PACKED + base64.urlsafe_b64encode(packed).decode()


def _unpacked(value: str) -> str:
    if not value.startswith(_PACKED):
        return value
    unpacking = zlib.decompressobj()
    whole = unpacking.decompress(base64.urlsafe_b64decode(value[len(_PACKED) :]), _MOST_UNPACKED)
    if not unpacking.eof:
        raise ValueError(NOT_OURS)
    return whole.decode("utf-8", "surrogatepass")


def _plain_field(field: Choice | Input) -> dict[str, Any]:
    named = {"n": field.name, "l": field.label}
    if isinstance(field, Choice):
        return {**named, "o": [list(option) for option in field.options]}
    given: dict[str, Any] = {"?": field.optional, "long": field.long, "h": field.hint, "v": field.value}
    return {**named, **{key: value for key, value in given.items() if value}}


# -- reading: a value comes back from outside, so every part of it is checked -------------------------------


def _pressed(plain: Any) -> Pressed:
    if not isinstance(plain, dict):
        raise ValueError(NOT_OURS)
    fields = tuple(_field(each) for each in _listed(plain.get("f", [])))
    return Pressed(_text(plain["w"]), _text(plain["l"]), fields)


def _field(plain: Any) -> Choice | Input:
    name, label = _text(plain["n"]), _text(plain["l"])
    if "o" in plain:
        options = tuple((_text(value), _text(shown)) for value, shown in _listed(plain["o"]))
        return Choice(name=name, label=label, options=options)
    return Input(
        name=name,
        label=label,
        optional=plain.get("?", False) is True,
        long=plain.get("long", False) is True,
        hint=_text(plain.get("h", "")),
        value=_text(plain.get("v", "")),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(NOT_OURS)
    return value


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(NOT_OURS)
    return value
