"""Hacker News: what is found, once, with what it answers, whatever its search does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources import fitting, hackernews
from adapters.sources.parts import Connected, SettingMissing
from bot.policy.model import SourceKind, SourcePlan
from bot.ports import SourceBusy, SourceDown
from tests.adapters.sources.heard import Bench, told
from tests.fakes.far_end import Fault
from tests.fakes.hackernews import FakeHackerNews

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def there() -> AsyncIterator[FakeHackerNews]:
    fake = FakeHackerNews()
    async with fake.serving():
        yield fake


def connected(bench: Bench, there: FakeHackerNews, **plan: Any) -> Connected:
    said = {
        "name": "hn",
        "kind": SourceKind.HACKERNEWS,
        "source": "hackernews",
        "search": ("kettle & co",),
        **plan,
    }
    return hackernews.connect(SourcePlan(url=there.url, **said), bench.tools())


async def test_stories_and_comments_that_name_us_are_told_with_where_they_stand(
    bench: Bench, there: FakeHackerNews
) -> None:
    there.says("1", "Kettle &amp; Co raises prices", bench.now - 5 * MINUTE, by="ann")
    there.posts["1"]["title"] = "Kettle & Co raises prices"
    there.says(
        "2",
        "<p>I left Kettle & Co.<p>Twice &lt;3<br>so <a href='https://e.org'>there</a>",
        bench.now,
        below="1",
    )
    there.posts["2"]["comment_text"] = "<p>I left Kettle & Co.<p>Twice &lt;3 <script>x()</script>"
    story, comment = told(await bench.hears(connected(bench, there)))
    assert (story.external_id, story.thread, story.in_reply_to, story.handle) == ("1", "1", None, "ann")
    assert story.url == "https://news.ycombinator.com/item?id=1"
    assert comment.text == "I left Kettle & Co.\n\nTwice <3"
    assert (comment.thread, comment.in_reply_to) == ("1", "1")
    assert comment.extra["can_reply"] is False
    assert comment.extra["why_no_reply"] == "answers on Hacker News are posted by hand"


async def test_what_the_search_finds_too_generously_is_left_out(bench: Bench, there: FakeHackerNews) -> None:
    there.says("1", "My kettle & coffee", bench.now)
    there.says("2", "kettle & co is hiring", bench.now)
    there.says("3", "kettle & co again", bench.now, by="bot")
    source = connected(bench, there, exclude=("hiring",), exclude_authors=("Bot",))
    assert told(await bench.hears(source)) == []


async def test_an_outage_of_a_day_leaves_no_gap_though_more_was_written_than_one_search_shows(
    bench: Bench, there: FakeHackerNews
) -> None:
    await bench.hears(connected(bench, there))
    for number in range(1_203):
        there.says(str(100 + number), f"kettle & co {number}", bench.now + timedelta(seconds=40 * number))
    bench.time.at += timedelta(days=1)
    heard = told(await bench.hears(connected(bench, there)))
    assert len(heard) == len({one.external_id for one in heard}) == 1_203
    assert [one.external_id for one in heard] == sorted((one.external_id for one in heard), key=int)
    assert len(bench.stored()) == 1_203


async def test_killed_before_the_commit_it_tells_everything_again_and_nothing_twice(
    bench: Bench, there: FakeHackerNews
) -> None:
    there.says("1", "kettle & co", bench.now)
    await bench.hears(connected(bench, there), stores=0)
    assert bench.stored() == []
    there.says("2", "kettle & co, too", bench.now)
    await bench.hears(connected(bench, there))
    again = await bench.hears(connected(bench, there), batches=3)
    assert told(again) == []
    assert [post for post, _ in bench.stored()] == ["1", "2"]


async def test_a_post_that_the_search_finds_late_is_told(bench: Bench, there: FakeHackerNews) -> None:
    await bench.hears(connected(bench, there))
    bench.time.at += timedelta(hours=2)
    there.says("9", "kettle & co", bench.now - timedelta(hours=2))
    assert [one.external_id for one in told(await bench.hears(connected(bench, there)))] == ["9"]


async def test_changed_words_are_an_edit_and_votes_are_not(bench: Bench, there: FakeHackerNews) -> None:
    there.says("1", "kettle & co is fine", bench.now)
    await bench.hears(connected(bench, there))
    bench.time.at += 10 * MINUTE
    there.posts["1"] |= {"points": 90, "updated_at": bench.now.isoformat()}
    assert told(await bench.hears(connected(bench, there))) == []
    there.posts["1"]["title"] = "kettle & co is not fine"
    (edit,) = told(await bench.hears(connected(bench, there)))
    assert edit.edited_at is not None and edit.edited_at > edit.created_at
    assert bench.revisions()[0][1] == "kettle & co is not fine"


@pytest.mark.parametrize(
    "fault", [Fault.ERROR, Fault.DROPPED, Fault.NONSENSE, Fault.WRONG_SHAPE, Fault.ENDLESS, Fault.CUT_SHORT]
)
async def test_nonsense_is_said_and_nothing_is_lost(
    bench: Bench, there: FakeHackerNews, fault: Fault
) -> None:
    there.says("1", "kettle & co", bench.now)
    # Twice: what may be asked twice is, once, when a connection breaks.
    there.faults.extend((fault, fault))
    with pytest.raises(SourceDown):
        await bench.hears(connected(bench, there))
    there.faults.clear()
    assert len(told(await bench.hears(connected(bench, there)))) == 1


async def test_asked_for_patience_it_says_how_long(bench: Bench, there: FakeHackerNews) -> None:
    there.faults.append(Fault.BUSY)
    with pytest.raises(SourceBusy) as busy:
        await bench.hears(connected(bench, there))
    assert busy.value.after == timedelta(seconds=77)


async def test_it_asks_no_faster_than_it_may(bench: Bench, there: FakeHackerNews) -> None:
    source = connected(bench, there, search=tuple(f"word{number}" for number in range(20)))
    begun = bench.now
    await bench.hears(source, batches=2)
    assert (bench.now - begun) / len(there.asked) >= hackernews.GAP


async def test_without_words_it_says_what_to_write(bench: Bench, there: FakeHackerNews) -> None:
    with pytest.raises(SettingMissing, match="search ="):
        connected(bench, there, search=())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "objectID",
    "author",
    "comment_text",
    "story_text",
    "title",
    "url",
    "story_id",
    "parent_id",
    "created_at_i",
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from((*NAMES, "updated_at")), JSON) | JSON, max_size=4))
def test_no_answer_breaks_it_and_no_good_post_is_lost(strange: list[Any]) -> None:
    plan = SourcePlan(name="hn", kind=SourceKind.HACKERNEWS, source="hackernews", search=("kettle",))
    source = hackernews.HackerNews(plan, Bench.tools(_Still()))  # type: ignore[arg-type]
    good = {"objectID": "7", "author": "ann", "title": "kettle", "created_at_i": 1_770_000_000}
    read = fitting.each("hn", [*strange, good], source._mention)
    assert read[-1].external_id == "7"
    for one in read:
        assert one.handle and len(one.external_id) <= 200 and one.text.encode()


class _Still:
    """Tools that nobody uses."""

    http = time = None

    class store:
        clock = vault = intake = sources = None
