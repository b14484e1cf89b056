"""What stands in a feed's bytes, whoever wrote them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.sources.feeds.place import FeedPlace, read_places, write_places
from adapters.sources.feeds.reading import MOST_ITEMS, NoFeed, items_of, unwrapped
from tests.desk import MONDAY

AT = "https://e.org/feed"
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><rss><channel><item><title>&j;</title></item></channel></rss>"
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BOMB, "entities"),
        (BOMB.decode().encode("utf-16"), "entities"),
        (b"<rss><channel><item>" + b"<a>" * 3_000, "deeply"),
        (b"<rss><channel>" + b"<a/>" * 201_000, "too many tags"),
        (b"<html><body>Hello</body></html>", "no feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "no feed"),
        (b"", "no feed"),
    ],
)
def test_what_would_never_end_or_is_no_feed_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(NoFeed, match=said):
        items_of(body, AT)


def test_a_feed_with_no_end_of_items_gives_its_newest() -> None:
    items = b"".join(b"<item><guid>%d</guid><title>t</title></item>" % number for number in range(2_000))
    assert len(items_of(b"<rss version='2.0'><channel>" + items + b"</channel></rss>", AT)) == MOST_ITEMS


def test_a_broken_feed_gives_what_can_be_read() -> None:
    body = b"<rss version='2.0'><channel><item><title>A & B <br> c</title></item><item><title>D</title>"
    assert items_of(body, AT)[0].text.startswith("A & B")


def test_dates_that_cannot_be_are_none() -> None:
    body = b"<rss version='2.0'><channel><item><title>A</title><pubDate>Mon, 99 Foo 99999</pubDate></item></channel></rss>"
    assert items_of(body, AT)[0].at is None


@pytest.mark.parametrize(
    ("link", "to"),
    [
        ("https://www.google.com/url?rct=j&sa=t&url=https://e.org/a%3Fb%3D1&ct=ga", "https://e.org/a?b=1"),
        ("https://www.google.co.uk/url?q=https://e.org/", "https://e.org/"),
        ("https://www.google.com/search?q=x", "https://www.google.com/search?q=x"),
        (
            "https://google.com.evil.example/url?url=https://e.org",
            "https://google.com.evil.example/url?url=https://e.org",
        ),
        ("https://[bad", "https://[bad"),
    ],
)
def test_only_googles_own_links_are_unwrapped(link: str, to: str) -> None:
    assert unwrapped(link) == to


MARKUP = st.lists(
    st.sampled_from(
        [
            "<item>",
            "</item>",
            "<title>",
            "</title>",
            "<guid>",
            "<![CDATA[",
            "]]>",
            "<link>",
            "&amp;",
            "&#0;",
            "<entry>",
        ]
    )
    | st.text(max_size=20),
    max_size=20,
).map("".join)


@settings(max_examples=50, deadline=None)
@given(MARKUP)
@example("<title>\ud800</title>")
def test_no_bytes_break_it_and_no_good_item_before_them_is_lost(strange: str) -> None:
    good = "<item><guid>https://e.org/7</guid><title>Good</title></item>"
    body = f"<rss version='2.0'><channel>{good}<item><title>{strange}"
    try:
        items = items_of(body.encode("utf-8", "surrogatepass"), AT)
    except NoFeed:
        return
    assert "https://e.org/7" in [one.id for one in items]
    for one in items:
        assert one.id and one.author and len(one.id) <= 200 and one.text.encode()


@settings(max_examples=40, deadline=None)
@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(repr))
def test_a_cursor_that_cannot_be_read_is_none(cursor: str) -> None:
    assert read_places(cursor) == {}


def test_a_cursor_is_read_as_it_was_written() -> None:
    place = FeedPlace(first=MONDAY, etag='W/"1"', modified="x", moved="y", seen={"a": ("b", 2, 1)})
    assert read_places(write_places({AT: place})) == {AT: place}
