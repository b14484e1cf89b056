"""Strings for Slack: within its limits, and nothing in them that Slack would act upon."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.text import (
    NOTHING,
    address,
    bold,
    fitted,
    line,
    lines,
    mrkdwn,
    notification,
    plain,
    plain_line,
)


@given(st.text(max_size=400), st.integers(40, 200))
def test_whatever_is_cut_keeps_to_its_limit(text: str, most: int) -> None:
    assert 1 <= len(line(text, most)) <= most and "\n" not in line(text, most)
    assert len(lines(text, most)) <= most
    assert 1 <= len(plain(text, most)["text"]) <= most
    assert 1 <= len(plain_line(text)["text"]) <= 75


def test_lines_stay_lines_and_say_what_was_cut_off() -> None:
    assert lines("  one\r\ntwo\u2028three\tfour ") == "one\ntwo\nthree    four"
    assert lines("x" * 5_000, 100).endswith("… (5,000 characters)")
    assert line("one\ntwo") == "one two"


@pytest.mark.parametrize("empty", ["", " \n", "\x00", "\u202e"])
def test_nothing_is_a_character_where_slack_needs_one(empty: str) -> None:
    assert line(empty) == plain(empty)["text"] == NOTHING and lines(empty) == ""


def test_plain_text_keeps_codes_and_markup_as_they_are() -> None:
    assert plain(":tada: *b* <!channel> &lt;") == {
        "type": "plain_text",
        "text": ":tada: *b* <!channel> &lt;",
        "emoji": False,
    }


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<!channel> & <@U1>", "&lt;!channel&gt; & &lt;@U1&gt;"),
        ("&lt;!channel&gt; &#60; &x", "&amp;lt;!channel&amp;gt; &amp;#60; &x"),
        ("*b* _i_ ~s~ `c` **2**", "∗b∗ ˍiˍ ∼s∼ ‘c‘ ∗∗2∗∗"),
        ("order_4711 __x__ a_", "order_4711 ˍˍxˍˍ aˍ"),
        (":tada: :+1: at 9:00:15, 1:2", "∶tada: ∶+1: at 9:00:15, 1:2"),
        (":100: :1234: :12:", "∶100: ∶1234: :12:"),
        ("> no\n  > quotation > at all", "\u2060&gt; no\n  \u2060&gt; quotation &gt; at all"),
        ("<https://evil.example|our bank>", "&lt;https://evil.example|our bank&gt;"),
    ],
)
def test_what_slack_parses_can_neither_ping_nor_link_nor_format(said: str, shown: str) -> None:
    assert mrkdwn(said) == shown


@given(st.text(alphabet="*_~`<>&:;@#/alt1 !\n.", max_size=700))
def test_no_markup_survives(text: str) -> None:
    said = mrkdwn(text)
    assert not re.search(r"[<>*~`]|&(?=(?!amp;|lt;|gt;)#?\w+;)|:[\w+'-]*[^\W\d][\w+'-]*:", said)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])|^\s*&gt;", said, re.MULTILINE)
    assert unescaped(said).translate(str.maketrans("∗∼‘ˍ∶", "*~`_:", "\u2060")) == text


def unescaped(text: str) -> str:
    """As Slack shows it: it knows these three and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(st.text(alphabet="*_ ab\n", max_size=200))
def test_bold_is_bold_in_every_line_and_nowhere_else(text: str) -> None:
    for said in bold(text).split("\n"):
        assert said == "" or re.fullmatch(r"\*[^*\s](?:[^*]*[^*\s])?\*", said)


@given(st.text(alphabet="<&lt;* \n", max_size=5_000), st.sampled_from((2_000, 3_000)))
def test_markup_is_fitted_however_much_longer_it_gets(text: str, most: int) -> None:
    assert len(fitted(text, most, lambda cut: "> ".join(mrkdwn(cut)))) <= most


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("https://evil.example\n*b*", "https:\u2060//evil.example ∗b∗"),
        ("@here #general 5 @ 6", "@\u2060here #\u2060general 5 @ 6"),
        ("", "…"),
    ],
)
def test_a_notification_is_one_line_without_links_and_names(said: str, shown: str) -> None:
    assert notification(said) == shown


@given(st.text(alphabet="<>&lt;ab ", max_size=5_000))
def test_a_notification_keeps_to_its_limit(text: str) -> None:
    assert 1 <= len(notification(text)) <= 3_000


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
