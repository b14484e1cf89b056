"""A company for one seed: its database, its replicas, its Slack, the public that writes, and people at work."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import aiohttp

from bot.policy.load import parse
from bot.policy.model import Policy
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.contracts.slack_room import CHANNELS, USERS, slack_policy_text
from tests.crashes.child import QUICKER
from tests.crashes.processes import Replica
from tests.fakes.postgres import new_database
from tests.fakes.slack import FakeSlack, fake_slack

Engine = Literal["sqlite", "postgresql"]

WITHIN: Final = 60.0
"""Seconds (real time) within which anything awaited has to happen, on a busy machine."""
SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MORNING: Final = datetime(2026, 3, 2, 8, 40, tzinfo=UTC)
"""Five minutes before the digests."""
RATE: Final = 600.0
"""Ten minutes of business pass in a second: steps of an escalation follow each other within half of one."""
AWAY: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""Nobody answered."""
_MORE: Final = {
    "U0FINN": ("Finn Moss", "finn@kettle.example"),
    "U0GIL": ("Gil Park", "gil@kettle.example"),
    "U0IRA": ("Ira Lind", "ira@kettle.example"),
    "U0VERA": ("Vera Novak", "vera@kettle.example"),
}
_SURGES: Final = ("copies = 1000000", "copies = 4")


def quicker() -> datetime:
    """The fake Slack's clock."""
    now = datetime.now(UTC)
    return _BEGAN + (now - _BEGAN) * QUICKER


_BEGAN: Final = datetime.now(UTC)


@dataclass(slots=True)
class Town:
    """Everything of one seed. `chance` decides all that happens; the machine decides how far the desk got by then."""

    seed: int
    engine: Engine
    url: str
    chance: random.Random
    slack: FakeSlack
    client: aiohttp.ClientSession
    store: SqlStore
    replicas: list[Replica]
    policy: Policy
    accepted: set[str] = field(default_factory=set)
    remarks: set[str] = field(default_factory=set)
    acked: list[tuple[int, datetime]] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    def did(self, fault: str) -> None:
        self.faults[fault] = self.faults.get(fault, 0) + 1

    def anyone(self) -> Replica:
        """Where the proxy sends the next request: it does not know yet who is gone."""
        return self.chance.choice(self.replicas)

    async def now(self) -> datetime:
        await self.store.clock.refresh(self.store.reader)
        return self.store.clock.now()

    async def ready(self, *, status: int = 200) -> None:
        """Every replica answers `/readyz` with that; one that ended by itself is started again, as its keeper would."""
        for replica in self.replicas:
            await until(partial(self._readiness, replica), status)

    async def _readiness(self, replica: Replica) -> int:
        if replica.process is None or replica.ended() is not None:
            replica.kill()
            replica.start()
        async with self.client.get(f"{replica.address}/readyz") as response:
            return response.status


async def until(look: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Until looking gives what is wanted."""
    found: Any = None
    try:
        async with asyncio.timeout(WITHIN):
            while found != wanted:
                await asyncio.sleep(0.02)
                try:
                    found = await look()
                except AWAY as error:
                    found = error
    except TimeoutError:
        raise AssertionError(f"waited for {wanted!r}, found {found!r}") from None


@asynccontextmanager
async def a_town(
    folder: Path,
    engine: Engine,
    seed: int,
    *,
    replicas: int | None = None,
    url: str | None = None,
    redis: str = "",
    rate: float = RATE,
    real: bool = False,
) -> AsyncIterator[Town]:
    """A town whose desk is ready. One replica on a SQLite file, two on PostgreSQL, unless said otherwise."""
    count = replicas or (1 if engine == "sqlite" else 2)
    address = url or _database(folder, engine)
    policy = folder / "policy.toml"
    policy.write_text(slack_policy_text().replace(*_SURGES), encoding="utf-8")
    reading = parse(policy.read_text(encoding="utf-8"), "policy.toml")
    assert reading.policy is not None, reading.problems
    store = SqlStore(address, reading.policy)
    patience = aiohttp.ClientTimeout(total=10)
    async with fake_slack(now=quicker) as slack, aiohttp.ClientSession(timeout=patience) as client:
        _people(slack)
        env = _settings(slack, address, policy, redis)
        desks = [Replica(env=env, log=folder / f"replica-{n}.log", real=real) for n in range(count)]
        town = Town(seed, engine, address, random.Random(seed), slack, client, store, desks, reading.policy)
        slack.request_url = f"{desks[0].address}/slack/events"
        try:
            await store.clock.move(store.writer, to=MORNING, rate=rate)
            for desk in desks:
                desk.start()
            await town.ready()
            yield town
        except BaseException:
            print(f"seed {seed} on {engine}")
            for desk in desks:
                print(desk.log.read_text(errors="replace")[-4000:] if desk.log.exists() else "no log")
            raise
        finally:
            for desk in desks:
                if desk.process is not None and desk.ended() is None:
                    desk.thaw()
                desk.kill()
            await store.close()


def _people(slack: FakeSlack) -> None:
    for id, (name, email) in {**USERS, **_MORE}.items():
        slack.add_user(name, email, id=id)
    for name, channel in CHANNELS.items():
        slack.add_channel(channel, name=name)


def _settings(slack: FakeSlack, url: str, policy: Path, redis: str) -> dict[str, str]:
    given = slack.settings()
    return {
        "BATON_DATABASE_URL": url,
        "BATON_POLICY": str(policy),
        "BATON_WEBHOOK_SECRETS": SECRET,
        "BATON_SLACK_BOT_TOKEN": given.bot_token,
        "BATON_SLACK_SIGNING_SECRET": given.signing_secret,
        "BATON_SLACK_API_URL": given.api_url,
        **({"BATON_REDIS_URL": redis} if redis else {}),
    }


_EMPTY: dict[str, Path] = {}


def _database(folder: Path, engine: Engine) -> str:
    """A new one that was migrated before: what takes long is done once for all seeds."""
    if engine == "postgresql":
        return new_database()
    if "file" not in _EMPTY:
        template = folder.parent / "empty.db"
        upgrade(f"sqlite:///{template}")
        _EMPTY["file"] = template
    shutil.copy(_EMPTY["file"], folder / "desk.db")
    return f"sqlite:///{folder / 'desk.db'}"


def minutes(count: float) -> float:
    """Seconds of real time in which so many minutes of business pass."""
    return timedelta(minutes=count).total_seconds() / RATE
