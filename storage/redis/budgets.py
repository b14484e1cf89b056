"""Budgets that all replicas share, so that together they stay within what a chat platform takes.

Redis keeps them for as long as they matter. Each replica remembers what it did itself, and tells Redis when Redis was
emptied (it is another epoch then; for a moment nothing passes, so that every replica has told) or was away. While it
is away a replica keeps to its share: the limits divided by the replicas that were last seen, begun after a pause in
which the others' last calls grow old.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from redis.asyncio import Redis

from bot.ports import Clock, Limits, OwnBudgets, Rate, Spent, Window
from storage.redis.link import Away, Link, Slow
from storage.redis.scripts import BEAT, BLOCK, TAKE, TELL

SETTLE: Final = timedelta(seconds=1.5)
"""Longer than the time between two beats: until then every replica knows of a new epoch."""
PATIENCE: Final = timedelta(seconds=0.2)
"""When to come again where Redis was slow once: whether the call counted is unknown."""
UNSEEN: Final = 2
"""How many replicas there are, as far as one knows that has never reached Redis."""

_EPOCH_LIFE: Final = timedelta(days=2)
_SILENT: Final = timedelta(seconds=5)
_AT_ONCE: Final = 5000
"""So many words go into one telling."""
_MICRO: Final = timedelta(microseconds=1)
_NOW: Final = timedelta(0)


class RedisBudgets:
    """The Budgets port over one Redis. `prefix` is the desk's own, with a hash tag; `moment` replaces the server's
    clock, for tests, and then keys are kept longer, since their life is counted by the server."""

    def __init__(
        self,
        link: Link,
        clock: Clock,
        prefix: str,
        *,
        settle: timedelta = SETTLE,
        moment: Callable[[], datetime] | None = None,
    ) -> None:
        self._link, self._clock, self._prefix = link, clock, prefix
        self._settle, self._moment = settle, moment
        self._kept = 1_000 if moment is None else 600_000
        self._me = secrets.token_hex(6)
        self._calls = itertools.count()
        self._own = OwnBudgets(clock)
        self._apart: OwnBudgets | None = None
        self._quiet_until = clock.real()
        self._epoch = ""
        self._telling = asyncio.Lock()
        self.replicas = 0
        """How many were there at the last beat; 0 before the first."""
        self._script = link.script(TAKE)
        link.beat = self.beat

    async def take(self, limits: Mapping[str, Limits], *, urgent: bool) -> timedelta:
        try:
            wait = await self._together(limits, urgent)
        except Slow:
            self._link.observer.paced("slow")
            return PATIENCE
        except Away:
            self._link.observer.paced("alone")
            return self._alone(limits, urgent)
        self._link.observer.paced("waited" if wait else "passed")
        if not wait:
            self._own.note(limits)
        return wait

    async def block(self, name: str, after: timedelta) -> None:
        await self._own.block(name, after)
        args = [self._at(), _micros(after), self._kept]
        try:
            await self._link.ask(lambda redis: redis.eval(BLOCK, 1, self._block(name), *args))
        except Away:
            # Told with everything else once Redis is back; here it holds already.
            return

    async def beat(self, redis: Redis) -> None:
        """Says that this replica is there, and tells Redis what it does not know. Raises what Redis raises."""
        async with self._telling:
            wanted = [f"{self._prefix}epoch", f"{self._prefix}replicas"]
            new = secrets.token_hex(6)
            args = [self._at(), self._me, new, _micros(_EPOCH_LIFE) // 1000, _micros(_SILENT)]
            said, self.replicas = await redis.eval(BEAT, 2, *wanted, *args)
            epoch = said.partition(":")[0]
            if epoch != self._epoch:
                await self._tell(redis, self._own.spent())
            elif self._apart is not None:
                apart = self._apart.spent()
                await self._tell(redis, Spent(apart.rates, apart.calls, self._own.spent().blocks))
            self._epoch, self._apart = epoch, None

    # -- together --------------------------------------------------------------------------------------

    async def _together(self, limits: Mapping[str, Limits], urgent: bool) -> timedelta:
        """Zero, or how long to wait; Raises Away."""
        keys = [f"{self._prefix}epoch"]
        words: list[str | int] = []
        for name, each in limits.items():
            keys += [self._rate(name) if isinstance(each, Rate) else self._windows(name), self._block(name)]
            words += _words(each)
        settle, call = _micros(self._settle), f"{self._me}:{next(self._calls)}"

        async def do(redis: Redis) -> int:
            args = [self._at(), self._epoch, settle, int(urgent), call, self._kept, *words]
            return int(await self._script(keys, args, client=redis))

        for _ in range(2):
            wait = await self._link.ask(do)
            if wait >= 0:
                return wait * _MICRO
            await self._link.ask(self.beat)
        # Emptied again and again: nobody knows what was spent.
        return self._settle

    async def _tell(self, redis: Redis, spent: Spent) -> None:
        for keys, words in _portions(self._told(spent)):
            call = f"{self._me}:{next(self._calls)}"
            await redis.eval(TELL, len(keys), *keys, self._at(), call, self._kept, *words)

    def _told(self, spent: Spent) -> Iterator[tuple[str, list[str | int]]]:
        for name, ahead in spent.rates.items():
            yield self._rate(name), ["r", _micros(ahead)]
        for name, left in spent.blocks.items():
            yield self._block(name), ["b", _micros(left)]
        for name, (ages, longest) in spent.calls.items():
            if ages:
                yield self._windows(name), ["c", _micros(longest), len(ages), *map(_micros, ages)]

    # -- alone -----------------------------------------------------------------------------------------

    def _alone(self, limits: Mapping[str, Limits], urgent: bool) -> timedelta:
        now = self._clock.real()
        if self._telling.locked():
            # It is back: what is said now would be in nobody's books.
            return PATIENCE
        if self._apart is None:
            self._apart, self._quiet_until = OwnBudgets(self._clock), now + self._settle
        shares = {name: share(each, self.replicas or UNSEEN) for name, each in limits.items()}
        wait = max(
            min(self._quiet_until - now, self._settle),
            self._own.wait(limits, urgent=urgent),
            self._apart.wait(shares, urgent=urgent),
        )
        if wait <= _NOW:
            self._own.note(limits)
            self._apart.note(shares)
        return max(wait, _NOW)

    # -- names -----------------------------------------------------------------------------------------

    def _at(self) -> str | int:
        return "" if self._moment is None else round(self._moment().timestamp() * 1_000_000)

    def _rate(self, name: str) -> str:
        return f"{self._prefix}rate:{name}"

    def _windows(self, name: str) -> str:
        return f"{self._prefix}calls:{name}"

    def _block(self, name: str) -> str:
        return f"{self._prefix}block:{name}"


def share(limits: Limits, replicas: int) -> Limits:
    """What one of so many replicas may use of the limits, so that all of them together keep to them."""
    if isinstance(limits, Rate):
        burst = max(1, limits.burst // replicas)
        return Rate(burst, limits.each * replicas, min(limits.reserve // replicas, burst - 1))
    return tuple(_narrower(window, replicas) for window in limits)


def _narrower(window: Window, replicas: int) -> Window:
    """Where there is less than one call for each, one in a longer time."""
    most = window.most // replicas
    if most:
        return Window(most, window.span, min(window.reserve // replicas, most - 1))
    return Window(1, window.span * replicas / window.most)


def _words(limits: Limits) -> list[str | int]:
    if isinstance(limits, Rate):
        return ["r", limits.burst, _micros(limits.each), limits.reserve]
    words: list[str | int] = ["w", len(limits)]
    for window in limits:
        words += [window.most, _micros(window.span), window.reserve]
    return words


def _portions(
    told: Iterator[tuple[str, list[str | int]]],
) -> Iterator[tuple[list[str], list[str | int]]]:
    keys: list[str] = []
    words: list[str | int] = []
    for key, said in told:
        keys.append(key)
        words += said
        if len(words) >= _AT_ONCE:
            yield keys, words
            keys, words = [], []
    if keys:
        yield keys, words


def _micros(length: timedelta) -> int:
    return length // _MICRO
