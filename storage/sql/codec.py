"""Cases and cards as bytes. The format is msgspec's JSON of the dataclasses; unknown fields are ignored on reading,
so that an older release may read what a newer one wrote."""

from __future__ import annotations

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
_ELEMENTS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (Text, Quote, Facts, Rows, Chart, Actions, Button, OpenLink, Choice, Input)
}


def encode_case(case: Case) -> bytes:
    return msgspec.json.encode(replace(case, pending=()))


def decode_case(body: bytes) -> Case:
    return _CASE.decode(body)


def encode_card(card: Card) -> bytes:
    return msgspec.json.encode(_tagged(card))


def decode_card(body: bytes) -> Card:
    raw = msgspec.json.decode(body)
    return Card(
        title=raw["title"],
        summary=raw["summary"],
        tone=Tone(raw["tone"]),
        elements=tuple(_element(item) for item in raw["elements"]),
    )


def _tagged(value: Any) -> Any:
    """The value as plain data in which every member of a union names its kind."""
    if isinstance(value, tuple):
        return [_tagged(item) for item in value]
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is None:
        return value
    data = {name: _tagged(getattr(value, name)) for name in fields}
    return {"is": type(value).__name__, **data}


def _element(raw: dict[str, Any]) -> Any:
    data = {name: value for name, value in raw.items() if name != "is"}
    match raw["is"]:
        case "Text":
            return Text(text=data["text"], style=Style(data["style"]))
        case "Facts":
            return Facts(rows=tuple((name, value) for name, value in data["rows"]))
        case "Rows":
            return Rows(rows=tuple(_row(row) for row in data["rows"]))
        case "Chart":
            bars = tuple(Bar(label=b["label"], value=b["value"], strong=b["strong"]) for b in data["bars"])
            return Chart(title=data["title"], bars=bars, alt=data["alt"])
        case "Actions":
            return Actions(buttons=tuple(_element(button) for button in data["buttons"]))
        case "Button":
            fields = tuple(_element(item) for item in data["fields"])
            return Button(**{**data, "style": Press(data["style"]), "fields": fields})
        case "Choice":
            return Choice(**{**data, "options": tuple((value, label) for value, label in data["options"])})
        case kind:
            return _ELEMENTS[kind](**data)


def _row(raw: dict[str, Any]) -> Row:
    return Row(
        text=raw["text"],
        detail=raw["detail"],
        tone=Tone(raw["tone"]),
        buttons=tuple(_element(button) for button in raw["buttons"]),
    )
