"""The neutral card as an Adaptive Card 1.5 for Teams. Pure.

A card stays within 28 kB, and so its message far within the 80 kB (as UTF-16) that Teams surely takes
(https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages): the longest quotes are cut
first, then other long texts, then lists of choices behind buttons, then lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from adapters.teams.buttons import small
from adapters.teams.elements import MARKS, Drawing, Room, heading, paragraph
from adapters.teams.press import MOST_DATA, REFRESH, size
from adapters.teams.text import lines, notification
from bot.cards.card import Card, Rows, Text, Tone

MORE: Final = "… and more that does not fit here"
RENEW: Final = "Refresh"

CONTENT_TYPE: Final = "application/vnd.microsoft.card.adaptive"
SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION: Final = "1.5"
"""What all of Teams' clients know, and the least that Action.Execute's overflow menu needs."""

MOST_BYTES: Final = 28_000
"""Of a card as compact JSON in UTF-8."""
MOST_REFRESHED: Final = 60
"""People for whom a card may renew itself
(https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards)."""

_QUOTES: Final = (4_000, 2_000, 900, 300)
_WORDS: Final = (4_000, 1_500, 500, 150)
_FIELDS: Final = (MOST_DATA, 1_500, 400)
_MOST_ROWS: Final = 100

Block = dict[str, Any]


def render(card: Card, *, refresh: Sequence[str] = (), subject: str = "") -> Block:
    """The card. For the users whose ids are in `refresh` (the first 60) Teams asks for it anew when they look at it:
    Action.Execute with the verb `refresh` and `{"view": "case", "subject": subject}`."""
    outside = _outside(card, refresh, subject)
    room = _whole(card)
    while True:
        drawn = {**outside, "body": _draw(card, room)}
        over = size(drawn) - MOST_BYTES
        if over <= 0:
            return drawn
        less = _smaller(room, over)
        if less is None:
            return {**outside, "body": _cut(drawn["body"], MOST_BYTES - size(outside))}
        room = less


def attachment(card: Card, *, refresh: Sequence[str] = (), subject: str = "") -> Block:
    """The card as an attachment of a message."""
    return attached(render(card, refresh=refresh, subject=subject))


def attached(content: Block) -> Block:
    """An Adaptive Card as an attachment of a message, or of a dialog."""
    return {"contentType": CONTENT_TYPE, "content": content}


def summary(card: Card) -> str:
    """One line for the notification and the list of chats, in which Teams finds nothing to format or link."""
    return notification(card.summary or card.title)


# -- making it fit ---------------------------------------------------------------------------------------------


def _whole(card: Card) -> Room:
    longest = max((len(each.rows) for each in card.elements if isinstance(each, Rows)), default=0)
    return Room(quote=_QUOTES[0], words=_WORDS[0], fields=_FIELDS[0], rows=min(longest, _MOST_ROWS))


def _smaller(room: Room, over: int) -> Room | None:
    """Less room after some bytes were too many; None when there is nothing left to shorten."""
    for name, steps in (("quote", _QUOTES), ("words", _WORDS), ("fields", _FIELDS)):
        below = [step for step in steps if step < getattr(room, name)]
        if below:
            return replace(room, **{name: below[0]})
    # As large a share as is too much of the card: rows are at most all of it, so no more of them go than must.
    fewer = max(1, room.rows * over // (over + MOST_BYTES))
    return replace(room, rows=room.rows - fewer) if room.rows else None


def _cut(blocks: list[Block], most: int) -> list[Block]:
    """The first of the blocks and, where the last are buttons, those; what is left out is said."""
    last = blocks[-1:] if blocks[-1]["type"] == "ActionSet" and 2 * size(blocks[-1]) < most else []
    kept: list[Block] = []
    room = most - size([small(MORE), *last]) - 1
    for block in blocks[: len(blocks) - len(last)]:
        room -= size(block) + 1
        if room < 0:
            break
        kept.append(block)
    return [*kept, small(MORE), *last]


# -- the card ---------------------------------------------------------------------------------------------------


def _outside(card: Card, refresh: Sequence[str], subject: str) -> Block:
    said = summary(card)
    people = list(dict.fromkeys(filter(None, refresh)))[:MOST_REFRESHED]
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "fallbackText": said,
        "speak": said,
        "msteams": {"width": "Full"},
        **({"refresh": _refresh(people, subject)} if people else {}),
        "body": [],
    }


def _refresh(people: Sequence[str], subject: str) -> Block:
    action = {
        "type": "Action.Execute",
        "title": RENEW,
        "verb": REFRESH,
        "data": {"view": "case", "subject": subject},
    }
    return {"action": action, "userIds": list(people)}


def _draw(card: Card, room: Room) -> list[Block]:
    drawing = Drawing(room=room)
    elements = card.elements
    blocks: list[Block] = []
    if lines(card.title):
        blocks.append(heading(card.title, card.tone))
    elif elements and isinstance(elements[0], Text) and card.tone is not Tone.NEUTRAL:
        drawing.mark = MARKS[card.tone]
    for element in elements:
        blocks += drawing.element(element)
    if not elements:
        blocks.append(paragraph(card.summary, room.words))
    return blocks or [paragraph(card.summary, room.words)]
