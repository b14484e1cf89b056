"""A small bar chart: Teams' own element, and lines of text for a client that does not know it.

`Chart.HorizontalBar` and `Chart.VerticalBar` are Teams' extensions of Adaptive Cards
(https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/charts-in-adaptive-cards). Every
renderer shows the `fallback` of an element that it does not know, so a chart is never a hole in the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Any, Final

from adapters.teams.text import line, verbatim
from bot.cards.card import Bar, Chart

MOST_LYING: Final = 7
"""Up to so many bars lie, with room for their labels; more stand."""
MOST_BARS: Final = 96

_LABELLED: Final = 12
"""Up to so many standing bars say their value."""
_PLAIN, _STRONG = "neutral", "categoricalTeal"

_COLUMNS: Final = 18
_MOST_NAME: Final = 24
_MOST_SPARKS: Final = 24
_SPARKS: Final = "▁▂▃▄▅▆▇█"


def element(chart: Chart) -> dict[str, Any]:
    """The bars alone: title and `alt` stand in words beside them, since Teams' charts have no text for who cannot see.

    A chart of nothing, or one whose labels repeat (Teams would draw them as one bar), is drawn in text.
    """
    bars = chart.bars[:MOST_BARS]
    text = _monospace(text_bars(chart)) if bars else _monospace("")
    labels = [line(bar.label, _MOST_NAME) for bar in bars]
    if not bars or len(set(labels)) < len(labels):
        return text
    lying = len(bars) <= MOST_LYING
    data = [
        {"x": verbatim(label), "y": _worth(bar), "color": _STRONG if bar.strong else _PLAIN}
        for label, bar in zip(labels, bars, strict=True)
    ]
    values = {} if lying else {"showBarValues": len(bars) <= _LABELLED}
    return {
        "type": "Chart.HorizontalBar" if lying else "Chart.VerticalBar",
        "title": verbatim(line(chart.title, 120)),
        "data": data,
        **values,
        "fallback": text,
    }


def text_bars(chart: Chart) -> str:
    """The chart in characters of any font, narrow enough for a phone: few bars in a line each, many in one line."""
    bars = chart.bars[:MOST_BARS]
    return _columns(bars) if len(bars) <= MOST_LYING else _sparks(bars)


def _monospace(text: str) -> dict[str, Any]:
    run = {"type": "TextRun", "text": verbatim(text) or "–", "fontType": "Monospace"}
    return {"type": "RichTextBlock", "inlines": [run]}


def _columns(bars: Sequence[Bar]) -> str:
    """Bars begin their lines, so that they compare without a fixed-width font."""
    lengths = [round(_share(bar, bars) * _COLUMNS) for bar in bars]
    return "\n".join(
        f"{'█' * long or '▏'} {_spoken(bar)}  {line(bar.label, _MOST_NAME)}"
        for long, bar in zip(lengths, bars, strict=True)
    )


def _sparks(bars: Sequence[Bar]) -> str:
    """One block for each bar, or for the highest of some neighbours, between the first and the last label."""
    together = ceil(len(bars) / _MOST_SPARKS)
    groups = [bars[at : at + together] for at in range(0, len(bars), together)]
    shares = [max(_share(bar, bars) for bar in group) for group in groups]
    sparks = "".join(_SPARKS[round(share * (len(_SPARKS) - 1))] for share in shares)
    return f"{line(bars[0].label, _MOST_NAME)} {sparks} {line(bars[-1].label, _MOST_NAME)}"


def _share(bar: Bar, bars: Sequence[Bar]) -> float:
    return _worth(bar) / (max(map(_worth, bars)) or 1.0)


def _worth(bar: Bar) -> float:
    """The value as a length: what is no number or below nothing has none."""
    return max(float(bar.value), 0.0) if isfinite(bar.value) else 0.0


def _spoken(bar: Bar) -> str:
    if not isfinite(bar.value):
        return "n/a"
    return f"{bar.value:,.0f}" if bar.value == int(bar.value) else f"{bar.value:,.1f}"
