"""Our own windows for the Bot Connector, so that a 429 is the exception.

Limits: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit. Teams counts what was sent within
the last second, two seconds, half minute and hour, so the moments themselves are kept: a rate that evens out, like
Slack's, would let fourteen messages pass within one second where seven may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.ports import Clock


@dataclass(frozen=True, slots=True)
class Window:
    """`most` calls within `span`. The last `reserve` of them are for what is urgent."""

    most: int
    span: timedelta
    reserve: int = 0


SENDS: Final = (
    Window(7, timedelta(seconds=1), reserve=1),
    Window(8, timedelta(seconds=2), reserve=1),
    Window(60, timedelta(seconds=30), reserve=6),
    Window(1800, timedelta(hours=1), reserve=180),
)
"""What is sent, edited and deleted in one conversation."""

READS: Final = (
    Window(14, timedelta(seconds=1)),
    Window(16, timedelta(seconds=2)),
    Window(120, timedelta(seconds=30)),
    Window(3600, timedelta(hours=1)),
)
"""What is asked about one conversation, such as its members."""

APP: Final = (Window(50, timedelta(seconds=1), reserve=10),)
"""Everything together: "50 requests per second per app per tenant"; one desk counts its tenants as one."""

_ALL: Final = ""
_NOW: Final = timedelta(0)
_MANY: Final = 1000


class Pace(Protocol):
    """Whose turn it is. One process keeps its own (`OwnPace`); replicas may share one."""

    async def take(self, verb: str, conversation: str | None, *, urgent: bool) -> timedelta:
        """Zero when the call may be made now, and then it counts; else how long to wait, and nothing counts."""

    async def block(self, conversation: str | None, after: timedelta) -> None:
        """Teams asks to wait: nothing passes for that long, in this conversation where there is one."""


class _Moments:
    """When calls were made, the latest last; no more of them than the widest of `windows` can count."""

    def __init__(self, windows: tuple[Window, ...]) -> None:
        self._windows = windows
        self._longest = max(window.span for window in windows)
        self._made: deque[datetime] = deque(maxlen=max(window.most for window in windows))

    def wait(self, now: datetime, urgent: bool) -> timedelta:
        """Until every window has room; never longer than its span, even if the clock went back."""
        return max(self._waits(now, urgent), default=_NOW)

    def _waits(self, now: datetime, urgent: bool) -> Iterator[timedelta]:
        for window in self._windows:
            most = window.most - (0 if urgent else window.reserve)
            if len(self._made) >= most:
                yield min(self._made[-most] + window.span - now, window.span)

    def add(self, now: datetime) -> None:
        self._made.append(now)

    def over(self, now: datetime) -> bool:
        return not self._made or self._made[-1] + self._longest <= now


class OwnPace:
    """The windows of this process, in real time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: dict[tuple[str, bool], _Moments] = {}
        self._blocked: dict[str, datetime] = {}

    async def take(self, verb: str, conversation: str | None, *, urgent: bool) -> timedelta:
        now = self._clock.real()
        moments = [self._of(_ALL, False, APP)]
        if conversation:
            reads = verb == "GET"
            moments.append(self._of(conversation, reads, READS if reads else SENDS))
        blocked = max(self._blocked.get(name, now) - now for name in (_ALL, conversation or _ALL))
        wait = max(blocked, *(each.wait(now, urgent) for each in moments))
        if wait > _NOW:
            return wait
        for each in moments:
            each.add(now)
        self._forget(now)
        return _NOW

    async def block(self, conversation: str | None, after: timedelta) -> None:
        now, name = self._clock.real(), conversation or _ALL
        self._blocked[name] = max(now + after, self._blocked.get(name, now))

    def _of(self, name: str, reads: bool, windows: tuple[Window, ...]) -> _Moments:
        key = name, reads
        if key not in self._made:
            self._made[key] = _Moments(windows)
        return self._made[key]

    def _forget(self, now: datetime) -> None:
        """Of what is past nothing need be remembered: there are windows for every conversation ever written to."""
        if len(self._made) > _MANY:
            self._made = {key: made for key, made in self._made.items() if not made.over(now)}
        if len(self._blocked) > _MANY:
            self._blocked = {name: until for name, until in self._blocked.items() if until > now}
