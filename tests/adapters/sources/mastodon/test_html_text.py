"""The HTML of strangers as text: what people read, in a time that grows with its length."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.mastodon.html_text import plain


@settings(deadline=None)
@given(st.text(alphabet="<>/&;a \n\"'=!-?[]p#@x0", max_size=200) | st.text(max_size=200))
def test_no_html_raises(html: str) -> None:
    assert isinstance(plain(html), str)


@pytest.mark.parametrize(
    "html",
    [
        "<" * 90_000,
        "<!--" * 20_000,
        "<a href='" * 9_000,
        "<a href='>" * 9_000,
        "<a" + " href=" * 15_000,
        "&" * 90_000,
        "<p>" * 30_000,
        " \n" * 45_000,
    ],
)
def test_no_html_takes_long(html: str) -> None:
    before = datetime.now(UTC)
    plain(html)
    assert datetime.now(UTC) - before < timedelta(seconds=20)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
        ('<a href="https://e.example/"><span>@<span>acme</span></span></a> hi', "@acme hi"),
        (
            '<a href="https://long.example/a/b"><span class="invisible">https://</span><span class="ellipsis">'
            'long.example/a</span><span class="invisible">/b</span></a>',
            "https://long.example/a/b",
        ),
        ('<a href="https://evil.example/">https://bank.example/</a>', "https://evil.example/"),
        ('<a href="https://evil.example/">my bank</a>!', "my bank (https://evil.example/)!"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ("a &lt;b&gt; &amp; c<script>alert(1)</script>", "a <b> & c"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("no markup", "no markup"),
    ],
)
def test_html_is_read_as_people_read_it(html: str, text: str) -> None:
    assert plain(html) == text
