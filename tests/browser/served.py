"""A desk at work behind its real HTTP face, on a Monday morning, for a browser to look at."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.http import serve
from bot.config import Config
from bot.domain.case import Case
from bot.domain.people import PersonId
from bot.domain.refusals import NoSuchCase
from bot.grammar import Heard
from bot.ports import Incoming, Origin, Place
from bot.triage.rules import community_of
from bot.wiring import Desk, application, connect, running
from tests.desk import MONDAY, test_policy
from tests.fakes.network import FakeNetwork, FakeNetworks


@dataclass
class Served:
    desk: Desk
    url: str
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def mention(self, text: str, **fields: Any) -> None:
        """One post from the public arrives; the worker files it soon."""
        number = next(self._numbers)
        post: dict[str, Any] = {
            "source": "x",
            "handle": f"customer{number}",
            "url": f"https://x.example/{number}",
        }
        incoming = Incoming(
            external_id=f"m{number}",
            community=community_of(self.desk.policy, community=None, brand=None, source="x"),
            created_at=self.desk.store.clock.now(),
            text=text,
            **{**post, **fields},
        )
        await self.desk.store.intake.append([incoming])
        self.desk.worker.wake()

    async def filed(self, number: int) -> None:
        """Waits until there is a case of that number."""
        async with asyncio.timeout(60):
            while True:
                try:
                    await self.case(number)
                    return
                except NoSuchCase:
                    await asyncio.sleep(0.02)

    async def says(self, words: str, person: str) -> None:
        """That person says it to Baton, in their own conversation."""
        known = self.desk.policy.people[PersonId(person)]
        place = Place(platform="web", conversation=f"@{person}", person=known.id)
        await self.desk.listener.hear(Heard(id=None, words=words, person=known, place=place))
        self.desk.worker.wake()

    async def case(self, number: int) -> Case:
        async with self.desk.store.work(Origin()) as work:
            return await work.cases.get(number)

    async def kinds(self, number: int) -> list[str]:
        """The kinds of the case's events, oldest first."""
        async with self.desk.store.work(Origin()) as work:
            events = await work.cases.history(number, limit=500)
        return [event.kind.value for event in reversed(events)]


@asynccontextmanager
async def a_served_desk(folder: Path, *, rate: float = 1.0, port: int = 0) -> AsyncIterator[Served]:
    """Business time begins on Monday 09:00 UTC and runs at `rate`. Opened again on the same folder, and on the same
    `port`, it goes on."""
    config = Config(database_url=f"sqlite:///{folder / 'desk.db'}", web_chat="local")
    policy = test_policy()
    async with connect(config, policy=policy) as desk:
        await desk.store.clock.move(desk.store.writer, to=MONDAY, rate=rate)
    networks = FakeNetworks([FakeNetwork()])
    async with (
        running(config, policy=policy, networks=networks) as desk,
        serve(application(desk), "127.0.0.1", port) as serving,
    ):
        yield Served(desk, serving.url)


def port_of(served: Served) -> int:
    """Where it listened."""
    return int(served.url.rsplit(":", 1)[1])
