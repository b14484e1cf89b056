"""The desk at work, in a process of its own: `python -m tests.bench.desk FOLDER COUNT`. Prints its figures as JSON."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from adapters.logs import set_up
from adapters.replay import Replay
from adapters.sources.mention_json import MentionReader
from bot.domain.people import PersonId
from bot.grammar import Heard
from bot.ports import CaseFilter, Origin, Place
from bot.triage.rules import community_of
from bot.wiring import Desk, running
from storage.sql.puts import JOBS
from tests.bench.posts import mentions
from tests.bench.server import config, peak_mb

COMMANDS: Final = 200
WHO: Final = PersonId("ana@kettle.example")


async def main(folder: Path, count: int) -> None:
    file = folder / "mentions.jsonl"
    lines = (json.dumps(mention) for mention in mentions(count, seed=7, name="replay"))
    file.write_text("\n".join(lines), encoding="utf-8")
    async with running(config(folder)) as desk:
        figures = {**await replayed(desk, file, count), **await commanded(desk)}
    print(json.dumps({**figures, "peak_mb": peak_mb()}), flush=True)


async def replayed(desk: Desk, file: Path, count: int) -> dict[str, float]:
    """Mentions a second: stored, filed under cases, and shown on cards."""
    replay = Replay(
        file=file,
        reader=MentionReader(partial(community_of, desk.policy)),
        intake=desk.store.intake,
        bookmarks=desk.store,
        pace=desk.store.clock,
        tell=lambda _progress: None,
        speed=None,
    )
    progress = await replay.run()
    await replay.wait_until_filed(desk.store.unfiled, progress)
    begun = time.perf_counter()
    # The worker tells nobody that it is done.
    waiting: Any = select(func.count()).select_from(JOBS).where(JOBS.c.lane.is_not(None))
    while await desk.store.reader.once(lambda c: c.execute(waiting).scalar_one()):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    shown = progress.filed_after + time.perf_counter() - begun
    return {"stored": count / progress.seconds, "filed": count / progress.filed_after, "shown": count / shown}


async def commanded(desk: Desk) -> dict[str, float]:
    """What a command costs, from its words to the answer after the commit: one by one, and many at once."""
    async with desk.store.work(Origin()) as work:
        cases = await work.cases.find(CaseFilter(), limit=COMMANDS)
    alone = []
    for case in cases:
        begun = time.perf_counter()
        await hear(desk, f"claim {case.id}")
        alone.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    await asyncio.gather(*(hear(desk, f"release {case.id}") for case in cases))
    return {
        "command_ms": 1000 * statistics.median(alone),
        "commands": len(cases) / (time.perf_counter() - begun),
    }


async def hear(desk: Desk, words: str) -> None:
    place = Place(platform="web", conversation=f"@{WHO}", person=WHO)
    await desk.listener.hear(
        Heard(id=f"bench:{words}", words=words, person=desk.policy.people[WHO], place=place)
    )


if __name__ == "__main__":
    set_up(sys.stderr, level="warning")
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
