"""Timers and deliveries: jobs as handlers put them, and as the worker takes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol

from bot.domain.events import Datum
from bot.ports.places import Place, Posted


class Rank(IntEnum):
    """The order in which words leave a lane."""

    PAGE = 0
    FIRST_CARD = 1
    NOTE = 2
    EDIT = 3
    DIGEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A job to have, by its unique key. `due` is business time. With a lane it is a delivery, without a timer.

    A timer with `not_before` (real time) waits for that moment, too.
    """

    kind: str
    key: str
    due: datetime
    args: Mapping[str, Datum] = field(default_factory=dict)
    lane: str | None = None
    rank: Rank = Rank.EDIT
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as taken. `gen` counts its puts, `fence` its takings: both guard its finish."""

    id: int
    kind: str
    key: str
    args: Mapping[str, Datum]
    lane: str | None
    rank: int
    due: datetime
    gen: int
    fence: int
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A lane that this worker holds until its lease ends; every write names the fence."""

    lane: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What we know of one message begun for a delivery key. `posted` is None while its fate is unknown; `shown` marks
    the card it shows; `attempts` counts the messages of this key that are, or may be, there."""

    id: int
    key: str
    nonce: str
    place: str
    posted: Posted | None
    shown: str
    attempts: int


class Jobs(Protocol):
    """Jobs as handlers and effects use them: they leave with the transaction."""

    def put(self, put: Put) -> None: ...
    def drop(self, key: str) -> None: ...
    def again(self, case_id: int, at: datetime) -> None:
        """Every message about the case is due again at `at`, and says what its readers may see then."""


class Timers(Protocol):
    """Jobs as the worker takes them. Leases and delays here are real time."""

    async def take(self, limit: int, lease: timedelta) -> Sequence[Job]:
        """Due timers without a live lease, leased to the caller."""

    async def defer(self, job: Job, after: timedelta) -> None:
        """Not now, and no fault of its own."""

    async def fail(self, job: Job, after: timedelta) -> None:
        """It failed; counted, and tried again later."""

    async def set_aside(self, job: Job, reason: str) -> None:
        """It failed too often: kept, never tried again by itself."""

    async def next_due(self, *, lanes: bool = True) -> tuple[datetime | None, datetime | None]:
        """(business, real): the next moments at which a timer or a lane may be taken; None for never.

        With `lanes` false, of timers alone.
        """


class Lanes(Protocol):
    """Deliveries as the worker takes them: one lane at a time, each write guarded by the lane's fence."""

    async def take(self, limit: int, lease: timedelta) -> Sequence[Hold]: ...
    async def renew(self, hold: Hold, lease: timedelta) -> bool: ...
    async def next_job(self, hold: Hold, *, but: Collection[int] = (), fair: bool = False) -> Job | None:
        """The next delivery that is due, without the jobs `but`. With `fair`, what waits behind first cards comes
        before them, unless it belongs below one of them."""

    async def last_message(self, key: str) -> Message | None: ...
    async def begin(self, hold: Hold, job: Job, *, nonce: str, place: Place, shown: str) -> Message | None:
        """Commits the intent to send. None when the lane or the job's newest state is no longer ours."""

    async def finish(
        self, hold: Hold, job: Job, message: Message | None, posted: Posted | None, shown: str
    ) -> bool:
        """Records what was posted and ends the job. False when another worker took over and knows nothing of it:
        then what was posted has to be deleted."""

    async def lost(self, message: Message, then: Sequence[Put] = ()) -> bool:
        """What this send tried is known not to be there. `then` are jobs to put unless that was known before.

        False when that was known before, or it is there after all in our own chat, where it is to be found.
        """

    async def fail(self, hold: Hold, job: Job, after: timedelta) -> None:
        """It failed; counted, and the lane waits, so that nothing overtakes it."""

    async def give_up(self, hold: Hold, job: Job, tell: Put) -> None:
        """Ends the job undelivered; `tell` is the job that says so to a person, in the same transaction."""

    async def pause(self, hold: Hold, until: datetime, tell: Put | None = None) -> None:
        """Nothing leaves this lane before `until` (real time); `tell` is the job that says so to a person."""

    async def waiting(self, platform: str) -> Mapping[str, int]:
        """How many deliveries wait in each channel of the platform that has any, by lane."""

    async def release(self, hold: Hold) -> None: ...
