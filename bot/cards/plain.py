"""What a card shows, as plain pieces of text: for looking words up in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bot.cards.card import Actions, Card, Chart, Facts, Quote, Rows, Text


def shown(card: Card) -> Iterator[str]:
    """Its texts in their order; not its buttons, which are the same on every card."""
    yield from (card.title,) if card.title else ()
    if not card.elements:
        yield card.summary
    for element in card.elements:
        match element:
            case Text():
                yield element.text
            case Quote():
                yield from (element.text, element.by)
            case Facts():
                yield from (" ".join(row) for row in element.rows)
            case Rows():
                yield from (f"{row.text} {row.detail}".strip() for row in element.rows)
            case Chart():
                yield from (element.title, element.alt)
            case Actions():
                pass
            case _:
                assert_never(element)
