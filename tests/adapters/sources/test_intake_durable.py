"""The whole way over HTTP into a real database: a 2xx survives kill -9, and nothing is filed twice."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import ClientSession

from adapters.http import serve
from bot.wiring import application
from tests.desk import Story

POLICY = Path(__file__).parents[2] / "policy.toml"


def mention(number: int | str, **changed: Any) -> dict[str, Any]:
    post = {"source": "x", "id": str(number), "created_at": "2026-03-02T08:00:00Z", "author": f"u{number}"}
    return {**post, "text": "My parcel never came.", **changed}


async def test_what_comes_in_becomes_cases_once(desk: Story) -> None:
    posts = [mention(1), mention(2, text="  "), mention(3, community="nowhere", more={"a": [1, None, "é"]})]
    async with serve(application(desk.desk), "127.0.0.1", 0) as serving, ClientSession() as session:
        for expected in (
            {"accepted": 3, "duplicates": 0, "rejected": []},
            {"accepted": 0, "duplicates": 3, "rejected": []},
        ):
            async with session.post(f"{serving.url}/mentions", json=posts) as response:
                assert (response.status, await response.json()) == (202, expected)
        assert await desk.desk.store.unfiled() == 3
        await desk.settles()
        assert await desk.desk.store.unfiled() == 0
        assert await desk.desk.store.case_count() == 3
        async with session.get(f"{serving.url}/readyz") as response:
            assert (response.status, (await response.json())["ready"]) == (200, True)


async def test_the_same_mention_from_many_senders_at_once_is_taken_once(desk: Story) -> None:
    async with serve(application(desk.desk), "127.0.0.1", 0) as serving, ClientSession() as session:

        async def send(number: int) -> int:
            async with session.post(
                f"{serving.url}/mentions", json=[mention("same"), mention(number)]
            ) as response:
                return int((await response.json())["accepted"])

        assert sum(await asyncio.gather(*(send(number) for number in range(30)))) == 31


@asynccontextmanager
async def a_process(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`baton serve` in a process of its own, and its address."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BATON_")},
        "BATON_POLICY": str(POLICY),
        "BATON_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
        "BATON_PORT": "0",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(POLICY.parents[1]), os.environ.get("PYTHONPATH")))),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=environment, cwd=folder, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            while not (found := re.search(rb'"address": "(http://[^"]+)"', await process.stderr.readline())):
                assert process.returncode is None, "it ended"
        yield process, found[1].decode()
    finally:
        if process.returncode is None:
            process.kill()
        # What it said last is read as well, or the pipe would stay open.
        await process.communicate()


async def test_what_was_answered_202_survives_kill_9(tmp_path: Path) -> None:
    answered: list[str] = []
    enough = asyncio.Event()
    async with a_process(tmp_path) as (process, url), ClientSession() as session:

        async def send(sender: int) -> None:
            for number in range(10_000):
                name = f"{sender}-{number}"
                try:
                    async with session.post(f"{url}/mentions", json=mention(name)) as response:
                        assert response.status == 202
                        answered.append(name)
                        if len(answered) == 200:
                            enough.set()
                except aiohttp.ClientError:
                    return

        senders = [asyncio.create_task(send(sender)) for sender in range(8)]
        async with asyncio.timeout(60):
            await enough.wait()
        process.send_signal(signal.SIGKILL)
        await asyncio.gather(*senders)
    with sqlite3.connect(tmp_path / "desk.db") as database:
        stored = [str(name) for (name,) in database.execute("SELECT external_id FROM mentions")]
    database.close()
    assert len(stored) == len(set(stored))
    assert set(answered) <= set(stored)


async def test_a_desk_that_was_killed_files_the_rest_and_takes_the_repeats_once(tmp_path: Path) -> None:
    posts = [mention(number) for number in range(40)]
    async with a_process(tmp_path) as (process, url), ClientSession() as session:
        async with session.post(f"{url}/mentions", json=posts) as response:
            assert response.status == 202
        process.send_signal(signal.SIGKILL)
    async with a_process(tmp_path) as (process, url), ClientSession() as session:
        async with session.post(f"{url}/mentions", json=posts) as response:
            assert (await response.json())["duplicates"] == 40
        database = sqlite3.connect(tmp_path / "desk.db")
        async with asyncio.timeout(60):
            while database.execute("SELECT count(*) FROM mentions WHERE case_id IS NULL").fetchone()[0]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        filed = database.execute("SELECT count(*), count(DISTINCT case_id) FROM mentions").fetchone()
        database.close()
        process.terminate()
        assert await process.wait() == 0
    assert filed == (40, 40)
