"""A desk that listens is killed again and again: every post is filed once, and listening goes on where it was."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.sources.held_time import until
from tests.adapters.sources.restarted import at_work
from tests.fakes.hackernews import FakeHackerNews

RESTARTS = 40


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that begin with everything loaded, so that forty of them take no minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.adapters.sources.restarted", "adapters.sources.hackernews"])
    return context


@pytest.fixture
async def there() -> AsyncIterator[FakeHackerNews]:
    fake = FakeHackerNews()
    async with fake.serving():
        yield fake


class Desk:
    """One database, and the process that works on it."""

    def __init__(self, forks: ForkServerContext, file: Path, there: FakeHackerNews) -> None:
        self._forks, self._file, self._there = forks, file, there
        self._process: BaseProcess | None = None

    def starts(self, dies: str = "never") -> None:
        args = (f"sqlite:///{self._file}", self._there.url, dies)
        self._process = self._forks.Process(target=at_work, args=args, daemon=True)
        self._process.start()

    async def killed(self) -> None:
        assert self._process is not None and self._process.pid is not None
        self._process.kill()
        await self.ended()

    async def ended(self) -> None:
        """It was killed: nothing else ends it."""
        process = self._process
        assert process is not None
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == -signal.SIGKILL
        process.close()

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self._file, timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def filed(self) -> int:
        ((count,),) = self.rows("SELECT count(case_id) FROM mentions")
        return int(count)

    def until_when(self) -> str:
        """How far it has listened, as the cursor says."""
        ((cursor,),) = self.rows("SELECT cursor FROM sources") or [(None,)]
        return str(json.loads(cursor)["until"]) if cursor else ""

    async def files(self, count: int) -> None:
        await until(lambda: self.filed() == count)
        await until(lambda: self.rows("SELECT count(*) FROM jobs WHERE lane IS NOT NULL") == [(0,)])

    def has_each_once(self, posts: int) -> None:
        found = self.rows("SELECT external_id, case_id, set_aside FROM mentions")
        assert Counter(post for post, _, _ in found) == {str(1_000 + n): 1 for n in range(posts)}
        assert len({case for _, case, _ in found}) == posts and not any(aside for _, _, aside in found)
        opened = self.rows("SELECT subject, count(*) FROM events WHERE kind = 'opened' GROUP BY subject")
        assert len(opened) == posts and all(times == 1 for _, times in opened)
        cards = """SELECT m.key, count(*) FROM web_messages w LEFT JOIN messages m ON m.nonce = w.nonce
        WHERE NOT w.deleted AND w.card IS NOT NULL AND m.key LIKE 'card:%' GROUP BY m.key"""
        assert all(times == 1 for _, times in self.rows(cards))
        assert len(self.rows(cards)) >= posts


@pytest.fixture
def desk(forks: ForkServerContext, tmp_path: Path, empty_database: bytes, there: FakeHackerNews) -> Desk:
    file = tmp_path / "desk.db"
    file.write_bytes(empty_database)
    return Desk(forks, file, there)


def says(there: FakeHackerNews, number: int) -> None:
    there.says(str(1_000 + number), f"My kettle number {number} leaks", datetime.now(UTC), by=f"by{number}")


def has_asked(there: FakeHackerNews, before: int) -> bool:
    return len(there.asked) > before


async def test_killed_between_hearing_and_storing_and_behind_it_each_post_is_filed_once(
    desk: Desk, there: FakeHackerNews
) -> None:
    says(there, 0)
    desk.starts("before")
    await desk.ended()
    assert desk.rows("SELECT id FROM mentions") == [] and desk.until_when() == ""
    says(there, 1)
    desk.starts("after")
    await desk.ended()
    assert len(desk.rows("SELECT id FROM mentions")) == 2
    heard = desk.until_when()
    desk.starts()
    await desk.files(2)
    await until(lambda: desk.until_when() > heard)
    await desk.killed()
    desk.has_each_once(2)


async def test_forty_restarts_in_quick_succession_lose_nothing_and_double_nothing(
    desk: Desk, there: FakeHackerNews
) -> None:
    chance, heard = random.Random(20260302), ""
    for number in range(RESTARTS):
        says(there, number)
        asked = len(there.asked)
        desk.starts()
        # Anywhere between its question and its last card.
        await until(partial(has_asked, there, asked))
        await asyncio.sleep(chance.uniform(0, 0.2))
        await desk.killed()
        assert desk.until_when() >= heard
        heard = desk.until_when()
    before = f"{len(desk.rows('SELECT id FROM mentions'))} stored and {desk.filed()} filed"
    desk.starts()
    await desk.files(RESTARTS)
    await desk.killed()
    desk.has_each_once(RESTARTS)
    assert desk.until_when() > heard
    print(f"before the last start: {before} of {RESTARTS}")
