"""Feeds: what is new in them, once, from the first look on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.sources import feeds
from adapters.sources.parts import Connected, SettingMissing
from bot.policy.model import SourceKind, SourcePlan
from bot.ports import SourceBusy, SourceDown, SourceShut
from tests.adapters.sources.heard import Bench, told
from tests.fakes.far_end import Fault
from tests.fakes.feeds import Entry, FakeFeeds

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def there() -> AsyncIterator[FakeFeeds]:
    fake = FakeFeeds()
    async with fake.serving():
        yield fake


def connected(bench: Bench, there: FakeFeeds, *paths: str, **plan: Any) -> Connected:
    said: dict[str, Any] = {"name": "feed", "kind": SourceKind.RSS, "source": "rss", **plan}
    addresses = tuple(there.url + path for path in paths or ("/feed",))
    return feeds.connect(SourcePlan(options={"feeds": addresses}, **said), bench.tools())


def ids(heard: Any) -> list[str]:
    return [one.external_id for one in told(heard)]


async def test_the_first_look_brings_yesterday_and_no_history(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/feed"] = [
        Entry("https://e.org/3", "Three", at=bench.now - HOUR),
        Entry("https://e.org/2", "Two", at=bench.now - 2 * HOUR),
        Entry("https://e.org/1", "One", at=bench.now - 2 * DAY),
        Entry("https://e.org/0", "Nobody says when"),
    ]
    assert ids(await bench.hears(connected(bench, there))) == ["https://e.org/2", "https://e.org/3"]


async def test_later_looks_bring_what_is_new_and_ask_only_for_changes(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/feed"] = [Entry("1", "One", at=bench.now)]
    source = connected(bench, there)
    await bench.hears(source, batches=4)
    assert there.unchanged >= 1
    there.entries["/feed"].insert(0, Entry("2", "Undated, and new"))
    bench.time.at += HOUR
    (new,) = told(await bench.hears(connected(bench, there)))
    assert (new.text, new.created_at) == ("Undated, and new", bench.now)
    asked = len(there.asked)
    await bench.hears(connected(bench, there))
    assert there.unchanged >= 2 and len(there.asked) == asked + 1


async def test_an_item_is_its_words_its_author_and_its_page(bench: Bench, there: FakeFeeds) -> None:
    text = (
        "<p>We <b>left</b> Kettle.</p><script>alert(1)</script><p>Read <a href='x'>on</a>&nbsp;&amp; on</p>"
    )
    there.entries["/feed"] = [Entry("17", "Bye & thanks", text, bench.now, "https://e.org/a", "Ann O.")]
    (one,) = told(await bench.hears(connected(bench, there)))
    assert one.text == "Bye & thanks\n\nWe left Kettle.\n\nRead on & on"
    assert (one.handle, one.url, one.lang) == ("Ann O.", "https://e.org/a", "en-GB")
    assert one.extra["can_reply"] is False


async def test_a_google_alert_leads_to_the_page_and_two_alerts_for_one_page_are_one(
    bench: Bench, there: FakeFeeds
) -> None:
    page = "https://news.example/kettle?id=7&x=ä"
    there.entries["/alerts/1"] = [
        Entry("111", "<b>Kettle</b> burns", "Hot <b>Kettle</b>&nbsp;...", bench.now, page)
    ]
    there.entries["/alerts/2"] = [
        Entry("222", "<b>Kettle</b> burns", "Hot <b>Kettle</b>&nbsp;...", bench.now, page)
    ]
    heard = told(await bench.hears(connected(bench, there, "/alerts/1", "/alerts/2")))
    assert [one.url for one in heard] == [page, page]
    assert heard[0].text == "Kettle burns\n\nHot Kettle ..."
    assert heard[0].handle == "news.example"
    assert [post for post, _ in bench.stored()] == [page]


async def test_numbers_of_two_feeds_are_two_posts(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/a"] = [Entry("1", "Of a", at=bench.now)]
    there.entries["/b"] = [Entry("1", "Of b", at=bench.now)]
    await bench.hears(connected(bench, there, "/a", "/b"))
    assert sorted(text for _, text in bench.stored()) == ["Of a", "Of b"]


async def test_changed_words_are_an_edit_and_a_page_that_never_rests_is_not(
    bench: Bench, there: FakeFeeds
) -> None:
    entry = Entry("https://e.org/1", "One", "fine", bench.now, "https://e.org/1", updated=bench.now)
    there.entries["/f.atom"] = [entry]
    await bench.hears(connected(bench, there, "/f.atom"))
    bench.time.at += HOUR
    entry.text, entry.updated = "not fine", bench.now - timedelta(minutes=3)
    (edit,) = told(await bench.hears(connected(bench, there, "/f.atom")))
    assert (edit.text, edit.edited_at) == ("One\n\nnot fine", entry.updated)
    assert [text for _, text, _ in bench.revisions()] == ["One\n\nnot fine"]
    for number in range(20):
        bench.time.at += HOUR
        entry.text = f"{number} hours ago"
        await bench.hears(connected(bench, there, "/f.atom"))
    assert len(bench.revisions()) == 5


async def test_killed_before_the_commit_it_brings_the_same_again(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/feed"] = [Entry("1", "One", at=bench.now)]
    await bench.hears(connected(bench, there), stores=0)
    there.entries["/feed"].insert(0, Entry("2", "Two", at=bench.now))
    await bench.hears(connected(bench, there))
    await bench.hears(connected(bench, there))
    assert [text for _, text in bench.stored()] == ["One", "Two"]


async def test_a_feed_that_moved_for_good_is_followed_from_then_on(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/new"] = [Entry("1", "One", at=bench.now)]
    there.elsewhere["/feed"] = (301, "/new")
    await bench.hears(connected(bench, there))
    await bench.hears(connected(bench, there))
    assert [one.path for one in there.asked] == ["/feed", "/new", "/new"]
    assert [text for _, text in bench.stored()] == ["One"]


async def test_a_detour_is_followed_each_time(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/new"] = [Entry("1", "One", at=bench.now)]
    there.elsewhere["/feed"] = (302, "/new")
    await bench.hears(connected(bench, there))
    await bench.hears(connected(bench, there))
    assert [one.path for one in there.asked] == ["/feed", "/new", "/feed", "/new"]


async def test_a_feed_leads_nowhere_it_should_not(bench: Bench, there: FakeFeeds) -> None:
    there.elsewhere["/feed"] = (302, "ftp://e.org/feed")
    with pytest.raises(SourceShut, match="does not follow"):
        await bench.hears(connected(bench, there))
    there.elsewhere["/feed"] = (302, "/feed")
    with pytest.raises(SourceDown, match="circle"):
        await bench.hears(connected(bench, there))


@pytest.mark.parametrize(
    ("status", "said"), [(410, "gone for good"), (404, "no feed at"), (403, "may not be read")]
)
async def test_a_feed_that_a_person_must_mend_shuts_the_source(
    bench: Bench, there: FakeFeeds, status: int, said: str
) -> None:
    there.statuses["/feed"] = status
    with pytest.raises(SourceShut, match=said) as shut:
        await bench.hears(connected(bench, there))
    assert "127.0.0.1/feed" in str(shut.value)


async def test_one_feed_that_is_gone_is_told_once_and_the_others_go_on(
    bench: Bench, there: FakeFeeds
) -> None:
    there.entries["/a"] = [Entry("1", "One", at=bench.now)]
    there.statuses["/b"] = 410
    source = connected(bench, there, "/a", "/b")
    with pytest.raises(SourceShut, match="/b is gone for good"):
        await bench.hears(source, batches=2)
    assert [text for _, text in bench.stored()] == ["One"]
    there.entries["/a"].insert(0, Entry("2", "Two", at=bench.now))
    bench.time.at += HOUR
    await bench.hears(source, batches=40)
    assert [text for _, text in bench.stored()] == ["One", "Two"]


async def test_one_feed_that_fails_keeps_none_waiting_and_comes_back(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/a"] = [Entry("1", "One", at=bench.now)]
    there.statuses["/b"] = 500
    source = connected(bench, there, "/a", "/b")
    await bench.hears(source, batches=10)
    of_a = sum(one.path == "/a" for one in there.asked)
    assert sum(one.path == "/b" for one in there.asked) < of_a
    del there.statuses["/b"]
    there.entries["/b"] = [Entry("1", "Of b", at=bench.now)]
    bench.time.at += 12 * HOUR
    await bench.hears(source, batches=3)
    assert [text for _, text in bench.stored()] == ["One", "Of b"]


async def test_what_could_not_be_read_does_not_count_as_read(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/a"] = []
    there.answers["/b"] = b"<html>We will be back soon</html>"
    await bench.hears(connected(bench, there, "/a", "/b"), batches=8)
    asked = [one for one in there.asked if one.path == "/b"]
    assert len(asked) > 1 and all("If-None-Match" not in one.headers for one in asked)


@pytest.mark.parametrize(
    "fault", [Fault.ERROR, Fault.DROPPED, Fault.NONSENSE, Fault.WRONG_SHAPE, Fault.ENDLESS, Fault.CUT_SHORT]
)
async def test_nonsense_is_said_and_nothing_is_lost(bench: Bench, there: FakeFeeds, fault: Fault) -> None:
    there.entries["/feed"] = [Entry("1", "One", at=bench.now)]
    there.faults.extend((fault, fault))
    with pytest.raises(SourceDown):
        await bench.hears(connected(bench, there))
    # Not a word that says that it is well.
    assert bench.heard == []
    there.faults.clear()
    assert len(told(await bench.hears(connected(bench, there)))) == 1


async def test_asked_for_patience_it_says_how_long(bench: Bench, there: FakeFeeds) -> None:
    there.faults.append(Fault.BUSY)
    with pytest.raises(SourceBusy) as busy:
        await bench.hears(connected(bench, there))
    assert busy.value.after == timedelta(seconds=77)


async def test_search_exclude_and_authors_sift(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/feed"] = [
        Entry("1", "Kettle is good", at=bench.now, author="ann"),
        Entry("2", "Kettles are good", at=bench.now, author="ann"),
        Entry("3", "Kettle is hiring", at=bench.now, author="ann"),
        Entry("4", "Kettle by us", at=bench.now, author="Us"),
    ]
    source = connected(bench, there, search=("kettle",), exclude=("hiring",), exclude_authors=("us",))
    assert [one.text for one in told(await bench.hears(source))] == ["Kettle is good"]


async def test_it_looks_as_often_as_the_policy_says(bench: Bench, there: FakeFeeds) -> None:
    there.entries["/feed"] = []
    begun = bench.now
    await bench.hears(connected(bench, there, every=timedelta(minutes=20)), batches=60)
    assert len(there.asked) <= (bench.now - begun) / timedelta(minutes=20) + 1


async def test_without_feeds_it_says_what_to_write(bench: Bench) -> None:
    plan = SourcePlan(name="feed", kind=SourceKind.RSS, source="rss")
    with pytest.raises(SettingMissing, match="feeds ="):
        feeds.connect(plan, bench.tools())
