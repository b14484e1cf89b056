"""Sources whose networks fail: how long they wait, and whom nothing of it stops."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from adapters.sources.listening import ELSEWHERE, LONGEST_BACK_OFF, PATIENCE, SURPRISE
from bot.ports import SourceBusy, SourceDown, SourceState
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
    two,
)

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


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


def asked_so_often(replica: Replica, times: int, time: HeldTime) -> bool:
    return replica.counted.elsewhere == times and len(time.sleepers) == 2


async def test_no_other_replica_asks_a_network_that_asked_for_patience(
    both: str, time: HeldTime, square: Square
) -> None:
    square.faults = [SourceBusy("slowly, please", 7 * MINUTE)]
    async with two(both, time, square) as (first, other):
        first.starts()
        await next_try(time, square, 1)
        other.starts()
        for asked in range(1, 7 * MINUTE // ELSEWHERE):
            await until(partial(asked_so_often, other, asked, time))
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
    async with replicas(database, (time, {NAME: square, "odd": odd})) as (replica,):
        replica.starts()
        await is_(replica, SourceState.DOWN, SURPRISE, name="odd")
        square.says(1)
        await has(replica.store, 1)
        time.passes(SECOND)
        await is_(replica, SourceState.WELL, name="odd")
        assert replica.counted.now == {NAME: SourceState.WELL, "odd": SourceState.WELL}
