"""What Slack hands out for a short while: triggers to open views with, addresses to answer at; and a channel's pace."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.fakes.slack.state import Refused

TRIGGER_LIVES: Final = timedelta(seconds=3)
ADDRESS_LIVES: Final = timedelta(minutes=30)
ADDRESS_USES: Final = 5


@dataclass(frozen=True)
class Trigger:
    user: str
    at: datetime
    in_modal: bool


@dataclass
class Triggers:
    """Each opens one view, within three seconds."""

    now: Callable[[], datetime]
    _given: dict[str, Trigger] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def give(self, user: str, *, in_modal: bool = False) -> str:
        id = f"{len(self._given) + 1}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self._given[id] = Trigger(user, self.now(), in_modal)
        return id

    def use(self, id: object) -> Trigger:
        """Raises Refused: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id."""
        trigger = self._given.get(str(id))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if id in self._used:
            raise Refused("exchanged_trigger_id")
        if self.now() - trigger.at > TRIGGER_LIVES:
            raise Refused("expired_trigger_id")
        self._used.add(str(id))
        return trigger


@dataclass
class Address:
    """Where one interaction may be answered: `ts` is the message it came from, None for a command."""

    channel: str
    user: str
    at: datetime
    ts: str | None = None
    thread: str | None = None
    ephemeral: bool = False
    uses: int = 0


@dataclass
class Addresses:
    """`response_url`s: five uses within half an hour."""

    now: Callable[[], datetime]
    base: str = ""
    _given: dict[str, Address] = field(default_factory=dict)

    def give(
        self,
        channel: str,
        user: str,
        *,
        ts: str | None = None,
        thread: str | None = None,
        ephemeral: bool = False,
    ) -> str:
        key = secrets.token_hex(12)
        self._given[key] = Address(channel, user, self.now(), ts, thread, ephemeral)
        return f"{self.base}{key}"

    def use(self, key: str) -> Address:
        """Raises Refused: used_url, expired_url."""
        address = self._given.get(key)
        if address is None or self.now() - address.at > ADDRESS_LIVES:
            raise Refused("expired_url")
        if address.uses >= ADDRESS_USES:
            raise Refused("used_url")
        address.uses += 1
        return address


@dataclass
class Pace:
    """One message a second and channel; a burst of `burst` may come at once."""

    now: Callable[[], datetime]
    burst: int
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def take(self, channel: str) -> int:
        """0 when the message may pass, else the seconds to wait."""
        now = self.now()
        left, at = self._left.get(channel, (float(self.burst), now))
        left = min(float(self.burst), left + max(0.0, (now - at).total_seconds()))
        if left < 1:
            self._left[channel] = (left, now)
            return max(1, math.ceil(1 - left))
        self._left[channel] = (left - 1, now)
        return 0
