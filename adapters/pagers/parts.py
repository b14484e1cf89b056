"""What every pager shares: which page a card is, its words in plain text, and a chat's doors that a pager lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, assert_never

from adapters import wording
from bot.cards.card import Actions, Button, Card, Chart, Facts, Quote, Rows, Text, Tone
from bot.domain.people import PersonId
from bot.ports import Place, Posted, Undeliverable

NO_TALK: Final = "a pager takes pages only"

_MOST: Final = 4_000
_ACK: Final = re.compile(r"ack (\d+)")
_LINK: Final = re.compile(r"(?i)\b(https?)://|\bwww\.")


class OneWay:
    """What a pager cannot do as a chat: it holds no conversations, nothing in it can be searched or taken back."""

    searchable: Final = False

    async def direct(self, person: PersonId) -> Place:
        raise Undeliverable(NO_TALK)

    async def delete(self, posted: Posted) -> None:
        """Another worker says it itself; what left cannot be taken back, and the same page twice does no harm."""

    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        return None


def answered(card: Card) -> bool:
    """Whether the page says that somebody has answered."""
    return card.tone is Tone.DONE


def case_of(card: Card) -> int | None:
    """The case that the page asks about; None once it was answered."""
    for element in card.elements:
        for button in element.buttons if isinstance(element, Actions) else ():
            said = _ACK.fullmatch(button.words) if isinstance(button, Button) else None
            if said:
                return int(said[1])
    return None


def plain(card: Card) -> str:
    """The card's words. A stranger's links do not open: mail programs make links of whatever looks like one."""
    return wording.lines("\n".join((card.title, "", *_lines(card))), _MOST)


def _lines(card: Card) -> Iterator[str]:
    for element in card.elements:
        match element:
            case Text():
                yield from (harmless(element.text), "")
            case Quote():
                yield from (f"> {line}" for line in harmless(element.text).splitlines())
                yield from (f"> {harmless(element.by)}", "")
            case Facts():
                yield from (f"{name}: {harmless(value)}" for name, value in element.rows)
                yield ""
            case Rows():
                yield from (harmless(f"{row.text} {row.detail}".strip()) for row in element.rows)
            case Chart():
                yield element.alt
            case Actions():
                pass
            case _:
                assert_never(element)


def harmless(text: str) -> str:
    """The same words, in which nothing is a link."""
    return _LINK.sub(lambda found: found[0].replace("://", ":\u2215\u2215").replace(".", "\u2024"), text)
