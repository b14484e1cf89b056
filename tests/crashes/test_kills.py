"""kill -9 at seeded moments, of one process and of all, while the public writes and people work.

After every kill the rules hold of what is committed, and once the desk is back and has settled, all of its promises.
BATON_CRASH_SEEDS=50 tries so many days on each database instead of one; BATON_CRASH_FIRST says from which seed on.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.crashes.people import somebody_works, the_public_writes
from tests.crashes.promises import goes_on, holds_in_the_end, holds_now, rests
from tests.crashes.report import FAULTS, POSTS, seeds, tried
from tests.crashes.town import RATE, Engine, Town, a_town, minutes

ONE_DAY: Final = timedelta(days=1)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", seeds(1))
async def test_killed_again_and_again_the_desk_keeps_its_promises(
    tmp_path: Path, engine: Engine, seed: int
) -> None:
    async with a_town(tmp_path, engine, seed) as town:
        over = asyncio.Event()
        public = asyncio.create_task(the_public_writes(town, POSTS))
        working = [asyncio.create_task(somebody_works(town, number, over)) for number in range(4)]
        for _ in range(FAULTS // 2):
            await somebody_kills(town)
        # The next morning: claims lapse, offers run out, digests are due.
        await goes_on(town, RATE, to=(await town.now()).replace(hour=8, minute=41) + ONE_DAY)
        for _ in range(FAULTS - FAULTS // 2):
            await somebody_kills(town)
        await public
        over.set()
        await asyncio.gather(*working)
        await town.ready()
        await rests(town)
        await holds_in_the_end(town)
        tried(f"kill -9 on {engine}", seed, town.faults.items())


async def somebody_kills(town: Town) -> None:
    """One process or all, at any moment; they come back at any moment, and may be killed before they work again."""
    await asyncio.sleep(town.chance.uniform(0, 0.8))
    all_of_them = len(town.replicas) == 1 or town.chance.random() < 0.4
    gone = town.replicas if all_of_them else [town.chance.choice(town.replicas)]
    for replica in gone:
        replica.kill()
    town.did("of all" if all_of_them else "of one")
    await holds_now(town)
    await asyncio.sleep(town.chance.uniform(0, minutes(3)))
    for replica in gone:
        replica.start()
