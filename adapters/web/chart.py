"""A small bar chart as inline SVG, coloured by the page's own style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite
from typing import Final

from adapters.web.text import line
from bot.cards.card import Bar, Chart

MOST_LYING: Final = 7
"""Up to so many bars lie, with room for their labels; more stand, with a label here and there."""
MOST_BARS: Final = 96

WIDTH: Final = 420
_ROW, _LABEL, _VALUE = 24, 120, 44
_HEIGHT, _FOOT, _HEAD, _LABELS = 96, 18, 14, 8


def chart(of: Chart) -> str:
    """The chart as a figure; `alt` stands beneath it for screen readers, the title above it for everyone."""
    bars = of.bars[:MOST_BARS]
    drawn, height = _lying(bars) if len(bars) <= MOST_LYING else _standing(bars)
    title, alt = escape(line(of.title)), escape(line(of.alt, 600))
    return (
        f'<figure class="chart"><figcaption dir="auto">{title}</figcaption>'
        f'<svg role="img" viewBox="0 0 {WIDTH} {height}" aria-label="{alt}">'
        f"<title>{title}</title><desc>{alt}</desc>{drawn}</svg></figure>"
    )


def _lying(bars: Sequence[Bar]) -> tuple[str, int]:
    top, room, pieces = _top(bars), WIDTH - _LABEL - _VALUE, []
    for number, bar in enumerate(bars):
        y, length = number * _ROW, _share(bar, top) * room
        pieces.append(
            _word("label", _LABEL - 8, y + 16, escape(line(bar.label, 18)), anchor="end")
            + _rect(bar, _LABEL, y + 4, max(length, 2), 16, 4, "")
            + _word("value", _LABEL + max(length, 2) + 8, y + 16, _spoken(bar), anchor="start")
        )
    return "".join(pieces), max(len(bars), 1) * _ROW


def _standing(bars: Sequence[Bar]) -> tuple[str, int]:
    top, step = _top(bars), WIDTH / len(bars)
    every = -(-len(bars) // _LABELS)
    pieces = []
    for number, bar in enumerate(bars):
        x, tall = number * step, max(_share(bar, top) * (_HEIGHT - _HEAD), 2)
        middle = x + step / 2
        pieces.append(
            _rect(bar, x + step * 0.14, _HEIGHT - tall, step * 0.72, tall, 2, escape(line(bar.label, 40)))
        )
        if bar.strong:
            pieces.append(_word("value", middle, _HEIGHT - tall - 4, _spoken(bar)))
        if number % every == 0:
            pieces.append(_word("label", middle, _HEIGHT + 14, escape(line(bar.label, 8))))
    return "".join(pieces), _HEIGHT + _FOOT


def _word(kind: str, x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _rect(bar: Bar, x: float, y: float, wide: float, tall: float, round: int, name: str) -> str:
    kind = "bar strong" if bar.strong else "bar"
    title = f"<title>{name}: {_spoken(bar)}</title>" if name else ""
    size = f'width="{wide:.1f}" height="{tall:.1f}" rx="{round}"'
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" {size}>{title}</rect>'


def _top(bars: Sequence[Bar]) -> float:
    return max((_worth(bar) for bar in bars), default=0.0) or 1.0


def _share(bar: Bar, top: float) -> float:
    return _worth(bar) / top


def _worth(bar: Bar) -> float:
    """The value as a length: what is no number or below nothing has none."""
    return max(bar.value, 0.0) if isfinite(bar.value) else 0.0


def _spoken(bar: Bar) -> str:
    if not isfinite(bar.value):
        return "n/a"
    return f"{bar.value:,.0f}" if bar.value == int(bar.value) else f"{bar.value:,.1f}"
