"""The real desk in a process of its own, to be killed: `python -m tests.journeys.replay_runner FILE DATABASE`."""

from __future__ import annotations

import asyncio
import random
import sys
import uuid
from functools import partial
from pathlib import Path

from adapters.logs import set_up
from adapters.replay import Replay
from adapters.sources.mention_json import MentionReader
from bot.config import Config
from bot.domain.parts import State
from bot.grammar import Heard
from bot.ports import CaseFilter, Origin, Place
from bot.triage.rules import community_of
from bot.wiring import Desk, running
from tests.desk import test_policy

AT_WORK, DONE = "at work", "done"
_WORDS = (
    "claim {}",
    "claim {}",
    "note {} we look into it",
    "release {}",
    "resolve {} fixed",
    "escalate {} loud",
)
_PEOPLE = ("ana@kettle.example", "ben@kettle.example", "cleo@kettle.example", "finn@kettle.example")


async def run(file: Path, database: Path) -> None:
    """Replays the file while people work, until every mention is filed and nothing is due any more."""
    config = Config(database_url=f"sqlite:///{database}", web_chat="local")
    async with running(config, policy=test_policy()) as desk:
        print(AT_WORK, flush=True)
        replay = Replay(
            file=file,
            reader=MentionReader(partial(community_of, desk.policy)),
            intake=desk.store.intake,
            bookmarks=desk.store,
            pace=desk.store.clock,
            tell=lambda _: None,
            speed=20,
        )
        people = asyncio.create_task(_people_work(desk))
        await replay.wait_until_filed(desk.store.unfiled, await replay.run())
        people.cancel()
        await asyncio.wait([people])
        await _rest(desk)
    print(DONE, flush=True)


async def _people_work(desk: Desk) -> None:
    """Somebody does something every few milliseconds; refusals are part of it."""
    chance = random.Random()
    while True:
        await asyncio.sleep(0.02)
        async with desk.store.work(Origin()) as work:
            cases = await work.cases.find(CaseFilter(states=(State.OPEN, State.CLAIMED)), limit=30)
        if cases:
            person = desk.policy.people[desk.person(chance.choice(_PEOPLE)) or cases[0].owner or ""]  # type: ignore[index]
            words = chance.choice(_WORDS).format(chance.choice(cases).id)
            place = Place(platform="web", conversation=f"@{person.id}", person=person.id)
            await desk.listener.hear(Heard(id=uuid.uuid4().hex, words=words, person=person, place=place))


async def _rest(desk: Desk) -> None:
    """Until nothing is due."""
    waiting = "SELECT count(*) FROM jobs WHERE set_aside IS NULL AND (lane IS NOT NULL OR due <= ?)"
    while True:
        now = int(desk.store.clock.now().timestamp() * 1_000_000)
        if not await desk.store.reader.once(partial(_count, sql=waiting, now=now)):
            return
        await asyncio.sleep(0.05)


def _count(connection: object, *, sql: str, now: int) -> int:
    return int(connection.exec_driver_sql(sql, (now,)).scalar_one())  # type: ignore[attr-defined]


if __name__ == "__main__":
    set_up(sys.stderr, level="error")
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2])))
