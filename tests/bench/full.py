"""The desk on a small store and on one of years, turn by turn: `python -m tests.bench.full FOLDER MENTIONS OPEN ROUNDS`.

Both desks live in this one process and take turns, so that whatever else the machine does falls on both. Prints the
seconds of every turn as JSON: {what: [[small ...], [big ...]]}.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from adapters.logs import set_up
from adapters.sources.mention_json import MentionReader
from bot.ports import Incoming
from bot.triage.rules import community_of
from bot.wiring import Desk, connect
from bot.wiring.desk import default_chats
from tests.bench.desk import hear
from tests.bench.posts import mentions
from tests.bench.server import config
from tests.bench.stock import SMALL, Size, fill, open_numbers

WORDS: Final = (
    "home", "next", "list", "list mine", "list stale", "list open support 3", "show {free}", "claim {free}",
    "release {free}", "digest support", "digest support weekly", "oncall", "board", "search leaks nobody",
)  # fmt: skip
INTAKE: Final = "a mention: taken in, and filed"
_BATCH: Final = 200
_LEASE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Stocked:
    """A desk on a store, and open cases in it that nobody has."""

    desk: Desk
    free: Sequence[int]
    batch: int


async def main(folder: Path, big: Size, rounds: int) -> None:
    small = Size(mentions=min(SMALL.mentions, big.mentions), open=min(SMALL.open, big.open))
    now = datetime.now(UTC)
    async with AsyncExitStack() as stack:
        stores: list[_Stocked] = []
        for name, size in (("small", small), ("big", big)):
            (folder / name).mkdir(exist_ok=True)
            known = config(folder / name)
            if not (folder / name / "desk.db").exists():
                fill(folder / name / "desk.db", size, now)
            free = open_numbers(folder / name / "desk.db", rounds + 1)
            desk = await stack.enter_async_context(connect(known, chats=default_chats(known)))
            stores.append(_Stocked(desk, free, min(_BATCH, big.mentions // 10)))
        print(json.dumps(await _turns(stores, rounds)), flush=True)


async def _turns(stores: Sequence[_Stocked], rounds: int) -> Mapping[str, list[list[float]]]:
    took: dict[str, list[list[float]]] = {}
    kinds: dict[str, Callable[[_Stocked, int], Awaitable[float]]] = {INTAKE: _intake}
    kinds |= {words: _Said(words) for words in WORDS}
    for number in range(rounds + 1):
        for what, turn in kinds.items():
            # The other one goes first each time.
            for index in (0, 1) if number % 2 else (1, 0):
                gc.collect()
                seconds = await turn(stores[index], number)
                if number:
                    # The first round warms up.
                    took.setdefault(what, [[], []])[index].append(seconds)
    return took


@dataclass(frozen=True, slots=True)
class _Said:
    """A command, from its words to its answer."""

    words: str

    async def __call__(self, stored: _Stocked, number: int) -> float:
        words = self.words.format(free=stored.free[number % len(stored.free)])
        begun = time.perf_counter()
        await hear(stored.desk, words)
        return time.perf_counter() - begun


async def _intake(stored: _Stocked, number: int) -> float:
    """Seconds a mention, from the append of each to the case that all of them have."""
    store = stored.desk.store
    incoming = _new(stored, f"round{number}")
    begun = time.perf_counter()
    await asyncio.gather(*(store.intake.append([each]) for each in incoming))
    while await store.unfiled():
        for job in await store.timers.take(32, _LEASE):
            await stored.desk.router.tick(job)
    return (time.perf_counter() - begun) / len(incoming)


def _new(stored: _Stocked, name: str) -> Sequence[Incoming]:
    reader = MentionReader(partial(community_of, stored.desk.policy))
    body = json.dumps(list(mentions(stored.batch, seed=len(name), name=name))).encode()
    return reader.read(body, by_line=False, most=stored.batch).accepted


if __name__ == "__main__":
    set_up(sys.stderr, level="warning")
    asyncio.run(
        main(Path(sys.argv[1]), Size(mentions=int(sys.argv[2]), open=int(sys.argv[3])), int(sys.argv[4]))
    )
