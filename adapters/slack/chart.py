"""A small bar chart: as a picture, and as lines of text for where there is no picture.

Colours stand on an opaque light ground, so they read the same in Slack's light and dark themes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from math import ceil
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from adapters.bars import MOST_BARS, MOST_LYING, share, spoken
from adapters.slack.text import line
from bot.cards.card import Bar, Chart

# In points of the picture as Slack shows it; it is drawn twice as large, for sharp screens.
WIDTH: Final = 480
_SCALE: Final = 2
_EDGE, _TITLE, _WORD = 18, 17, 14
_ROW, _THICK, _PLOT, _FOOT, _HEAD = 32, 20, 150, 26, 22
_NAMES: Final = 170
_LABELLED: Final = 12
"""Up to so many standing bars all say their value; of more only the strong ones."""

_GROUND, _INK, _SOFT, _LINE = "#faf8f3", "#24221e", "#5f5a50", "#d9d3c6"
_PLAIN, _STRONG = "#8bb8ab", "#1d6b58"


def picture(chart: Chart) -> bytes:
    """The chart as PNG, title included. CPU work of some 50 ms: call it off the event loop.

    Raises ValueError for letters that the font lacks: see `drawable`.
    """
    if not drawable(chart):
        raise ValueError("the chart has letters that the font lacks")
    bars = chart.bars[:MOST_BARS]
    lying = len(bars) <= MOST_LYING
    height = max(1, len(bars)) * _ROW if lying else _HEAD + _PLOT + _FOOT
    paper = _Paper(WIDTH, height + _TITLE + 3 * _EDGE)
    paper.word(_EDGE, _EDGE + _TITLE / 2, line(chart.title, 60), size=_TITLE, room=WIDTH - 2 * _EDGE)
    (_lying if lying else _standing)(paper, bars, _TITLE + 2 * _EDGE)
    return paper.png()


def drawable(chart: Chart) -> bool:
    """Whether `picture` can draw every letter: the font that Pillow carries knows plain Latin only."""
    letters = set("".join(line(text) for text in (chart.title, *(bar.label for bar in chart.bars))))
    return all(_known(letter) for letter in letters)


# -- the picture ----------------------------------------------------------------------------------------------


class _Paper:
    """A picture measured in points; words are placed by their middle line."""

    def __init__(self, width: float, height: float) -> None:
        self._image = Image.new("RGB", (round(width * _SCALE), round(height * _SCALE)), _GROUND)
        self._pen = ImageDraw.Draw(self._image)

    def word(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = _WORD,
        ink: str = _INK,
        anchor: str = "l",
        room: float,
    ) -> None:
        """`anchor` is l, m or r: where of the text x lies. What does not fit `room` ends in an ellipsis."""
        cut = text
        while len(cut) > 1 and width(cut, size) > room:
            text = text[:-1]
            cut = f"{text.rstrip()}…"
        at = (x * _SCALE, y * _SCALE)
        self._pen.text(at, cut, fill=ink, font=_font(size), anchor=f"{anchor}m")

    def bar(self, x: float, y: float, wide: float, tall: float, *, strong: bool) -> None:
        box = (x * _SCALE, y * _SCALE, (x + wide) * _SCALE - 1, (y + tall) * _SCALE - 1)
        radius = min(3 * _SCALE, (box[2] - box[0]) / 2, (box[3] - box[1]) / 2)
        self._pen.rounded_rectangle(box, radius=max(0, radius), fill=_STRONG if strong else _PLAIN)

    def rule(self, x: float, y: float, wide: float) -> None:
        self._pen.rectangle((x * _SCALE, y * _SCALE, (x + wide) * _SCALE, y * _SCALE + 1), fill=_LINE)

    def png(self) -> bytes:
        content = BytesIO()
        self._image.save(content, "PNG", optimize=True)
        return content.getvalue()


def _lying(paper: _Paper, bars: Sequence[Bar], top: float) -> None:
    names = min(_NAMES, max((width(line(bar.label), _WORD) for bar in bars), default=0))
    values = max((width(spoken(bar), _WORD) for bar in bars), default=0)
    begin = _EDGE + names + 12
    room = WIDTH - begin - values - 8 - _EDGE
    for number, bar in enumerate(bars):
        middle = top + number * _ROW + _ROW / 2
        paper.word(_EDGE + names, middle, line(bar.label), ink=_SOFT, anchor="r", room=names)
        long = max(share(bar, bars) * room, 2)
        paper.bar(begin, middle - _THICK / 2, long, _THICK, strong=bar.strong)
        paper.word(begin + long + 8, middle, spoken(bar), room=values)


def _standing(paper: _Paper, bars: Sequence[Bar], top: float) -> None:
    step, floor = (WIDTH - 2 * _EDGE) / len(bars), top + _HEAD + _PLOT
    every = _every(bars, step)
    taken = 0.0
    for number, bar in enumerate(bars):
        x = _EDGE + number * step
        middle, tall = x + step / 2, max(share(bar, bars) * _PLOT, 2)
        paper.bar(x + step * 0.12, floor - tall, step * 0.76, tall, strong=bar.strong)
        said = spoken(bar)
        half = width(said, _WORD) / 2
        speaks = bar.strong or (len(bars) <= _LABELLED and bar.value)
        if speaks and middle - half >= taken and middle + half <= WIDTH:
            paper.word(middle, floor - tall - 11, said, anchor="m", room=WIDTH)
            taken = middle + half + 6
        if number % every == 0:
            room = min(step * every, WIDTH / 2)
            half = min(width(line(bar.label), _WORD), room) / 2
            at = min(max(middle, half + 4), WIDTH - half - 4)
            paper.word(at, floor + 15, line(bar.label), ink=_SOFT, anchor="m", room=room)
    paper.rule(_EDGE, floor, WIDTH - 2 * _EDGE)


def _every(bars: Sequence[Bar], step: float) -> int:
    """Which labels are shown, so that none touches the next."""
    widest = min(_NAMES / 2, max(width(line(bar.label), _WORD) for bar in bars))
    return max(1, ceil((widest + 10) / step))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size * _SCALE)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


@cache
def _known(letter: str) -> bool:
    font = _font(_WORD)
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffe"))


def width(text: str, size: int) -> float:
    """In points."""
    return _font(size).getlength(text) / _SCALE
