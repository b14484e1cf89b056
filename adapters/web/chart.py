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
            f'<text class="label" x="{_LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(line(bar.label, 18))}</text>'
            f'<rect class="{_class(bar)}" x="{_LABEL}" y="{y + 4}" width="{max(length, 2):.1f}" height="16" rx="4"/>'
            f'<text class="value" x="{_LABEL + max(length, 2) + 8:.1f}" y="{y + 16}">{_spoken(bar)}</text>'
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
            f'<rect class="{_class(bar)}" x="{x + step * 0.14:.1f}" y="{_HEIGHT - tall:.1f}" '
            f'width="{step * 0.72:.1f}" height="{tall:.1f}" rx="2"><title>'
            f"{escape(line(bar.label, 40))}: {_spoken(bar)}</title></rect>"
        )
        if bar.strong:
            pieces.append(_word("value", middle, _HEIGHT - tall - 4, _spoken(bar)))
        if number % every == 0:
            pieces.append(_word("label", middle, _HEIGHT + 14, escape(line(bar.label, 8))))
    return "".join(pieces), _HEIGHT + _FOOT


def _word(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{text}</text>'


def _class(bar: Bar) -> str:
    return "bar strong" if bar.strong else "bar"


def _top(bars: Sequence[Bar]) -> float:
    return max((_worth(bar) for bar in bars), default=0.0) or 1.0


def _share(bar: Bar, top: float) -> float:
    return _worth(bar) / top


def _worth(bar: Bar) -> float:
    """The value as a length: what is no number or below nothing has none."""
    return max(bar.value, 0.0) if isfinite(bar.value) else 0.0


def _spoken(bar: Bar) -> str:
    if not isfinite(bar.value):
        return "–"
    return f"{bar.value:,.0f}" if bar.value == int(bar.value) else f"{bar.value:,.1f}"
