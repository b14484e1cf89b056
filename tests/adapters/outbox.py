"""A store, chats, and delivery between them, without a desk around."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.delivery import Delivery
from bot.cards.card import Card
from bot.ports import Chat, Hold, Job, Origin, Place, Put, Rank
from bot.router import Shown
from storage.sql.store import SqlStore
from tests.desk import Time
from tests.fakes.chat import FakeChat

ANA = "ana@kettle.example"
LEASE = timedelta(seconds=60)


def card(title: str) -> Card:
    return Card(title=title, summary=title)


@dataclass
class Outbox:
    """A store, chats, and delivery between them. `views` says what each subject shows now."""

    store: SqlStore
    time: Time
    chats: Mapping[str, FakeChat]
    views: dict[str, Shown | Card | Exception] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.delivery = self.another()

    def another(self) -> Delivery:
        """One more worker's delivery."""
        chats: Mapping[str, Chat] = self.chats
        return Delivery(
            lanes=self.store.lanes,
            chats=chats,
            views=self,
            policy=self.store.policy,
            clock=self.store.clock,
            nonces=lambda: f"nonce-{next(self.numbers)}",
            random=random.Random(1),
        )

    @property
    def web(self) -> FakeChat:
        return self.chats["web"]

    async def show(self, view: str, subject: str, place: Place) -> Shown:
        made = self.views.get(subject, card(subject))
        if isinstance(made, Exception):
            raise made
        return made if isinstance(made, Shown) else Shown(card=made)

    # -- putting and sending ---------------------------------------------------------------------

    async def put(self, subject: str, rank: Rank = Rank.EDIT, *, key: str = "", **args: Any) -> None:
        """For the channel of support, unless `place` names another."""
        said = {"view": "case", "subject": subject, "place": "web:support", "department": "support", **args}
        await self._put(
            Put(kind="card", key=key or subject, due=self.now, lane=said["place"], rank=rank, args=said)
        )

    async def page(self, subject: str, *, rank: Rank = Rank.PAGE, person: str = ANA) -> None:
        said = {"view": "page", "subject": subject, "person": person}
        await self._put(
            Put(kind="page", key=subject, due=self.now, lane=f"dm:{person}", rank=rank, args=said)
        )

    async def _put(self, wanted: Put) -> None:
        async with self.store.work(Origin()) as work:
            work.jobs.put(wanted)

    @property
    def now(self) -> Any:
        return self.store.clock.now()

    async def take(self) -> Hold:
        (hold,) = await self.store.lanes.take(1, LEASE)
        return hold

    async def send(self) -> None:
        """Everything that may leave now."""
        while holds := await self.store.lanes.take(10, LEASE):
            for hold in holds:
                await self.delivery.empty(hold)

    async def passes(self, length: timedelta) -> None:
        self.time.at += length
        await self.send()

    async def goes_on(self, length: timedelta) -> None:
        """Time passes, and whatever is tried on the way is tried at its own moment."""
        end = self.time.at + length
        while True:
            await self.send()
            _, real = await self.store.timers.next_due()
            if real is None or real >= end:
                break
            self.time.at = max(real, self.time.at + timedelta(milliseconds=1))
        self.time.at = end
        await self.send()

    async def waits_out(self) -> None:
        """Goes on from one retry to the next until there is nothing left to try."""
        for _ in range(50):
            await self.send()
            _, real = await self.store.timers.next_due()
            if real is None:
                return
            self.time.at = max(real, self.time.at)
        raise AssertionError("it never ends")

    async def jobs(self) -> dict[str, Job]:
        def read(connection: Any) -> list[Any]:
            return list(connection.exec_driver_sql("SELECT key, kind, args, failures, due FROM jobs").all())

        return {row.key: row for row in await self.store.reader.once(read)}

    async def forget(self, kind: str) -> None:
        """The worker ran them."""

        def write(connection: Any) -> None:
            connection.exec_driver_sql("DELETE FROM jobs WHERE kind = ?", (kind,))

        await self.store.submit([write])
