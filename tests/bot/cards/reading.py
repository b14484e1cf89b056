"""Reading cards in tests: their words, their buttons, every string that they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from bot.cards.card import Actions, Button, Card, OpenLink, Rows
from bot.cards.views import CaseView, MentionView
from bot.domain.parts import State

HOSTILE = (
    "<!channel> <@U1> @everyone *bold* [x](http://evil.example) <b>b</b> `code` \u202eexe.txt\x1b[31m\x00"
)
"""A stranger's worst words."""


def buttons(card: Card) -> list[Button | OpenLink]:
    found: list[Button | OpenLink] = []
    for element in card.elements:
        if isinstance(element, Actions):
            found += element.buttons
        if isinstance(element, Rows):
            found += [button for row in element.rows for button in row.buttons]
    return found


def words(card: Card) -> list[str]:
    return [button.words for button in buttons(card) if isinstance(button, Button)]


def labelled(card: Card, label: str) -> Button:
    (found,) = [b for b in buttons(card) if b.label == label and isinstance(b, Button)]
    return found


def strings(value: Any) -> Iterator[str]:
    """Every string anywhere in a card."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from strings(each)


def a_mention(text: str = "My parcel never came.", **more: Any) -> MentionView:
    known: dict[str, Any] = {
        "author": "Ellie (oddsocks)",
        "network": "X",
        "reach": "212 k followers",
        "at": "09:00",
        "url": "https://x.example/1",
    }
    return MentionView(text=text, **{**known, **more})


def a_case(**more: Any) -> CaseView:
    known: dict[str, Any] = {
        "number": 1042,
        "department": "Support",
        "priority": "P2",
        "state": State.CLAIMED if more.get("owner") else State.OPEN,
        "mention": a_mention(),
        "first_response": "due 10:00",
        "resolve": "due 17:00",
        "departments": (("legal", "Legal"), ("pr", "Press")),
    }
    return CaseView(**{**known, **more})
