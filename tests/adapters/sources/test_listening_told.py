"""What is told of sources, and what becomes of listening while the database is away or full."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from adapters.sources.listening import RENEW, SHUT_FOR, SURPRISE
from bot.ports import Overloaded, SourceDown, SourceShut, SourceState, Stale
from tests.adapters.sources.held_time import HeldTime, until
from tests.adapters.sources.scripted import (
    NAME,
    Replica,
    Square,
    has,
    is_,
    next_try,
    one,
    replicas,
    stored,
    told,
    two,
)
from tests.desk import MONDAY

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


async def test_a_shut_source_is_told_once_and_once_more_when_it_is_well(
    both: str, time: HeldTime, square: Square
) -> None:
    shut = SourceShut("Its token was revoked: write a new one.")
    square.faults = [shut, shut, SourceDown("away"), shut]
    async with two(both, time, square) as (first, other):
        first.starts()
        assert await next_try(time, square, 1) == SHUT_FOR
        # The other replica finds the same.
        other.starts()
        await until(lambda: square.ends == 2 and len(time.sleepers) == 2)
        await other.stops()
        (sentence,) = await told(first.store)
        assert "Its token was revoked: write a new one. `baton doctor` says more." in sentence
        # That its network is away as well mends nothing.
        time.passes(SHUT_FOR)
        time.passes(await next_try(time, square, 3))
        assert await next_try(time, square, 4) == SHUT_FOR
        report = await first.report()
        assert (report.state, report.since) == (SourceState.SHUT, MONDAY)
        assert len(await told(first.store)) == 1
        time.passes(SHUT_FOR)
        await is_(first, SourceState.WELL)
        assert "The source square brings mentions again." in (await told(first.store))[1]


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
    async with replicas(database, (time, {NAME: square})) as (replica,):
        tells = Replica.tells
        failed: list[Any] = []

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


def waits(left: list[Exception], more: int, time: HeldTime) -> bool:
    return len(left) == more and len(time.sleepers) == 2


async def test_stopped_while_it_waits_for_room_it_closes_its_conversation(
    database: str, time: HeldTime, square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with one(database, time, square) as replica:
        await is_(replica, SourceState.WELL)

        async def full(*_: Any) -> Any:
            raise Overloaded

        monkeypatch.setattr(replica.store.sources, "append", full)
        square.says(1)
        await until(lambda: len(time.sleepers) == 2)
        await replica.stops()
        assert square.ends == 1


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
            await until(partial(waits, left, more, time))
            assert await stored(replica.store) == []
            time.passes(3 * SECOND)
        await has(replica.store, 1, 2)
        assert square.since == [None]


@pytest.mark.parametrize("what", ["take", "renew", "say", "release"])
async def test_whatever_the_database_refuses_once_is_done_later(
    database: str, time: HeldTime, square: Square, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    async with replicas(database, (time, {NAME: square})) as (replica,):
        book = replica.store.sources
        refused: list[Any] = []
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
