"""What is left of a case's card for those who may not see it."""

from __future__ import annotations

from typing import Final

from bot.cards.card import Card
from bot.cards.words import sentence_card

_SHRUNK: Final = "{number}, restricted, ask {department}"


def restricted_card(number: int, department: str, what: str = "") -> Card:
    """Its number and whom to ask; `what` is a sentence that says nothing of the customer."""
    said = _SHRUNK.format(number=number, department=department)
    return sentence_card(f"{said}. {what}" if what else said)
