"""HTML that strangers wrote, as words; and their values, cut to what the desk keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources import fitting
from adapters.sources.asking import Pace, retry_after
from adapters.sources.plain_text import plain_text
from adapters.sources.storable import look_through
from storage.sql.clock import SqlClock
from tests.desk import MONDAY, Time


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain words", "plain words"),
        ("<p>One</p><p>Two<br>Three<br/>Four</p>", "One\n\nTwo\nThree\nFour"),
        ("a &lt;b&gt; &amp;amp; &nbsp; &#8217; &nosuch;", "a <b> &amp; ’ &nosuch;"),
        ("<script>alert(1)</script>ok<style>p{}</style>", "ok"),
        ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo"),
        ("<a href='https://evil.example'>bank.example</a>", "bank.example"),
        ("1 < 2 and AT&T", "1 < 2 and AT&T"),
        ("a\n  b\n\n\nc", "a b c"),
        ("<p>a</p>" * 3, "a\n\na\n\na"),
        ("<script>never closed", ""),
        ("<!-- hidden --><![CDATA[x]]>y", "y"),
        ("", ""),
    ],
)
def test_words_and_line_breaks_stay(html: str, text: str) -> None:
    assert plain_text(html) == text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<p>", "</", "<!", "<![CDATA[", "]]>", "<br", "&#", "<?", "<script>"]) | st.text()
    )
)
def test_no_html_breaks_it(parts: list[str]) -> None:
    plain_text("".join(parts))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("\ud800 \x00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(JSON)
def test_whatever_a_network_says_can_be_kept_or_is_none(value: Any) -> None:
    look_through({"a": fitting.text(value), "b": fitting.words(value) or "", "c": fitting.key(value) or ""})
    assert len(fitting.key(value) or "") <= 200 and len(fitting.words(value) or "") <= 200
    at = fitting.moment(value)
    assert at is None or (at.tzinfo is UTC and 1970 <= at.year < 2200)
    (
        fitting.count(value),
        fitting.link(value),
        fitting.table(value),
        fitting.items(value),
        fitting.parent(value),
    )


def test_a_long_text_is_cut_between_characters() -> None:
    assert fitting.text("€" * 50_000).encode() == ("€" * 33_333).encode()


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("7", timedelta(seconds=7)),
        ("1.5", timedelta(seconds=1.5)),
        ("Mon, 02 Mar 2026 09:02:00 GMT", timedelta(minutes=2)),
        ("soon", None),
        ("", None),
        ("²", None),
        ("9" * 400, timedelta(seconds=1e6)),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, after: timedelta | None) -> None:
    assert retry_after(said, MONDAY) == after


async def test_a_pace_is_kept_by_all_that_share_it() -> None:
    time = Time()
    pace = Pace(SqlClock(real=time.real, sleep=time.sleep), timedelta(seconds=2))
    for _ in range(4):
        await pace.turn()
    assert time.at - MONDAY == timedelta(seconds=6)
    pace.hold(datetime(2026, 3, 2, 9, 5, tzinfo=UTC))
    await pace.turn()
    assert time.at == datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
