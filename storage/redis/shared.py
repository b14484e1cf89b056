"""Everything that one desk shares through one Redis, opened at its first use and closed together."""

from __future__ import annotations

from typing import Final

from bot.ports import Bell, Clock
from storage.redis.bell import RedisBell
from storage.redis.budgets import RedisBudgets
from storage.redis.link import AGAIN, WITHIN, Link, Observer
from storage.redis.underway import RedisUnderway

PREFIX: Final = "baton:{{{desk:x}}}:"
"""Several desks may share one Redis; the braces keep a desk's keys in one slot."""


class Shared:
    """One desk's part of one Redis. `desk` is the database's own number."""

    def __init__(self, url: str, desk: int, clock: Clock) -> None:
        """To be made inside a running event loop."""
        self.link = Link(url, within=WITHIN, again=AGAIN)
        self._prefix = PREFIX.format(desk=desk)
        self.budgets = RedisBudgets(self.link, clock, self._prefix)
        self.underway = RedisUnderway(self.link, self._prefix)

    def watched_by(self, observer: Observer) -> None:
        self.link.observer = observer

    def bell(self, otherwise: Bell) -> RedisBell:
        """Rings through Redis, and through the given bell while Redis is away."""
        return RedisBell(self.link, f"{self._prefix}bell", otherwise)

    async def well(self) -> None:
        """Raises RuntimeError with a sentence while Redis is away."""
        await self.link.well()

    async def close(self) -> None:
        await self.link.close()
