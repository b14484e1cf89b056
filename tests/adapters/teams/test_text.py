"""Strings for Teams: within their length, and nothing in them that a client of Teams would act upon."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.text import address, line, lines, neutral, notification, verbatim
from adapters.wording import NOTHING

LOOK_ALIKES = str.maketrans("∗∼‘‹›∖ˍ", "*~`<>\\_", "\u2060")


def no_markdown(text: str) -> bool:
    """Whether none of what any Markdown would parse is in the text."""
    return not (
        re.search(r"[*~`<>\\]|(?<![^\W_])_|_(?![^\W_])|\][(\[:]|&#?\w+;|://|@\w|\{\{", text)
        or re.search(r"^[^\S\n]*(?:[#+=|:-]|\d{1,9}[.)])|^[^\S\n]", text, re.MULTILINE)
        or re.search(r"\w\.[^\W\d_]{2}", text)
    )


@given(st.text(max_size=400), st.integers(40, 200))
def test_whatever_is_cut_keeps_to_its_limit(text: str, most: int) -> None:
    assert 1 <= len(line(text, most)) <= most and "\n" not in line(text, most)
    assert len(lines(text, most)) <= most


def test_lines_stay_lines_and_say_what_was_cut_off() -> None:
    assert lines("  one\r\ntwo\u2028three\tfour ") == "one\ntwo\nthree    four"
    assert lines("x" * 5_000, 100).endswith("… (5,000 characters)")
    assert line("one\ntwo") == "one two"


@pytest.mark.parametrize("empty", ["", " \n", "\x00", "\u202e"])
def test_nothing_is_a_character_where_one_is_needed(empty: str) -> None:
    assert line(empty) == NOTHING and lines(empty) == ""


def test_a_run_of_text_keeps_markup_as_it_is_and_makes_no_dates() -> None:
    assert verbatim("*b* [x](y) <at>Ana</at> \\") == "*b* [x](y) <at>Ana</at> \\"
    assert verbatim("{{DATE(2026-03-02T09:00:00Z)}}") == "{\u2060{DATE(2026-03-02T09:00:00Z)}}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("**b** _i_ ~s~ `c`", "∗∗b∗∗ ˍiˍ ∼s∼ ‘c‘"),
        ("order_4711 __x__ a_", "order_4711 ˍˍxˍˍ aˍ"),
        ("[our bank](https://evil.example)", "[our bank]\u2060(https:\u2060//evil.\u2060example)"),
        ("![x][1]\n[1]: //evil.example", "![x]\u2060[1]\n[1]\u2060: //evil.\u2060example"),
        ("<at>Ana</at> <https://x.example>", "‹at›Ana‹/at› ‹https:\u2060//x.\u2060example›"),
        ("# no\n- list\n1. list\n> quote", "\u2060# no\n\u2060- list\n\u20601. list\n› quote"),
        ("text\n===\n    code\n| a |", "text\n\u2060===\n\u2060    code\n\u2060| a |"),
        ("\\*not\\* \\[", "∖∗not∖∗ ∖["),
        ("&lt;b&gt; &#42; Q&A &", "&\u2060lt;b&\u2060gt; &\u2060#42; Q&A &"),
        ("www.evil.example a@b.example", "www.\u2060evil.\u2060example a@\u2060b.\u2060example"),
        ("{{TIME(x)}} 9.30, e.g. 3.5 p.m.", "{\u2060{TIME(x)}} 9.30, e.g. 3.5 p.m."),
    ],
)
def test_what_teams_parses_can_neither_ping_nor_link_nor_format(said: str, shown: str) -> None:
    assert neutral(said) == shown


@given(st.text(alphabet="*_~`<>[]()\\&:;@#{-+=|./alt1w !\n", max_size=500))
def test_no_markup_survives(text: str) -> None:
    said = neutral(text)
    assert no_markdown(said)
    assert said.translate(LOOK_ALIKES) == text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("https://evil.example\n*b*", "https:\u2060//evil.\u2060example ∗b∗"),
        ("@here #general 5 @ 6", "@\u2060here #general 5 @ 6"),
        ("", "…"),
    ],
)
def test_a_notification_is_one_line_without_links_and_names(said: str, shown: str) -> None:
    assert notification(said) == shown


@given(st.text(alphabet="@ab.[(]:&lt;/ ", max_size=3_000))
def test_a_notification_keeps_to_its_limit(text: str) -> None:
    assert 1 <= len(notification(text)) <= 1_100


@pytest.mark.parametrize(
    ("url", "kept", "host"),
    [
        ("https://x.example/a?b=1&c=2#d", "https://x.example/a?b=1&c=2#d", "x.example"),
        ("HTTP://X.Example:8080/%20", "http://x.example:8080/%20", "x.example"),
        (
            "https://bücher.example/straße",
            "https://xn--bcher-kva.example/stra%C3%9Fe",
            "xn--bcher-kva.example",
        ),
        ("http://[::1]/", "http://[::1]/", "[::1]"),
    ],
)
def test_an_address_is_what_every_reader_sees(url: str, kept: str, host: str) -> None:
    safe = address(url)
    assert safe is not None and (safe.url, safe.host) == (kept, host)


def test_a_long_host_shows_its_end() -> None:
    safe = address(f"https://www.ours.example.{'a' * 40}.evil.example/")
    assert safe is not None and safe.short_host.endswith("evil.example") and len(safe.short_host) == 40


@given(st.text(max_size=60))
def test_an_address_is_safe_or_none(text: str) -> None:
    for url in (text, f"https://{text}", f"https://x.example/{text}"):
        safe = address(url)
        assert safe is None or (safe.url.isascii() and re.fullmatch(r"https?://\S+", safe.url))
