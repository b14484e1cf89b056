"""Which platforms are out of order, and since when.

Kept in memory: a desk that was started again during an outage finds out with its first try. While a platform is out
of order one try at a time goes there, at growing intervals; everything else that is meant for it waits. The lanes take
turns, so that one message which breaks the platform cannot pass for an outage.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.ports import Clock, Down, Failed

log = structlog.get_logger(__name__)

KNOWN: Final = timedelta(minutes=2)
"""An outage that lasts so long is told, and words for a person go another way first."""

_FIRST_WAIT: Final = timedelta(seconds=2)
_LONGEST_WAIT: Final = timedelta(seconds=55)
_AFTER_YOU: Final = timedelta(seconds=5)
"""How long a lane that tried leaves the next try to those that tried less."""

_MOST_DOUBLINGS: Final = 5


class OutOfOrder(Down):
    """The platform is out of order for everybody; it is tried again at `until` (real time) at the earliest."""

    def __init__(self, platform: str, until: datetime, said: str) -> None:
        super().__init__(said)
        self.platform, self.until = platform, until


@dataclass(slots=True, kw_only=True)
class Outage:
    """`since` is business time, for people; `began` and `until` are real time. `trying` is the lane whose turn it is.

    `asked` counts the tries of every lane that wanted one.
    """

    since: datetime
    began: datetime
    until: datetime
    said: str
    tries: int = 0
    trying: str | None = None
    asked: dict[str, int] = field(default_factory=dict)
    told: bool = False

    def opens(self, lane: str) -> datetime:
        """When this lane may try."""
        mine = self.asked.setdefault(lane, 0)
        return self.until + _AFTER_YOU if min(self.asked.values()) < mine else self.until


@dataclass(slots=True)
class Outages:
    """What the tries of all lanes said about their platforms."""

    clock: Clock
    random: random.Random
    _out: dict[str, Outage] = field(default_factory=dict)
    _worked: dict[str, datetime] = field(default_factory=dict)
    _failed: dict[str, datetime] = field(default_factory=dict)

    def admit(self, platform: str, lane: str) -> None:
        """Raises OutOfOrder where the platform is out of order and it is not this lane's turn to try it."""
        out = self._out.get(platform)
        if out is None or out.trying == lane:
            return
        if self.clock.real() < out.opens(lane):
            raise OutOfOrder(platform, out.opens(lane), out.said)
        out.tries, out.trying = out.tries + 1, lane
        self._wait(out)

    def failed(self, platform: str, lane: str, down: Down) -> Failed:
        """What this lane's try means: OutOfOrder, or a plain failure where the platform meanwhile served others."""
        now, before = self.clock.real(), self._failed.get(lane)
        self._failed[lane] = now
        out = self._out.get(platform)
        if out is None:
            worked = self._worked.get(platform)
            if before is not None and worked is not None and worked > before:
                return Failed(str(down))
            out = Outage(since=self.clock.now(), began=now, until=now, said=str(down))
            self._out[platform] = out
            log.warning(
                "a platform is out of order, what is meant for it waits", platform=platform, why=out.said
            )
        out.said, out.trying = str(down), None
        out.asked[lane] = out.asked.get(lane, 0) + 1
        self._wait(out)
        return OutOfOrder(platform, out.opens(lane), out.said)

    def works(self, platform: str, lane: str) -> None:
        """It did what this lane asked."""
        self._worked[platform] = self.clock.real()
        self._failed.pop(lane, None)
        out = self._out.pop(platform, None)
        if out is not None:
            log.info("a platform works again", platform=platform, since=out.since.isoformat())

    def is_out(self, platform: str) -> bool:
        return platform in self._out

    def known(self, platform: str) -> Outage | None:
        """The outage, where it has lasted long enough to be told."""
        out = self._out.get(platform)
        return out if out is not None and self.clock.real() - out.began >= KNOWN else None

    def _wait(self, out: Outage) -> None:
        wait = min(_FIRST_WAIT * 2 ** min(out.tries, _MOST_DOUBLINGS), _LONGEST_WAIT)
        out.until = self.clock.real() + wait * self.random.uniform(0.5, 1)
