"""A real server, and replicas that share it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from storage.redis.budgets import RedisBudgets
from storage.redis.link import Link
from tests.adapters.slack.moving import Moving
from tests.fakes.valkey import Server, a_valkey, new_desk, some_redis

PATIENT = 5.0
"""Seconds in which Redis must answer where a test is not about its slowness: machines that test are busy."""
SETTLE = timedelta(seconds=1.5)


@dataclass
class Counted:
    """What a replica's link told whoever counts."""

    up: list[bool] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    answered: int = 0

    def redis_up(self, up: bool) -> None:
        self.up.append(up)

    def redis_answered(self, seconds: float) -> None:
        self.answered += 1

    def redis_failed(self, why: str) -> None:
        self.failed.append(why)

    def paced(self, how: str) -> None:
        self.how.append(how)


@dataclass
class Replica:
    """One process, as far as Redis can tell."""

    link: Link
    budgets: RedisBudgets
    counted: Counted

    async def looks(self) -> None:
        """Its keeper's next look is now."""
        await self.link.open()
        await self.link._look()


Joining = Callable[..., Replica]


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with some_redis() as url:
        yield url


@pytest.fixture
def server() -> Iterator[Server]:
    """One that the test may kill."""
    with a_valkey() as server:
        yield server


@pytest.fixture
def time() -> Moving:
    return Moving()


@pytest.fixture
async def joins(time: Moving) -> AsyncIterator[Joining]:
    """Makes replicas of one desk, on the server that is given; their time is the test's. Keepers look when told."""
    desk = new_desk()
    async with AsyncExitStack() as closing:

        def join(url: str, *, within: float = PATIENT, settle: timedelta = SETTLE) -> Replica:
            link = Link(url, within=within, again=3600)
            counted = link.observer = Counted()
            prefix = f"baton:{{{desk:x}}}:"
            budgets = RedisBudgets(link, time, prefix, settle=settle, moment=time.real)
            closing.push_async_callback(link.close)
            return Replica(link, budgets, counted)

        yield join
