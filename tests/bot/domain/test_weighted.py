"""What a reply weighs at X: the examples of twitter-text's own conformance suite, and what people really write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.replies.length import Counting, LengthRule
from bot.domain.replies.weighted import links_in, weighted

RULE = LengthRule(counting=Counting.WEIGHTED, most=280)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Sorry about that!", 17),
        ("", 0),
        ("é", 1),
        ("e\u0301", 1),
        ("Ж", 1),
        ("ก", 1),
        ("नि", 2),
        ("\u1100\u1161", 2),
        ("日本語", 6),
        ("한글", 4),
        ("“quoted” – yes…", 16),
        ("👍", 2),
        ("👍🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇩🇪", 2),
        ("1️⃣", 2),
        ("1⃣", 2),
        ("❤️", 2),
        ("©", 1),
        ("☺", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("葛\U000e0100", 4),
        ("https://example.com/a/very/long/path/that/nobody/would/ever/type/by/hand?x=1", 23),
        ("See https://a.co.", 28),
        ("See a.co.", 28),
        ("See example.com/help, please", 35),
        ("Write to help@example.com", 25),
        ("That is so.Then we left", 23),
        ("Done.But not", 12),
        ("v2.0 and 3.14", 13),
        ("@nimbus.air hello", 17),
        ("two links: http://a.de/x and b.org", 62),
    ],
)
def test_a_text_weighs_what_x_says(text: str, length: int) -> None:
    assert RULE.length(text) == length, links_in(text)


def test_280_light_ones_fit_and_140_heavy_ones() -> None:
    assert RULE.left("a" * 280) == 0
    assert RULE.left("語" * 140) == 0
    assert RULE.left("語" * 141) == -2


@given(st.text())
def test_every_text_has_a_weight(text: str) -> None:
    """At least half a character each, whatever it is."""
    assert 0 <= weighted(text) <= 23 * (len(text) + 1) * 2
