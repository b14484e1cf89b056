"""A message of the web chat as the page gets it: facts as JSON, words as finished HTML."""

from __future__ import annotations

from html import unescape
from typing import Any

from adapters.web.conversations import BATON
from adapters.web.render import render_card, render_text, summary
from adapters.web.text import line
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import WebMessage


def message_json(message: WebMessage, policy: Policy) -> dict[str, Any]:
    """The message, for who may see it. `at` is ISO 8601 in UTC; `by` is null for Baton's own."""
    card, text = message.card, message.text or ""
    return {
        "id": message.id,
        "conversation": message.conversation,
        "at": message.at.isoformat(),
        "edited": message.edited_at is not None,
        "by": {"id": message.by, "name": name_of(policy, message.by)} if message.by else None,
        "thread": message.reply_to,
        "replies": message.replies,
        "case": message.case_id,
        "tone": card.tone.value if card else None,
        "summary": unescape(summary(card)) if card else line(text),
        "html": render_card(card) if card else render_text(text),
    }


def answer_json(card: Card | None) -> dict[str, Any] | None:
    """A private answer."""
    return {"html": render_card(card), "summary": unescape(summary(card))} if card else None


def name_of(policy: Policy, person: PersonId | None) -> str:
    if person is None:
        return BATON
    known = policy.people.get(person)
    return line(known.name if known else person)
