"""A bar chart in characters of any font, narrow enough for a phone; and what a bar is worth."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Final

from adapters.wording import line
from bot.cards.card import Bar, Chart

MOST_LYING: Final = 7
"""Up to so many bars lie, with room for their labels; more stand, with a label here and there."""
MOST_BARS: Final = 96
MOST_NAME: Final = 24

_COLUMNS: Final = 18
_MOST_SPARKS: Final = 24
_SPARKS: Final = "▁▂▃▄▅▆▇█"


def text_bars(chart: Chart) -> str:
    """The chart in text: few bars in a line each, many in one line."""
    bars = chart.bars[:MOST_BARS]
    return _columns(bars) if len(bars) <= MOST_LYING else _sparks(bars)


def _columns(bars: Sequence[Bar]) -> str:
    """Bars begin their lines, so that they compare without a fixed-width font."""
    lengths = [round(share(bar, bars) * _COLUMNS) for bar in bars]
    return "\n".join(
        f"{'█' * long or '▏'} {spoken(bar)}  {line(bar.label, MOST_NAME)}"
        for long, bar in zip(lengths, bars, strict=True)
    )


def _sparks(bars: Sequence[Bar]) -> str:
    """One block for each bar, or for the highest of some neighbours, between the first and the last label."""
    together = ceil(len(bars) / _MOST_SPARKS)
    groups = [bars[at : at + together] for at in range(0, len(bars), together)]
    shares = [max(share(bar, bars) for bar in group) for group in groups]
    sparks = "".join(_SPARKS[round(share * (len(_SPARKS) - 1))] for share in shares)
    return f"{line(bars[0].label, MOST_NAME)} {sparks} {line(bars[-1].label, MOST_NAME)}"


def share(bar: Bar, bars: Sequence[Bar]) -> float:
    """How long the bar is among these, 0 to 1."""
    return worth(bar) / (max(map(worth, bars)) or 1.0)


def worth(bar: Bar) -> float:
    """The value as a length: what is no number or below nothing has none."""
    return max(float(bar.value), 0.0) if isfinite(bar.value) else 0.0


def spoken(bar: Bar) -> str:
    """The value in a word."""
    if not isfinite(bar.value):
        return "n/a"
    return f"{bar.value:,.0f}" if bar.value == int(bar.value) else f"{bar.value:,.1f}"
