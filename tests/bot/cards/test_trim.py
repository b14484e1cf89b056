"""Strangers' words, cut and cleaned."""

from __future__ import annotations

import unicodedata

import pytest

from bot.cards.phrases import address, count, joined, language, network, reach, share, signed
from bot.cards.trim import block, clean, line


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301"),  # é as two code points stays whole
        ("👍🏽👍🏽👍🏽", 3, "👍🏽"),  # a skin tone stays with its hand
        ("🇪🇸🇩🇪🇫🇷", 3, "🇪🇸"),  # half a flag is none
        ("👩‍🚀👩‍🚀", 4, "👩‍🚀"),
        (
            unicodedata.normalize("NFD", "한국한국"),
            5,
            unicodedata.normalize("NFD", "한"),
        ),  # a syllable in parts
        ("नमस्ते दुनिया", 5, "नमस्"),
    ],
)
def test_a_cut_falls_between_characters(text: str, limit: int, shown: str) -> None:
    cut = block(text, limit).partition("…")[0]
    assert cut == shown


def test_a_tower_of_marks_is_cut_all_the_same() -> None:
    zalgo = "a" + "\u0301" * 5000
    assert len(block(zalgo, 100)) < 130


def test_what_was_cut_off_is_said() -> None:
    assert block("x" * 1812, 700) == "x" * 700 + "… (1,812 characters)"


def test_a_line_is_one_line() -> None:
    assert line("a\n\nb\tc\u2028d", 50) == "a b c d"
    assert line("word " * 30, 12) == "word word wo…"


def test_control_characters_and_overrides_go_and_writing_systems_stay() -> None:
    assert clean("a\x00b\x1b[2J\u202ec\u2066d\r\ne") == "ab[2Jcd\ne"
    assert clean("مرحبا שלום\u200f 👩‍🚀") == "مرحبا שלום\u200f 👩‍🚀"


@pytest.mark.parametrize(
    ("followers", "said"),
    [
        (None, ""),
        (0, "0 followers"),
        (1, "1 follower"),
        (999, "999 followers"),
        (1904, "1.9 k followers"),
        (2000, "2 k followers"),
        (212_000, "212 k followers"),
        (3_400_000, "3.4 M followers"),
    ],
)
def test_reach(followers: int | None, said: str) -> None:
    assert reach(followers) == said


def test_phrases() -> None:
    assert count(1, "case") == "1 case"
    assert count(1204, "case") == "1,204 cases"
    assert joined(("a", "b", "c")) == "a, b and c"
    assert joined(()) == ""
    assert language("es-MX") == "Spanish"
    assert language("tlh") == "tlh"
    assert language(None) == ""
    assert network("bluesky") == "Bluesky"
    assert network("x") == "X"
    assert network("YouTube") == "YouTube"
    assert share(38, 41) == "38 of 41 (92 %)"
    assert share(999, 1000) == "999 of 1,000 (99 %)"
    assert (signed(4), signed(-2), signed(0)) == ("+4", "-2", "±0")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://x.example/1", True),
        ("HTTP://x.example", True),
        ("javascript:alert(1)", False),
        ("https://x.example/a b", False),
        ("https://x.example/\u202e", False),
        ("data:text/html,x", False),
        (None, False),
    ],
)
def test_only_web_addresses_can_be_opened(url: str | None, kept: bool) -> None:
    assert (address(url) == url) is kept or url is None
