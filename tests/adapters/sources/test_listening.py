"""Listening to sources: one replica each, whatever happens to networks, replicas and the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.listening import ELSEWHERE, LEASE, LONGEST_BACK_OFF, PATIENCE, RENEW, SHUT_FOR, SURPRISE
from bot.ports import (
    Batch,
    Overloaded,
    SourceBusy,
    SourceDown,
    SourceLost,
    SourceShut,
    SourceState,
    Stale,
)
from tests.adapters.sources.held_time import HeldTime, until
from tests.adapters.sources.scripted import (
    NAME,
    Replica,
    Square,
    has,
    is_,
    post,
    replicas,
    stored,
    told,
)
from tests.fakes.postgres import new_database
from tests.storage.kit import rows

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path, empty_database: bytes) -> str:
    return new_database() if request.param == "postgresql" else _file(tmp_path, empty_database)


@pytest.fixture
def database(tmp_path: Path, empty_database: bytes) -> str:
    return _file(tmp_path, empty_database)


def _file(folder: Path, empty: bytes) -> str:
    (folder / "heard.db").write_bytes(empty)
    return f"sqlite:///{folder / 'heard.db'}"


@pytest.fixture
def time() -> HeldTime:
    return HeldTime()


@pytest.fixture
def square() -> Square:
    return Square()


def two(url: str, time: HeldTime, square: Square) -> AbstractAsyncContextManager[list[Replica]]:
    return replicas(url, time, {NAME: square}, {NAME: square})


@asynccontextmanager
async def one(url: str, time: HeldTime, square: Square) -> AsyncIterator[Replica]:
    async with replicas(url, time, {NAME: square}) as (replica,):
        replica.starts()
        yield replica


async def one_listens(first: Replica, other: Replica) -> None:
    """`first` listens, and `other` knows that."""
    first.starts()
    await is_(first, SourceState.WELL)
    other.starts()
    await until(lambda: other.counted.elsewhere)


# -- among replicas -----------------------------------------------------------------------------------


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
    async with two(both, time, square) as (first, other):
        await one_listens(first, other)
        square.says(1, 2)
        await has(first.store, 1, 2)
        # It hangs in its network while its lease runs out; renewing comes too late.
        square.held = asyncio.Event()
        square.says(3)
        await rows_of_lease_end(first)
        time.passes(ELSEWHERE)
        await until(lambda: square.since == [None, "2"])
        await until(lambda: first.counted.elsewhere and square.ends == 1)
        assert first.counted.now == {}
        square.held.set()
        square.says(4)
        await has(other.store, 1, 2, 3, 4)
        assert first.runs and other.runs


async def rows_of_lease_end(replica: Replica) -> None:
    """Its lease runs out, as it does for a process that was frozen for so long."""
    lost = "UPDATE sources SET lease_until = 0"
    await replica.store.writer.submit([lambda c: c.exec_driver_sql(lost).rowcount])


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
        await until(lambda: time.sleeps_until() == [time.at + RENEW])
        square.says(1)
        await has(replica.store, 1)
        assert square.since == [None]


# -- networks that fail ----------------------------------------------------------------------------------


async def test_each_failure_waits_longer_and_one_good_batch_forgives_all(
    database: str, time: HeldTime, square: Square
) -> None:
    square.faults = [SourceDown("away")] * 12
    pauses = []
    async with one(database, time, square) as replica:
        for tried in range(1, 13):
            pauses.append(await next_try(time, square, tried))
            time.passes(pauses[-1])
        await is_(replica, SourceState.WELL)
        square.faults = [SourceDown("away again")]
        square.says(1)
        pauses.append(await next_try(time, square, 13))
    top = [min(2.0**number, LONGEST_BACK_OFF.total_seconds()) for number in range(12)] + [1.0]
    # At random from the upper half, so that replicas do not ask in step.
    assert all(most / 2 <= pause.total_seconds() <= most for pause, most in zip(pauses, top, strict=True))
    assert len({pause.total_seconds() / most for pause, most in zip(pauses, top, strict=True)}) > 5


async def next_try(time: HeldTime, square: Square, tried: int) -> timedelta:
    """How long the source waits after it was tried so often."""
    await until(lambda: square.ends == tried and len(time.sleepers) == 1)
    (wakes,) = time.sleeps_until()
    return wakes - time.at


async def test_a_source_that_ends_by_itself_is_begun_again(
    database: str, time: HeldTime, square: Square
) -> None:
    # Its own part was cancelled, which is nobody's wish to stop the desk.
    square.faults = [asyncio.CancelledError()]
    async with one(database, time, square) as replica:
        time.passes(await next_try(time, square, 1))
        square.says(1)
        await has(replica.store, 1)
        assert replica.runs


@pytest.mark.parametrize(
    ("asked", "waits"), [(7 * MINUTE, 7 * MINUTE), (timedelta(0), SECOND)], ids=["minutes", "nothing"]
)
async def test_a_network_that_asks_for_patience_is_given_it(
    database: str, time: HeldTime, square: Square, asked: timedelta, waits: timedelta
) -> None:
    square.faults = [SourceBusy("slowly, please", asked)]
    async with one(database, time, square) as replica:
        assert await next_try(time, square, 1) == waits
        await is_(replica, SourceState.DOWN, "slowly, please")
        time.passes(waits)
        await is_(replica, SourceState.WELL)


async def test_no_other_replica_asks_a_network_that_asked_for_patience(
    both: str, time: HeldTime, square: Square
) -> None:
    square.faults = [SourceBusy("slowly, please", 7 * MINUTE)]
    async with two(both, time, square) as (first, other):
        first.starts()
        await next_try(time, square, 1)
        other.starts()
        asked = 0
        while time.at < first.time.at + 7 * MINUTE - ELSEWHERE and asked < 20:
            asked += 1
            await until(lambda: other.counted.elsewhere == asked and len(time.sleepers) == 2)
            assert len(square.since) == 1
            time.passes(ELSEWHERE)


async def test_a_very_long_patience_keeps_nobody_away_who_was_mended_meanwhile(
    database: str, time: HeldTime, square: Square
) -> None:
    square.faults = [SourceBusy("tomorrow", timedelta(days=1))]
    async with two(database, time, square) as (first, other):
        first.starts()
        assert await next_try(time, square, 1) == timedelta(days=1)
        time.passes(PATIENCE)
        other.starts()
        await is_(other, SourceState.WELL)


async def test_a_surprise_of_one_source_stops_no_other(database: str, time: HeldTime, square: Square) -> None:
    odd = Square(faults=[KeyError("did")])
    async with replicas(database, time, {NAME: square, "odd": odd}) as (replica,):
        replica.starts()
        await is_(replica, SourceState.DOWN, SURPRISE, name="odd")
        square.says(1)
        await has(replica.store, 1)
        time.passes(SECOND)
        await is_(replica, SourceState.WELL, name="odd")
        assert replica.counted.now == {NAME: SourceState.WELL, "odd": SourceState.WELL}


# -- who is told -------------------------------------------------------------------------------------------


async def test_a_shut_source_is_told_once_and_once_more_when_it_is_well(
    both: str, time: HeldTime, square: Square
) -> None:
    shut = SourceShut("Its token was revoked: write a new one.")
    square.faults = [shut, shut, SourceDown("away"), shut, shut]
    async with two(both, time, square) as (first, other):
        first.starts()
        assert await next_try(time, square, 1) == SHUT_FOR
        # The other replica finds the same.
        other.starts()
        await until(lambda: square.ends == 2 and len(time.sleepers) == 2)
        await is_(first, SourceState.SHUT)
        (sentence,) = await told(first.store)
        assert "Its token was revoked: write a new one. `baton doctor` says more." in sentence
        for tried in (4, 5, 6):
            time.passes(SHUT_FOR)
            await until(lambda: square.ends >= min(tried, 5))
            if square.since == [None] * 6:
                break
        await first.stops()
        await other.stops()
        first.starts()
        await is_(first, SourceState.WELL)
        assert len(await told(first.store)) == 2
        assert "brings mentions again." in (await told(first.store))[1]


@pytest.mark.parametrize(("minutes", "sentences"), [(14, 0), (16, 1)])
async def test_a_long_silence_is_told_when_it_is_over(
    database: str, time: HeldTime, square: Square, minutes: int, sentences: int
) -> None:
    square.faults = [SourceDown("it is away"), SourceDown("it says nonsense"), None]
    async with one(database, time, square) as replica:
        await next_try(time, square, 1)
        time.passes(SECOND)
        await next_try(time, square, 2)
        time.passes(minutes * MINUTE)
        await is_(replica, SourceState.WELL)
        found = await told(replica.store)
    assert len(found) == sentences
    assert all("For 1" in each and "minutes it did not: it says nonsense." in each for each in found)


async def test_news_commit_with_the_state_or_not_at_all(
    database: str, time: HeldTime, square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is told cannot be lost between two commits, and trouble with it stops no listening."""
    square.faults = [SourceShut("revoked"), SourceShut("revoked")]
    async with replicas(database, time, {NAME: square}) as (replica,):
        tells, failed = Replica.tells, []

        def fails_once(self: Replica, *said: Any) -> Any:
            if not failed:
                failed.append(said)
                raise RuntimeError("the policy has no people")
            return tells(self, *said)

        monkeypatch.setattr(Replica, "tells", fails_once)
        replica.starts()
        time.passes(await next_try(time, square, 1))
        assert await told(replica.store) == []
        assert (await replica.report()).state is SourceState.NEW
        await next_try(time, square, 2)
        await is_(replica, SourceState.SHUT)
        assert len(await told(replica.store)) == 1
        assert replica.runs


# -- a database that fails ------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Overloaded(3), Stale("the database is away")], ids=["full", "away"])
async def test_without_room_in_the_database_the_network_keeps_the_rest(
    database: str, time: HeldTime, square: Square, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async with one(database, time, square) as replica:
        await is_(replica, SourceState.WELL)
        append, left = replica.store.sources.append, [fault] * 4

        async def sometimes(*what: Any) -> Any:
            if left:
                raise left.pop()
            return await append(*what)

        monkeypatch.setattr(replica.store.sources, "append", sometimes)
        square.says(1, 2)
        for more in (3, 2, 1, 0):
            await until(lambda more=more: len(left) == more and len(time.sleepers) == 2)
            assert await stored(replica.store) == []
            time.passes(3 * SECOND)
        await has(replica.store, 1, 2)
        assert square.since == [None]


@pytest.mark.parametrize("what", ["take", "renew", "say", "release"])
async def test_whatever_the_database_refuses_once_is_done_later(
    database: str, time: HeldTime, square: Square, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with replicas(database, time, {NAME: square}) as (replica,):
        book, refused = replica.store.sources, []
        does = getattr(book, what)

        async def refuses_once(*said: Any, **more: Any) -> Any:
            if not refused:
                refused.append(said)
                raise Overloaded
            return await does(*said, **more)

        monkeypatch.setattr(book, what, refuses_once)
        square.faults = [SourceDown("away")]
        replica.starts()
        square.says(1)
        for _ in range(40):
            time.passes(RENEW)
            await asyncio.sleep(0.005)
            if refused and await stored(replica.store) == ["p1"]:
                break
        await has(replica.store, 1)
        await until(lambda: replica.counted.now == {NAME: SourceState.WELL})
        assert refused and replica.runs


async def test_a_surprise_while_renewing_is_said_and_listened_on(
    database: str, time: HeldTime, square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with one(database, time, square) as replica:
        await is_(replica, SourceState.WELL)
        renew = replica.store.sources.renew

        async def odd(*_: Any) -> bool:
            monkeypatch.setattr(replica.store.sources, "renew", renew)
            raise OSError("the disk is odd")

        monkeypatch.setattr(replica.store.sources, "renew", odd)
        time.passes(RENEW)
        await is_(replica, SourceState.DOWN, SURPRISE)
        time.passes(SECOND)
        await is_(replica, SourceState.WELL)
        assert square.since == [None, None]
