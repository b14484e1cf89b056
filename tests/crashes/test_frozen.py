"""A replica that stands still for longer than its leases, and goes on as if nothing had happened, does no harm.

With BATON_CRASH_LONG=1 also as in the field: leases of a minute, and frozen for longer than that.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Final

import pytest

from tests.crashes.child import LEASE
from tests.crashes.people import somebody_works, the_public_writes
from tests.crashes.promises import holds_in_the_end, holds_now, rests
from tests.crashes.report import LONG, seeds, tried
from tests.crashes.town import RATE, Town, a_town

FIELD: Final = 60.0
"""Seconds: the leases of the worker and of the lanes."""


@pytest.mark.parametrize("seed", seeds(1))
async def test_a_frozen_replica_does_no_harm_when_it_thaws(tmp_path: Path, seed: int) -> None:
    async with a_town(tmp_path, "postgresql", seed) as town:
        await frozen_and_thawed(town, times=2 if LONG else 1, seconds=LEASE.total_seconds() + 1)
        tried("frozen for longer than a lease", seed, town.faults.items())


if "BATON_CRASH_LONG" in os.environ:
    # It takes two minutes, so it is there only where somebody asks for it.

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("seed", seeds(1))
    async def test_a_replica_frozen_for_a_minute_does_no_harm(tmp_path: Path, seed: int) -> None:
        async with a_town(tmp_path, "postgresql", seed, real=True, rate=RATE / 10) as town:
            await frozen_and_thawed(town, times=1, seconds=FIELD + 10)
            tried("frozen for a minute with the field's leases", seed, town.faults.items())


async def frozen_and_thawed(town: Town, *, times: int, seconds: float) -> None:
    """In the middle of a flood, at work on some of it: what it held is taken by the other, and it comes back with old
    leases, old transactions and old answers."""
    over = asyncio.Event()
    public = asyncio.create_task(the_public_writes(town, 60, pause=0.3))
    working = [asyncio.create_task(somebody_works(town, number, over)) for number in range(3)]
    for _ in range(times):
        await asyncio.sleep(town.chance.uniform(0, 1.5))
        replica = town.chance.choice(town.replicas)
        replica.freeze()
        town.did("frozen and thawed")
        await asyncio.sleep(seconds)
        await holds_now(town)
        replica.thaw()
    await public
    over.set()
    await asyncio.gather(*working)
    await town.ready()
    await rests(town)
    await holds_in_the_end(town)
