"""The neutral card as Slack's blocks. Pure.

The state's colour is a circle before the title. The coloured bar of an attachment would fold long cards, and Slack
calls attachments legacy.

Limits: https://docs.slack.dev/reference/block-kit/blocks. A message is refused (`msg_blocks_too_long`) from about
13,200 characters of text on, and was seen refused at 11,300 (slackapi/bolt-js issues 2509 and 2867), so we stay below
10,000: the longest quotes are cut first, then other long texts, then lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.slack.elements import MARKS, Drawing, Room, muted, paragraph
from adapters.slack.text import lines, notification, plain_line
from bot.cards.card import Card, Rows, Text, Tone

MORE: Final = "… and more that does not fit here"

MOST_CHARACTERS: Final = 10_000

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
    room: Room | None = _whole(card)
    while room is not None:
        blocks = _draw(card, room, pictures)
        over = len(blocks) - most
        if over <= 0 and characters(blocks) <= MOST_CHARACTERS:
            break
        room = _smaller(room, card, over)
    else:
        blocks = _cut(blocks, most)
    return Rendered(text=notification(card.summary or card.title), blocks=blocks)


def characters(blocks: Sequence[Block]) -> int:
    """How much text the blocks hold, as far as Slack is known to count it."""
    return sum(_characters(block) for block in blocks)


def _characters(part: Any) -> int:
    if isinstance(part, dict):
        own = sum(len(part[key]) for key in ("text", "alt_text") if isinstance(part.get(key), str))
        return own + sum(_characters(each) for each in part.values())
    return sum(_characters(each) for each in part) if isinstance(part, list) else 0


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


def _cut(blocks: list[Block], most: int) -> list[Block]:
    """The first of the blocks and, where the last are buttons, those; what is left out is said."""
    last = blocks[-1:] if blocks[-1]["type"] == "actions" else []
    kept: list[Block] = []
    room = MOST_CHARACTERS - characters(last) - len(MORE)
    for block in blocks[: most - len(last) - 1]:
        room -= characters([block])
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
