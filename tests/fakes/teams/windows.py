"""How much Teams takes, per conversation and per tenant.

learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

WINDOWS: Final = ((1, 7), (2, 8), (30, 60), (3600, 1800))
"""(seconds, writes) per bot and conversation; twice as many reads."""
PER_SECOND: Final = 50
"""Requests of one app in one tenant."""
_HOUR: Final = timedelta(hours=1)


@dataclass
class Windows:
    """A call that is refused does not count."""

    now: Callable[[], datetime]
    _passed: dict[tuple[str, bool], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _all: deque[datetime] = field(default_factory=deque)

    def take(self, conversation: str, *, writes: bool) -> int:
        """0 when the call may pass, else the seconds to wait."""
        now, passed = self.now(), self._passed[conversation, writes]
        while passed and now - passed[0] >= _HOUR:
            passed.popleft()
        while self._all and now - self._all[0] >= timedelta(seconds=1):
            self._all.popleft()
        factor = 1 if writes else 2
        waits = (
            [_wait(passed, now, seconds, most * factor) for seconds, most in WINDOWS] if conversation else []
        )
        wait = max([_wait(self._all, now, 1, PER_SECOND), *waits])
        if wait <= 0:
            self._all.append(now)
            passed.append(now)
            return 0
        return max(1, math.ceil(wait))


def _wait(passed: deque[datetime], now: datetime, seconds: int, most: int) -> float:
    """Seconds until there is room in this window again."""
    if len(passed) < most:
        return 0.0
    return seconds - (now - passed[-most]).total_seconds()
