"""Any card as plain text."""

from __future__ import annotations

import unicodedata

import pytest

from bot.cards.card import (
    Actions,
    Bar,
    Button,
    Card,
    Chart,
    Choice,
    Facts,
    Input,
    OpenLink,
    Quote,
    Row,
    Rows,
    Style,
    Text,
)
from bot.cards.case import case_card
from bot.cards.text import as_text
from tests.bot.cards.reading import HOSTILE, a_case, a_mention

EVERYTHING = Card(
    title="1042 · Support",
    summary="never printed",
    elements=(
        Text(text="Look now", style=Style.STRONG),
        Quote(text="My parcel\nnever came.", by="Ellie · X"),
        Facts(rows=(("Owner", "nobody"), ("First response", "due 10:00"))),
        Rows(rows=(Row(text="1043", detail="P2", buttons=(Button(label="Claim", words="claim 1043"),)),)),
        Chart(
            title="Opened", bars=(Bar(label="Mon", value=4), Bar(label="Tue", value=1)), alt="Busiest: Mon."
        ),
        Actions(
            buttons=(
                Button(label="list", words="list"),
                Button(
                    label="Hand off",
                    words="handoff 1042",
                    fields=(
                        Choice(name="department", label="?", options=()),
                        Input(name="note", label="?", optional=True),
                        Input(name="why", label="?"),
                    ),
                ),
                OpenLink(label="Open the post", url="https://x.example/1"),
            )
        ),
    ),
)


def test_every_element_is_printed() -> None:
    assert as_text(EVERYTHING, 60).splitlines() == [
        "1042 · Support",
        "──────────────",
        "* Look now",
        "│ My parcel",
        "│ never came.",
        "│ — Ellie · X",
        "Owner           nobody",
        "First response  due 10:00",
        "- 1043  P2",
        "  [Claim: claim 1043]",
        "Opened",
        "Mon  ██████████████████████████████ 4",
        "Tue  ███████▌ 1",
        "Busiest: Mon.",
        "[list] [Hand off: handoff 1042 <department> [note] <why>]",
        "[Open the post: https://x.example/1]",
    ]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_lines_keep_the_width(width: int) -> None:
    text = as_text(
        Card(title="t" * 10, summary="", elements=(Text(text="word " * 50), Quote(text="字 " * 60, by="b"))),
        width,
    )
    for line in text.splitlines():
        cells = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        assert cells <= width


def test_nothing_a_stranger_wrote_steers_the_terminal() -> None:
    text = as_text(case_card(a_case(mention=a_mention(HOSTILE + "\x9b2J\x07", author=HOSTILE))))
    assert all(c == "\n" or unicodedata.category(c) != "Cc" for c in text)
    assert "\u202e" not in text


def test_a_chart_of_nothing_has_no_bars() -> None:
    chart = Chart(title="Opened", bars=(Bar(label="Mon", value=0),), alt="Nothing.")
    assert as_text(Card(title="", summary="", elements=(chart,))) == "Opened\nMon   0\nNothing."


def test_an_empty_card_is_empty() -> None:
    assert as_text(Card(title="", summary="x")) == ""
