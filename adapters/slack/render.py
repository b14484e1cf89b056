"""The neutral card as Slack's blocks. Pure.

The state's colour is a circle before the title. The coloured bar of an attachment would fold long cards, and Slack
calls attachments legacy.

Limits: https://docs.slack.dev/reference/block-kit/blocks. How large a message may be is not documented; what was
refused with `msg_blocks_too_long` (slackapi/bolt-js issues 2509 and 2867) fits a limit of about 13,200 characters of
the blocks' JSON, each block counting some more. We stay below: the longest quotes are cut first, then other long
texts, then lists. Home and dialogs may be larger.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack.elements import MARKS, Drawing, Room, muted, paragraph
from adapters.slack.text import lines, notification, plain_line
from bot.cards.card import Card, Rows, Text, Tone

MORE: Final = "… and more that does not fit here"

MOST_IN_MESSAGE: Final = 12_500
MOST_IN_VIEW: Final = 100_000
_EACH_BLOCK: Final = 24
_MESSAGE_BLOCKS: Final = 50

_QUOTES: Final = (3_000, 1_500, 700, 300)
_WORDS: Final = (3_000, 1_000, 400, 150)
_MOST_ROWS: Final = 100
_MOST_TITLE: Final = 150

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rendered:
    """`text` is the notification's, at most 3,000 characters; `blocks` are never empty."""

    text: str
    blocks: list[dict[str, Any]]


def render(card: Card, *, pictures: Sequence[str | None] = (), most: int = 50) -> Rendered:
    """The card in at most `most` blocks: 50 in a message, 100 in a Home or a dialog.

    `pictures` are Slack's file ids for the card's charts, in order; a chart without one is drawn in text.
    """
    largest = MOST_IN_MESSAGE if most <= _MESSAGE_BLOCKS else MOST_IN_VIEW
    room: Room | None = _whole(card)
    while room is not None:
        blocks = _draw(card, room, pictures)
        over = len(blocks) - most
        if over <= 0 and size(blocks) <= largest:
            break
        room = _smaller(room, card, over)
    else:
        blocks = _cut(blocks, most, largest)
    return Rendered(text=notification(card.summary or card.title), blocks=blocks)


def size(blocks: Sequence[Block]) -> int:
    """How much the blocks are to Slack, as far as it is known."""
    return len(json.dumps(blocks, separators=(",", ":"), ensure_ascii=False)) + _EACH_BLOCK * len(blocks)


# -- making it fit ---------------------------------------------------------------------------------------------


def _whole(card: Card) -> Room:
    longest = max((len(each.rows) for each in card.elements if isinstance(each, Rows)), default=0)
    return Room(quote=_QUOTES[0], words=_WORDS[0], rows=min(longest, _MOST_ROWS))


def _smaller(room: Room, card: Card, over: int) -> Room | None:
    """Less room after `over` blocks or some characters were too many; None when there is nothing left to shorten."""
    if over > 0:
        lists = sum(isinstance(each, Rows) for each in card.elements)
        # A row is two blocks at most, so this never takes away more rows than it must.
        return (
            replace(room, rows=max(0, room.rows - max(1, over // (2 * lists))))
            if room.rows and lists
            else None
        )
    for name, steps in (("quote", _QUOTES), ("words", _WORDS)):
        below = [step for step in steps if step < getattr(room, name)]
        if below:
            return replace(room, **{name: below[0]})
    return replace(room, rows=room.rows * 3 // 4) if room.rows else None


def _cut(blocks: list[Block], most: int, largest: int) -> list[Block]:
    """The first of the blocks and, where the last are buttons, those; what is left out is said."""
    last = blocks[-1:] if blocks[-1]["type"] == "actions" else []
    kept: list[Block] = []
    room = largest - size([*last, muted(MORE)])
    for block in blocks[: most - len(last) - 1]:
        room -= size([block])
        if room < 0:
            break
        kept.append(block)
    return [*kept, muted(MORE), *last]


# -- the card ---------------------------------------------------------------------------------------------------


def _draw(card: Card, room: Room, pictures: Sequence[str | None]) -> list[Block]:
    drawing = Drawing(room=room, pictures=iter(pictures))
    mark, elements = MARKS[card.tone], card.elements
    blocks: list[Block] = []
    if lines(card.title):
        title = f"{mark} {card.title}" if mark else card.title
        blocks.append({"type": "header", "text": plain_line(title, _MOST_TITLE)})
    elif elements and isinstance(elements[0], Text) and card.tone is not Tone.NEUTRAL:
        drawing.mark = mark
    for element in elements:
        blocks += drawing.element(element)
    if not elements:
        blocks.append(paragraph(card.summary, most=room.words))
    return blocks or [paragraph(card.summary, most=room.words)]
