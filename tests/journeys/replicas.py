"""Several `baton serve` processes on one PostgreSQL database, and people who click on any of them."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

import aiohttp

from tests.journeys.history import Act

ROOT = Path(__file__).parents[2]
WITHIN = 120.0
"""Seconds that anything may take on a busy machine before the test gives up."""
AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)
EMAILS = {name: f"{name}@kettle.example" for name in ("ana", "ben", "cleo", "finn", "hana")}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class Replica:
    """One process; its port stays the same when it is started again."""

    url: str
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        known = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
        env = {
            **known,
            "BATON_DATABASE_URL": self.url,
            "BATON_POLICY": str(ROOT / "tests" / "policy.toml"),
            "BATON_PORT": str(self.port),
            "BATON_WEB_CHAT": "local",
        }
        self._log = self.log.open("ab")
        command = [sys.executable, "-m", "tests.journeys.replica_main"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=self._log)

    def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        code = process.wait(WITHIN)
        if self._log is not None:
            self._log.close()
        return code


@dataclass(slots=True)
class Fleet:
    """The replicas, and a client that asks any of them."""

    replicas: list[Replica]
    client: aiohttp.ClientSession

    async def ready(self, *, status: int = 200) -> None:
        """Every replica answers `/readyz` with that."""
        for replica in self.replicas:
            await until(partial(self._readiness, replica), status)

    async def _readiness(self, replica: Replica) -> int:
        async with self.client.get(f"{replica.address}/readyz") as response:
            return response.status

    async def says(self, replica: Replica, who: str, words: str, id: str | None = None) -> Any:
        """What the replica answers to the person. Raises one of AWAY where it does not."""
        person = EMAILS[who]
        body = {"as": person, "conversation": f"@{person}", "text": words, "id": id or uuid.uuid4().hex}
        async with self.client.post(f"{replica.address}/web/say", json=body) as response:
            response.raise_for_status()
            return (await response.json())["answer"]

    async def insists(self, who: str, words: str, chance: random.Random) -> Any:
        """A person clicks until somebody answers: the same click, at any replica."""
        id = uuid.uuid4().hex
        async with asyncio.timeout(WITHIN):
            while True:
                try:
                    return await self.says(chance.choice(self.replicas), who, words, id)
                except AWAY:
                    await asyncio.sleep(0.05)

    async def acts(self, replica: Replica, who: str, verb: str, case: int) -> Act:
        """One act with its times and its outcome, for the history."""
        words = {"handoff": f"handoff {case} legal anyway", "take": f"take {case} my turn"}
        begun = asyncio.get_running_loop().time()
        done: bool | None = None
        try:
            answer = await self.says(replica, who, words.get(verb, f"{verb} {case}"))
            # Whoever succeeded is shown the case.
            done = answer["summary"].startswith(f"{case} · ")
        except AWAY:
            return Act(who=who, verb=verb, begun=begun)
        return Act(who=who, verb=verb, begun=begun, ended=asyncio.get_running_loop().time(), done=done)

    async def posts(self, mentions: list[Mapping[str, Any]], chance: random.Random) -> None:
        """Posted as a network does: until some replica says 202."""
        async with asyncio.timeout(WITHIN):
            while True:
                try:
                    where = f"{chance.choice(self.replicas).address}/mentions"
                    async with self.client.post(where, json=mentions) as response:
                        if response.status == 202:
                            return
                        assert response.status == 503, await response.text()
                        assert int(response.headers["Retry-After"]) > 0
                except AWAY:
                    pass
                await asyncio.sleep(0.05)


async def until(look: Any, wanted: Any) -> None:
    """Until looking gives what is wanted."""
    found: Any = None
    try:
        async with asyncio.timeout(WITHIN):
            while found != wanted:
                await asyncio.sleep(0.05)
                try:
                    found = await look()
                except AWAY as error:
                    found = error
    except TimeoutError:
        raise AssertionError(f"waited for {wanted!r}, found {found!r}") from None


@asynccontextmanager
async def fleet(folder: Path, url: str, *, count: int = 3) -> AsyncIterator[Fleet]:
    """`count` replicas at work on the database."""
    replicas = [Replica(url=url, log=folder / f"replica-{number}.log") for number in range(count)]
    patience = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(timeout=patience) as client:
        try:
            for replica in replicas:
                replica.start()
            known = Fleet(replicas, client)
            await known.ready()
            yield known
        finally:
            for replica in replicas:
                if replica.process is not None:
                    replica.send(signal.SIGCONT)
                replica.kill()
            for replica in replicas:
                print(replica.log.read_text(errors="replace")[-3000:])
