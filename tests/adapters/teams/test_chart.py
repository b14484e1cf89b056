"""The small chart, as Teams' own element and as text."""

from __future__ import annotations

import math

import pytest

from adapters.bars import text_bars
from adapters.teams.chart import element
from bot.cards.card import Bar, Chart


def a_chart(*values: float, label: str = "{:02}:00") -> Chart:
    bars = tuple(
        Bar(label=label.format(number), value=value, strong=value == max(values))
        for number, value in enumerate(values)
    )
    return Chart(title="Cases opened", bars=bars, alt="x")


def test_few_bars_lie_and_more_stand() -> None:
    few, many = element(a_chart(*range(7))), element(a_chart(*range(24)))
    assert (few["type"], many["type"]) == ("Chart.HorizontalBar", "Chart.VerticalBar")
    assert few["data"][2] == {"x": "02:00", "y": 2.0, "color": "neutral"}
    assert [point["y"] for point in many["data"] if point["color"] != "neutral"] == [23.0]
    assert many["showBarValues"] is False and element(a_chart(*range(8)))["showBarValues"] is True


def test_a_client_that_knows_no_charts_shows_them_as_text() -> None:
    chart = a_chart(1, 2)
    (run,) = element(chart)["fallback"]["inlines"]
    assert run == {"type": "TextRun", "text": text_bars(chart), "fontType": "Monospace"}


@pytest.mark.parametrize("chart", [a_chart(), a_chart(1, 2, label="same")])
def test_what_teams_would_draw_wrongly_is_text(chart: Chart) -> None:
    assert element(chart)["type"] == "RichTextBlock"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5, 0, 1e300])
def test_odd_values_are_drawn(value: float) -> None:
    for chart in (a_chart(value, 1), a_chart(*([value] * 20))):
        assert text_bars(chart)
        assert all(0 <= point["y"] < math.inf for point in element(chart)["data"])


def test_labels_are_one_clean_line() -> None:
    chart = Chart(title="a\n\u202eb", bars=(Bar(label="x\n{{DATE(y)}}" * 40, value=1),), alt="")
    made = element(chart)
    assert made["title"] == "a b" and len(made["data"][0]["x"]) <= 30 and "{{" not in str(made)


def test_few_bars_are_lines_of_text() -> None:
    chart = Chart(title="", bars=(Bar(label="Größe", value=4), Bar(label="日本", value=1.5)), alt="")
    assert text_bars(chart) == f"{'█' * 18} 4  Größe\n{'█' * 7} 1.5  日本"


def test_many_bars_are_one_line_with_its_ends_named() -> None:
    assert text_bars(a_chart(*range(8))) == "00:00 ▁▂▃▄▅▆▇█ 07:00"
    first, sparks, last = text_bars(a_chart(*range(96))).split(" ")
    assert (first, len(sparks), sparks[-1], last) == ("00:00", 24, "█", "95:00")
