"""Listening to sources: one replica each, and another one goes on where it ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.sources.listening import ELSEWHERE, LEASE, RENEW
from bot.ports import Batch, SourceLost, SourceState
from tests.adapters.sources.held_time import HeldTime, until
from tests.adapters.sources.scripted import (
    NAME,
    Square,
    has,
    is_,
    one,
    one_listens,
    post,
    replicas,
    stored,
    two,
)
from tests.storage.kit import rows

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


async def test_of_two_replicas_one_listens_and_marks_what_it_brings(
    both: str, time: HeldTime, square: Square
) -> None:
    async with two(both, time, square) as (first, other):
        await one_listens(first, other)
        square.says(1, 2, 3)
        await has(first.store, 1, 2, 3)
        for _ in range(20):
            time.passes(RENEW)
            await until(lambda: len(time.sleepers) == 2)
        assert square.since == [None]
        assert other.counted.posts == [] and other.counted.now == {}
        extra = await rows(first.store, "SELECT DISTINCT extra FROM mentions")
        assert [row.extra for row in extra] == ['{"via":"square"}']
        assert first.counted.posts == [(NAME, 1, 0, 0)] * 3


async def test_a_replica_that_stops_hands_over_at_once(both: str, time: HeldTime, square: Square) -> None:
    async with two(both, time, square) as (first, other):
        await one_listens(first, other)
        square.says(1, 2)
        await has(first.store, 1, 2)
        await first.stops()
        assert square.ends == 1
        time.passes(ELSEWHERE)
        square.says(3)
        await has(other.store, 1, 2, 3)
        assert square.since == [None, "2"]
        assert other.counted.now == {NAME: SourceState.WELL}


async def test_who_lost_its_hold_stops_and_the_other_goes_on_behind_the_stored_cursor(
    both: str, time: HeldTime, square: Square
) -> None:
    theirs = HeldTime()
    async with replicas(both, (time, {NAME: square}), (theirs, {NAME: square})) as (first, other):
        await one_listens(first, other)
        square.says(1, 2)
        await has(first.store, 1, 2)
        # The first stands still while its lease runs out.
        square.held = asyncio.Event()
        square.says(3)
        theirs.passes(LEASE)
        await until(lambda: square.since == [None, "2"])
        time.passes(LEASE)
        await until(lambda: first.counted.elsewhere and square.ends == 1)
        assert first.counted.now == {}
        square.held.set()
        square.says(4)
        await has(other.store, 1, 2, 3, 4)
        assert first.runs and other.runs


async def test_a_frozen_replica_that_wakes_up_stores_nothing_and_moves_no_cursor(
    both: str, time: HeldTime, square: Square
) -> None:
    async with two(both, time, square) as (first, other):
        book = first.store.sources
        old = await book.take(NAME, LEASE)
        assert old is not None
        await book.append(old, Batch(mentions=[post(1)], cursor="1"))
        assert await other.store.sources.take(NAME, LEASE) is None
        time.passes(LEASE)
        new = await other.store.sources.take(NAME, LEASE)
        assert new is not None and new.cursor == "1" and new.fence > old.fence
        with pytest.raises(SourceLost):
            await book.append(old, Batch(mentions=[post(2)], cursor="2"))
        assert not await book.renew(old, LEASE)
        await book.release(old)
        assert await first.store.sources.take(NAME, LEASE) is None
        assert await stored(first.store) == ["p1"]
        assert (await first.report()).cursor == "1"
        await other.store.sources.append(new, Batch(mentions=[post(2)], cursor="2"))
        assert await stored(first.store) == ["p1", "p2"]


async def test_what_is_not_renewed_in_time_is_still_ours_while_nobody_took_it(
    database: str, time: HeldTime, square: Square
) -> None:
    async with one(database, time, square) as replica:
        await is_(replica, SourceState.WELL)
        time.passes(10 * LEASE)
        await until(lambda: time.pauses() == [RENEW])
        square.says(1)
        await has(replica.store, 1)
        assert square.since == [None]
