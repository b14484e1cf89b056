"""What is kept of sources: whose turn it is to listen, where to go on, and how they are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.ports import Batch, Put, SourceHold, SourceLost, SourceReport, SourceState
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import incoming, rows, timer

MINUTE = timedelta(minutes=1)


async def taken(store: SqlStore, name: str = "square") -> SourceHold:
    hold = await store.sources.take(name, MINUTE)
    assert hold is not None
    return hold


async def texts(store: SqlStore) -> list[tuple[str, str]]:
    return [tuple(row) for row in await rows(store, "SELECT external_id, text FROM mentions ORDER BY id")]


async def test_of_many_who_want_it_one_gets_it(opened: Opener) -> None:
    async with opened() as one, opened() as other:
        wanted = [store.sources.take("square", MINUTE) for store in (one, other) for _ in range(5)]
        found = [hold for hold in await asyncio.gather(*wanted) if hold is not None]
    assert len(found) == 1


async def test_a_lease_lasts_as_long_as_it_was_renewed_for(opened: Opener, time: Time) -> None:
    async with opened() as one, opened() as other:
        hold = await taken(one)
        time.at += MINUTE - timedelta(seconds=1)
        assert await other.sources.take("square", MINUTE) is None
        assert await one.sources.renew(hold, MINUTE)
        time.at += MINUTE - timedelta(seconds=1)
        assert await other.sources.take("square", MINUTE) is None
        time.at += timedelta(seconds=1)
        later = await taken(other)
        assert later.fence == hold.fence + 1
        assert not await one.sources.renew(hold, MINUTE)


async def test_what_is_let_go_is_free_at_once_and_only_by_who_has_it(opened: Opener, time: Time) -> None:
    async with opened() as one, opened() as other:
        hold = await taken(one)
        await one.sources.release(hold)
        later = await taken(other)
        await one.sources.release(hold)
        assert await one.sources.take("square", MINUTE) is None
        assert (await taken(one, "another")).fence == 1
        assert later.fence == 2


async def test_the_cursor_moves_with_what_it_brought_or_not_at_all(opened: Opener, time: Time) -> None:
    async with opened() as one, opened() as other:
        old = await taken(one)
        done = await one.sources.append(old, Batch(mentions=[incoming("p1")], cursor="a"))
        assert (done.accepted, done.duplicates) == (1, 0)
        time.at += 2 * MINUTE
        new = await taken(other)
        assert new.cursor == "a"
        for batch in (
            Batch(mentions=[incoming("p2")], cursor="b"),
            Batch(mentions=[incoming("p2")]),
            Batch(cursor="b"),
        ):
            with pytest.raises(SourceLost):
                await one.sources.append(old, batch)
        assert [post for post, _ in await texts(one)] == ["p1"]
        assert (await one.sources.reports())["square"].cursor == "a"


async def test_a_batch_without_a_cursor_leaves_it_where_it_was(store: SqlStore, time: Time) -> None:
    hold = await taken(store)
    await store.sources.append(hold, Batch(cursor="a"))
    assert (await store.sources.reports())["square"].heard_at is None
    time.at += MINUTE
    await store.sources.append(hold, Batch(mentions=[incoming("p1")]))
    report = (await store.sources.reports())["square"]
    assert (report.cursor, report.heard_at) == ("a", MONDAY + MINUTE)


async def test_what_is_known_is_counted_and_what_is_newer_is_kept_as_a_revision(store: SqlStore) -> None:
    hold = await taken(store)
    posts = [incoming("p1", text="one"), incoming("p2", text="two"), incoming("p1", text="one")]
    done = await store.sources.append(hold, Batch(mentions=posts, cursor="a"))
    assert (done.accepted, done.duplicates) == (2, 1)
    later = incoming("p1", text="newer", edited_at=MONDAY + MINUTE)
    late = incoming("p1", text="older", edited_at=MONDAY + MINUTE / 2)
    done = await store.sources.append(hold, Batch(mentions=[later, late, later], cursor="b"))
    assert (done.accepted, done.duplicates) == (1, 2)
    assert await texts(store) == [("p1", "one"), ("p2", "two")]
    assert [row.text for row in await rows(store, "SELECT text FROM revisions")] == ["newer"]
    # Both communities' standing job was put, once.
    assert len(await rows(store, "SELECT id FROM jobs WHERE kind = 'receive'")) == 1


# -- how they are --------------------------------------------------------------------------------------


async def test_only_a_change_is_news_and_a_state_keeps_its_beginning(store: SqlStore, time: Time) -> None:
    said: list[SourceReport] = []

    def telling(before: SourceReport) -> list[Put]:
        said.append(before)
        return [timer(f"told:{len(said)}")]

    async def says(state: SourceState, words: str = "") -> Any:
        time.at += MINUTE
        return await store.sources.say("square", state, words, telling=telling)

    assert (await says(SourceState.DOWN, "away")).state is SourceState.NEW
    assert await says(SourceState.DOWN, "away") is None
    assert (await says(SourceState.DOWN, "nonsense")).said == "away"
    report = (await store.sources.reports())["square"]
    assert (report.state, report.said, report.since) == (SourceState.DOWN, "nonsense", MONDAY + MINUTE)
    assert (await says(SourceState.WELL)).since == MONDAY + MINUTE
    assert [was.state for was in said] == [SourceState.NEW, SourceState.DOWN, SourceState.DOWN]
    assert len(await rows(store, "SELECT id FROM jobs WHERE key LIKE 'told:%'")) == 3


async def test_what_is_shut_stays_shut_until_it_is_well(store: SqlStore) -> None:
    book = store.sources
    await book.say("square", SourceState.SHUT, "revoked")
    assert await book.say("square", SourceState.DOWN, "away") is None
    assert (await book.reports())["square"].said == "revoked"
    before = await book.say("square", SourceState.WELL)
    assert before is not None and before.state is SourceState.SHUT


async def test_of_two_that_say_the_same_one_brings_news(opened: Opener) -> None:
    async with opened() as one, opened() as other:
        both = (store.sources.say("square", SourceState.SHUT, "revoked") for store in (one, other))
        news = [report for report in await asyncio.gather(*both) if report is not None]
    assert len(news) == 1


async def test_what_is_pushed_to_is_heard_without_anybody_listening(store: SqlStore, time: Time) -> None:
    await store.sources.heard("octolens")
    time.at += MINUTE
    await store.sources.heard("octolens")
    report = (await store.sources.reports())["octolens"]
    assert (report.state, report.heard_at) == (SourceState.NEW, MONDAY + MINUTE)
