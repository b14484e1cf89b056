"""Cases and cards as bytes. The format is msgspec's JSON of the dataclasses; unknown fields are ignored on reading,
so that an older release may read what a newer one wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec

from bot.cards.card import (
    Actions,
    Bar,
    Button,
    Card,
    Chart,
    Choice,
    Facts,
    Input,
    OpenLink,
    Press,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    Tone,
)
from bot.domain.case import Case

_CASE: Final = msgspec.json.Decoder(Case)
_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        Card, Text, Quote, Facts, Rows, Row, Chart, Bar, Actions, Button, OpenLink, Choice, Input,
    )
}  # fmt: skip


def encode_case(case: Case) -> bytes:
    return msgspec.json.encode(replace(case, pending=()))


def decode_case(body: bytes) -> Case:
    return _CASE.decode(body)


def encode_card(card: Card) -> bytes:
    return msgspec.json.encode(_tagged(card))


def decode_card(body: bytes) -> Card:
    card: Card = _one(msgspec.json.decode(body))
    return card


def _tagged(value: Any) -> Any:
    """The value as plain data in which every part names its kind."""
    if isinstance(value, tuple):
        return [_tagged(item) for item in value]
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is None:
        return value
    data = {name: _tagged(getattr(value, name)) for name in fields}
    return {"is": type(value).__name__, **data}


def _all(raw: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    # A kind that only a newer release knows is left out: the rest of the card is still worth reading.
    return tuple(_one(part) for part in raw if part["is"] in _KINDS)


def _one(raw: dict[str, Any]) -> Any:
    kind = _KINDS[raw["is"]]
    known = (name for name in kind.__dataclass_fields__ if name in raw)
    return kind(**{name: _READ.get((kind, name), _as_it_is)(raw[name]) for name in known})


def _pairs(raw: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(pair) for pair in raw)


def _as_it_is(value: Any) -> Any:
    return value


_READ: Final[dict[tuple[type[Any], str], Callable[[Any], Any]]] = {
    (Card, "tone"): Tone,
    (Card, "elements"): _all,
    (Text, "style"): Style,
    (Facts, "rows"): _pairs,
    (Rows, "rows"): _all,
    (Row, "tone"): Tone,
    (Row, "buttons"): _all,
    (Chart, "bars"): _all,
    (Actions, "buttons"): _all,
    (Button, "style"): Press,
    (Button, "fields"): _all,
    (Choice, "options"): _pairs,
}
"""How a field is read that is not what JSON made of it. A test holds that none is missing."""
