"""Words go out: one lane at a time, by rank, tried again later, given up loudly."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

import structlog

from adapters.saying import LEASE, OVERTAKEN, Saying, Views
from adapters.ways import Ways
from bot.policy.model import Policy
from bot.ports import (
    Chat,
    ChatError,
    Clock,
    Hold,
    Job,
    Lanes,
    Overloaded,
    Put,
    SlowDown,
    Stale,
    Undeliverable,
)

GIVEN_UP: Final = "it failed {times} times, last with: {error}"

log = structlog.get_logger(__name__)

TURN: Final = timedelta(seconds=5)
"""How long one lane is spoken in before others have their turn: well within its lease."""

MOST_FAILURES: Final = 8
"""How often one message may fail before it is given up; with the back-off below that takes about four minutes."""

_FIRST_BACK_OFF: Final = timedelta(seconds=2)
_LONGEST_BACK_OFF: Final = timedelta(minutes=5)


class Observer(Protocol):
    """Who counts deliveries."""

    def delivered(self, platform: str, outcome: str) -> None: ...


class _Nobody:
    def delivered(self, platform: str, outcome: str) -> None:
        """Nobody counts."""


@dataclass(slots=True)
class Delivery:
    """Empties lanes."""

    lanes: Lanes
    chats: Mapping[str, Chat]
    views: Views
    policy: Policy
    clock: Clock
    nonces: Callable[[], str]
    random: random.Random = field(default_factory=random.Random)
    observer: Observer = field(default_factory=_Nobody)
    stopping: bool = False
    saying: Saying = field(init=False)

    def __post_init__(self) -> None:
        self.saying = Saying(
            lanes=self.lanes,
            ways=Ways(chats=self.chats, policy=self.policy),
            views=self.views,
            clock=self.clock,
            nonces=self.nonces,
        )

    async def empty(self, hold: Hold) -> None:
        """Sends what is due in the lane, in order, until it is empty, has to wait, or had its turn; or we stop."""
        over = self.clock.real() + TURN
        try:
            while not self.stopping and self.clock.real() < over:
                job = await self.lanes.next_job(hold)
                if job is None or not await self._deliver(hold, job):
                    break
        finally:
            await self.lanes.release(hold)

    async def _deliver(self, hold: Hold, job: Job) -> bool:
        """Whether the lane may go on at once."""
        try:
            outcome = await self.saying.say(hold, job)
        except SlowDown as slow:
            # The platform's wish, not the message's fault.
            await self.lanes.pause(hold, self.clock.real() + slow.after)
            self._count(job, "slowed")
            return False
        except Undeliverable as never:
            await self._give_up(hold, job, str(never))
            return True
        except (Overloaded, Stale) as busy:
            log.warning("the database is busy, the lane waits", lane=hold.lane, why=type(busy).__name__)
            await self.clock.sleep(timedelta(seconds=1))
            return False
        except Exception as error:  # the edge: one message's surprise must not stop its lane for ever
            return await self._failed(hold, job, error)
        self._count(job, outcome)
        # Overtaken by a newer state of this message the lane goes on; by another worker it does not.
        return outcome != OVERTAKEN or await self.lanes.renew(hold, LEASE)

    async def _failed(self, hold: Hold, job: Job, error: Exception) -> bool:
        self._count(job, "failed")
        surprise = not isinstance(error, ChatError)
        said = f"{type(error).__name__}: {error}" if surprise else str(error)
        if job.failures + 1 >= MOST_FAILURES:
            await self._give_up(hold, job, GIVEN_UP.format(times=MOST_FAILURES, error=said))
            return True
        wait = min(_FIRST_BACK_OFF * 2**job.failures, _LONGEST_BACK_OFF)
        await self.lanes.fail(hold, job, wait * self.random.uniform(0.5, 1.5))
        log.warning(
            "delivery failed, will be tried again",
            job=job.key,
            error=said,
            failures=job.failures + 1,
            exc_info=error if surprise else None,
        )
        return False

    # -- giving up ----------------------------------------------------------------------------------------

    async def _give_up(self, hold: Hold, job: Job, reason: str) -> None:
        self._count(job, "given up")
        log.error("given up", job=job.key, reason=reason)
        args = {
            name: job.args[name]
            for name in ("view", "subject", "person", "department", "place")
            if name in job.args
        }
        tell = Put(
            kind="undelivered",
            key=f"undelivered:{job.key}",
            due=self.clock.now(),
            args={**args, "key": job.key, "kind": job.kind, "reason": reason},
        )
        await self.lanes.give_up(hold, job, tell)

    def _count(self, job: Job, outcome: str) -> None:
        where = job.args.get("place")
        self.observer.delivered(where.partition(":")[0] if isinstance(where, str) else "direct", outcome)
