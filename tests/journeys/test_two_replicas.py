"""Two replicas on one PostgreSQL and one Redis speak in one Slack, which takes only so much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.http import serve
from adapters.slack.pace import CHANNEL
from bot.config import Config
from bot.ports import Incoming
from bot.wiring import Desk, application, running
from tests.contracts.slack_room import CHANNELS, USERS, slack_policy
from tests.desk import MONDAY
from tests.fakes.postgres import new_database
from tests.fakes.slack import FakeSlack, fake_slack
from tests.fakes.valkey import Server, a_valkey

CASES = 6
"""Slack takes three at once in a channel, then one a second."""


@dataclass
class Company:
    slack: FakeSlack
    server: Server
    replicas: list[Desk]

    async def receives(self, first: int) -> None:
        """Mentions come in at either replica."""
        for number in range(first, first + CASES):
            post = Incoming(
                source="x",
                external_id=str(number),
                community="x-kettle",
                created_at=MONDAY,
                handle=f"customer-{number}",
                text=f"My parcel number {number * 7919} never came, {'because ' * number}why?",
            )
            await self.replicas[number % 2].store.intake.append([post])

    async def shows(self, cards: int) -> None:
        """Until support's channel has so many cards; and no message twice."""
        for _ in range(2400):
            shown = self.slack.messages(CHANNELS["support"])
            if len(shown) >= cards:
                break
            await asyncio.sleep(0.05)
        assert len({each["text"] for each in shown}) == len(shown) == cards

    async def readiness(self) -> list[dict[str, object]]:
        said = []
        for desk in self.replicas:
            async with (
                serve(application(desk), "127.0.0.1", 0) as serving,
                aiohttp.ClientSession() as session,
                session.get(f"{serving.url}/readyz") as answer,
            ):
                assert answer.status == 200, "Redis alone makes nobody unready"
                said.append((await answer.json())["checks"]["redis"])
        return said


@asynccontextmanager
async def company(slack: FakeSlack, server: Server) -> AsyncIterator[Company]:
    for id, (name, email) in USERS.items():
        slack.add_user(name, email, id=id)
    for name, channel in CHANNELS.items():
        slack.add_channel(channel, name=name)
    config = Config(database_url=new_database(), redis_url=server.url, slack=slack.settings())
    async with AsyncExitStack() as stack:
        replicas = [await stack.enter_async_context(running(config, policy=slack_policy())) for _ in range(2)]
        yield Company(slack, server, replicas)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to think that Redis is away."""
    monkeypatch.setattr("storage.redis.shared.WITHIN", 5.0)


def metric(desk: Desk, line: str) -> float:
    found = [each for each in desk.metrics.text().decode().splitlines() if each.startswith(line)]
    return float(found[0].rsplit(" ", 1)[1]) if found else 0.0


@pytest.mark.usefixtures("patient")
async def test_two_replicas_together_stay_within_what_slack_takes() -> None:
    with a_valkey() as server, capture_logs() as logs:
        async with fake_slack(burst=CHANNEL.burst) as slack, company(slack, server) as firm:
            await firm.receives(0)
            await firm.shows(CASES)
            assert not [each for each in logs if each["event"] == "Slack asks to wait"]
            for desk in firm.replicas:
                assert metric(desk, "baton_redis_up") == 1
            assert await firm.readiness() == [{"ok": True, "needed": False}] * 2
            assert sum(metric(desk, 'baton_pace_total{how="waited"}') for desk in firm.replicas) > 0

            server.kill()
            await firm.receives(CASES)
            await firm.shows(2 * CASES)
            for said in await firm.readiness():
                assert said["ok"] is False and "their own share" in str(said["says"])
            assert sum(metric(desk, 'baton_pace_total{how="alone"}') for desk in firm.replicas) > 0
            assert not [each for each in logs if each["event"] == "Slack asks to wait"]
            away = [each for each in logs if each["event"].startswith("Redis is away")]
            assert len(away) == 2, "each replica says it once"
