"""A small bar chart: Teams' own element, and lines of text for a client that does not know it.

`Chart.HorizontalBar` and `Chart.VerticalBar` are Teams' extensions of Adaptive Cards
(https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/charts-in-adaptive-cards). Every
renderer shows the `fallback` of an element that it does not know, so a chart is never a hole in the card.
"""

from __future__ import annotations

from typing import Any, Final

from adapters.bars import MOST_BARS, MOST_LYING, MOST_NAME, text_bars, worth
from adapters.teams.text import line, verbatim
from bot.cards.card import Chart

_LABELLED: Final = 12
"""Up to so many standing bars say their value."""
_PLAIN, _STRONG = "neutral", "categoricalTeal"


def element(chart: Chart) -> dict[str, Any]:
    """The bars alone: title and `alt` stand in words beside them, since Teams' charts have no text for who cannot see.

    A chart of nothing, or one whose labels repeat (Teams would draw them as one bar), is drawn in text.
    """
    bars = chart.bars[:MOST_BARS]
    text = _monospace(text_bars(chart)) if bars else _monospace("")
    labels = [line(bar.label, MOST_NAME) for bar in bars]
    if not bars or len(set(labels)) < len(labels):
        return text
    lying = len(bars) <= MOST_LYING
    data = [
        {"x": verbatim(label), "y": worth(bar), "color": _STRONG if bar.strong else _PLAIN}
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


def _monospace(text: str) -> dict[str, Any]:
    run = {"type": "TextRun", "text": verbatim(text) or "–", "fontType": "Monospace"}
    return {"type": "RichTextBlock", "inlines": [run]}
