"""Any card as plain text, for a terminal or a log."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final, assert_never

from bot.cards.card import (
    Actions,
    Bar,
    Button,
    Card,
    Chart,
    Choice,
    Element,
    Facts,
    Input,
    OpenLink,
    Quote,
    Row,
    Rows,
    Style,
    Text,
)
from bot.cards.trim import clean

_BLOCKS: Final = " ▏▎▍▌▋▊▉█"
_NAME: Final = 24
_BAR: Final = 30
_TAB: Final = "    "


def as_text(card: Card, width: int = 80) -> str:
    """The card in lines of at most `width` columns (more only where one word is longer).

    Control characters are left out, so nothing a stranger wrote can steer a terminal.
    """
    lines: list[str] = []
    if card.title:
        lines += [*_wrapped(card.title, width), "─" * min(width, max(_cells(clean(card.title)), 1))]
    for element in card.elements:
        lines += _element(element, width)
    return "\n".join(line.rstrip() for line in lines)


def _element(element: Element, width: int) -> Iterator[str]:
    match element:
        case Text():
            mark = "* " if element.style is Style.STRONG else ""
            yield from _hanging(mark, element.text, width)
        case Quote():
            yield from _wrapped(element.text, width, "│ ")
            yield from _wrapped(f"— {element.by}", width, "│ ")
        case Facts():
            yield from _facts(element, width)
        case Rows():
            for row in element.rows:
                yield from _row(row, width)
        case Chart():
            yield from _chart(element, width)
        case Actions():
            yield from _wrapped_pieces([_pressed(button) for button in element.buttons], width, "")
        case _:
            assert_never(element)


def _facts(facts: Facts, width: int) -> Iterator[str]:
    widest = min(_NAME, max((_cells(clean(name)) for name, _ in facts.rows), default=0))
    for name, value in facts.rows:
        plain = " ".join(clean(name).split())
        gap = " " * (widest - _cells(plain) + 2)
        if _cells(plain) > widest:
            yield plain
            yield from _wrapped(value, width, " " * (widest + 2))
        else:
            yield from _hanging(plain + gap, value, width)


def _row(row: Row, width: int) -> Iterator[str]:
    if row.detail and _cells(f"- {clean(row.text)}  {clean(row.detail)}") <= width and "\n" not in row.text:
        yield f"- {clean(row.text)}  {clean(row.detail)}"
    else:
        yield from _hanging("- ", row.text, width)
        yield from _wrapped(row.detail, width, "  ") if row.detail else ()
    if row.buttons:
        yield from _wrapped_pieces([_pressed(button) for button in row.buttons], width, "  ")


def _chart(chart: Chart, width: int) -> Iterator[str]:
    yield from _wrapped(chart.title, width)
    top = max((bar.value for bar in chart.bars), default=0)
    widest = max((_cells(clean(bar.label)) for bar in chart.bars), default=0)
    room = max(8, min(_BAR, width - widest - 10))
    for bar in chart.bars:
        label = clean(bar.label) + " " * (widest - _cells(clean(bar.label)))
        yield f"{label}  {_bar(bar, top, room)} {bar.value:g}"
    yield from _wrapped(chart.alt, width)


def _bar(bar: Bar, top: float, room: int) -> str:
    eighths = round(bar.value / top * room * 8) if top > 0 else 0
    whole, rest = divmod(max(0, eighths), 8)
    return _BLOCKS[8] * whole + (_BLOCKS[rest] if rest else "")


def _pressed(button: Button | OpenLink) -> str:
    match button:
        case Button():
            asked = "".join(f" {_asked(field)}" for field in button.fields)
            said = f"{clean(button.words)}{asked}"
            return f"[{said}]" if said == clean(button.label) else f"[{clean(button.label)}: {said}]"
        case OpenLink():
            return f"[{clean(button.label)}: {clean(button.url)}]"
        case _:
            assert_never(button)


def _asked(field: Choice | Input) -> str:
    match field:
        case Choice():
            return f"<{field.name}>"
        case Input():
            return f"[{field.name}]" if field.optional else f"<{field.name}>"
        case _:
            assert_never(field)


def _hanging(head: str, text: str, width: int) -> Iterator[str]:
    """The text behind `head`, its further lines as far in."""
    indent = " " * _cells(head)
    for number, line in enumerate(_wrapped(text, width, indent)):
        yield head + line[len(indent) :] if number == 0 else line


def _wrapped(text: str, width: int, indent: str = "") -> Iterator[str]:
    for paragraph in clean(text).replace("\t", _TAB).split("\n"):
        yield from _wrapped_pieces(paragraph.split(), width, indent)


def _wrapped_pieces(pieces: list[str], width: int, indent: str) -> Iterator[str]:
    """Pieces that stay whole, joined by spaces, as many to a line as fit. At least one line."""
    line = ""
    for piece in pieces:
        longer = f"{line} {piece}" if line else piece
        if line and _cells(indent) + _cells(longer) > width:
            yield indent + line
            longer = piece
        line = longer
    yield indent + line


def _cells(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
