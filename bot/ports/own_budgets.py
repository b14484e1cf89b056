"""The budgets of one process: what is used where no other process speaks, and while replicas cannot hear each other.

A rate is kept as one moment, how far it is spent ahead (GCRA); windows keep the moments themselves. The well-kept
libraries do not fit: none of aiolimiter, limits, pyrate-limiter and throttled-py takes the clock as an argument
together with "how long would I wait" and a share that is kept for what is urgent; the first one sleeps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.ports.budgets import Limits, Rate, Window
from bot.ports.clock import Clock

_NOW: Final = timedelta(0)
_MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class Spent:
    """What is spent of each budget, as lengths of time from now: how far rates are spent ahead, how long ago each call
    was made that windows count, how long names are blocked."""

    rates: Mapping[str, timedelta] = field(default_factory=dict)
    calls: Mapping[str, tuple[tuple[timedelta, ...], timedelta]] = field(default_factory=dict)
    """By name: the calls' ages, and the widest window's span."""
    blocks: Mapping[str, timedelta] = field(default_factory=dict)


class _Calls:
    """When calls were made, the latest last; no more of them than the widest of `windows` can count."""

    def __init__(self, windows: tuple[Window, ...]) -> None:
        self._windows = windows
        self.longest = max(window.span for window in windows)
        self._made: deque[datetime] = deque(maxlen=max(window.most for window in windows))

    def wait(self, now: datetime, urgent: bool) -> timedelta:
        """Until every window has room. What seems to come was made before the clock went back: as if just now."""
        if self._made and self._made[-1] > now:
            self._made = deque((min(at, now) for at in self._made), self._made.maxlen)
        return max(self._waits(now, urgent), default=_NOW)

    def _waits(self, now: datetime, urgent: bool) -> Iterator[timedelta]:
        for window in self._windows:
            most = window.most - (0 if urgent else window.reserve)
            if len(self._made) >= most:
                yield self._made[-most] + window.span - now

    def add(self, now: datetime) -> None:
        self._made.append(now)

    def ages(self, now: datetime) -> tuple[timedelta, ...]:
        return tuple(now - at for at in self._made if now - at < self.longest)

    def over(self, now: datetime) -> bool:
        return not self._made or self._made[-1] + self.longest <= now


class OwnBudgets:
    """The Budgets of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[str, datetime] = {}
        self._calls: dict[str, _Calls] = {}
        self._blocked: dict[str, datetime] = {}

    async def take(self, limits: Mapping[str, Limits], *, urgent: bool) -> timedelta:
        wait = self.wait(limits, urgent=urgent)
        if not wait:
            self.note(limits)
        return wait

    async def block(self, name: str, after: timedelta) -> None:
        now = self._clock.real()
        self._blocked[name] = max(now + after, self._blocked.get(name, now))

    def wait(self, limits: Mapping[str, Limits], *, urgent: bool) -> timedelta:
        """How long a call would have to wait; nothing counts."""
        now = self._clock.real()
        return max(_NOW, *(self._wait(name, each, now, urgent) for name, each in limits.items()))

    def note(self, limits: Mapping[str, Limits]) -> None:
        """A call is made now, and counts; whether it may was asked elsewhere."""
        now = self._clock.real()
        for name, each in limits.items():
            if isinstance(each, Rate):
                self._rates[name] = now + self._ahead(name, each, now) + each.each
            elif each:
                self._of(name, each).add(now)
        self._forget(now)

    def spent(self) -> Spent:
        """What is spent now, for somebody else's books."""
        now = self._clock.real()
        return Spent(
            rates={name: at - now for name, at in self._rates.items() if at > now},
            calls={name: (made.ages(now), made.longest) for name, made in self._calls.items()},
            blocks={name: until - now for name, until in self._blocked.items() if until > now},
        )

    @property
    def known(self) -> int:
        """How many budgets are remembered."""
        return len(self._rates) + len(self._calls) + len(self._blocked)

    def _wait(self, name: str, limits: Limits, now: datetime, urgent: bool) -> timedelta:
        wait = self._blocked.get(name, now) - now
        if isinstance(limits, Rate):
            allowed = (limits.burst - 1 - (0 if urgent else limits.reserve)) * limits.each
            return max(wait, self._ahead(name, limits, now) - allowed)
        return max(wait, self._of(name, limits).wait(now, urgent)) if limits else wait

    def _ahead(self, name: str, rate: Rate, now: datetime) -> timedelta:
        """How far ahead of now this budget is spent; more than all of it where the clock went back, from when on it
        counts anew."""
        ahead, whole = max(self._rates.get(name, now) - now, _NOW), rate.burst * rate.each
        if ahead > whole:
            self._rates[name], ahead = now + whole, whole
        return ahead

    def _of(self, name: str, windows: tuple[Window, ...]) -> _Calls:
        if name not in self._calls:
            self._calls[name] = _Calls(windows)
        return self._calls[name]

    def _forget(self, now: datetime) -> None:
        """Of what is past nothing need be remembered: there is a budget for every conversation ever written to."""
        for moments in (self._rates, self._blocked):
            if len(moments) > _MANY:
                for name in [name for name, moment in moments.items() if moment <= now]:
                    del moments[name]
        if len(self._calls) > _MANY:
            self._calls = {name: made for name, made in self._calls.items() if not made.over(now)}
