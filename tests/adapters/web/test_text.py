"""Strangers' strings: nothing that misleads gets through, nothing that is meant gets lost."""

from __future__ import annotations

import pytest

from adapters.web.text import address, attribute, clean, line, linked, storable


@pytest.mark.parametrize(
    "trick",
    [
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200e",
        "\u200f",
        "\u061c",
        "\x00",
        "\x1b",
        "\x9b",
        "\ufeff",
        "\ud83d",
        "\U000e0041",
    ],
)
def test_tricks_are_taken_out(trick: str) -> None:
    assert (
        clean(f"in{trick}nocent") == line(f"in{trick}nocent") == attribute(f"in{trick}nocent") == "innocent"
    )


def test_what_is_meant_stays() -> None:
    family = "👨\u200d👩\u200d👧 می\u200cخواهم naïve 日本"
    assert clean(family) == family
    assert clean("a\r\nb\rc\u2028d") == "a\nb\nc\nd"


def test_a_long_text_is_cut_and_says_so() -> None:
    shown = clean("x" * 100_000)
    assert len(shown) < 7_000
    assert shown.endswith("(shortened, 100000 characters in all)")


def test_a_line_is_one_line() -> None:
    assert line("one\n\n  two\tthree") == "one two three"
    assert len(line("x" * 1_000)) == 160


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Good.example/path?q=1#x", "good.example"),
        ("http://good.example:8080", "good.example"),
        ("https://good.example@evil.example/", "evil.example"),
        ("https://аpple.com/", "xn--pple-43d.com"),
        ("https://good.example\u2044evil.example/", "good.xn--exampleevil-lx3f.example"),
        ("https://[::1]/", "[::1]"),
    ],
)
def test_an_address_shows_where_it_truly_leads(url: str, host: str) -> None:
    found = address(url)
    assert found is not None
    assert (found.url, found.host) == (url, host)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>1</script>",
        "java\nscript:alert(1)",
        "//evil.example",
        "https:evil.example",
        "https://",
        "https://evil.example\\@good.example/",
        "https://good.example%2eevil.example/",
        "https://a b.example/",
        'https://x.example/"onmouseover="alert(1)',
        "https://x.example:99999/",
        "https://[bad/",
        "ftp://x.example/",
        "",
        "https://x.example/" + "a" * 5_000,
    ],
)
def test_anything_else_is_no_address(url: str) -> None:
    assert address(url) is None


def test_plain_addresses_in_talk_become_links() -> None:
    html = linked("See https://a.example/x?y=1&z=2, or (http://b.example).")
    assert html.count("<a ") == 2
    assert 'href="https://a.example/x?y=1&amp;z=2"' in html
    assert 'href="http://b.example"' in html
    assert html.count('rel="noopener noreferrer nofollow"') == 2


@pytest.mark.parametrize(
    "text", ["https://bank.example@evil.example/", "javascript:alert(1)", "https://аpple.com/"]
)
def test_addresses_that_mislead_stay_text(text: str) -> None:
    assert "<a " not in linked(text)


def test_talk_is_escaped_around_its_links() -> None:
    html = linked("<b>https://a.example/<script>alert(1)</script>")
    assert html.startswith("&lt;b&gt;<a ")
    assert "<script" not in html
    assert "<b>" not in html


def test_what_no_database_takes_is_left_out() -> None:
    assert storable("a\x00b\ud800c") == "abc"
