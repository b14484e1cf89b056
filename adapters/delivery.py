"""Words go out: one lane at a time, by rank, tried again later, given up loudly."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

import structlog

from adapters.outages import Outages, OutOfOrder
from adapters.saying import LEASE, OVERTAKEN, Saying, Views
from adapters.ways import Ways, channel_of
from bot.domain.digests.digest import TOO_LATE
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
    Rank,
    Shut,
    SlowDown,
    Stale,
    Undeliverable,
)

GIVEN_UP: Final = "it failed {times} times, last with: {error}"
LATE: Final = "it was more than 24 hours late, so it was skipped"

log = structlog.get_logger(__name__)

TURN: Final = timedelta(seconds=5)
"""How long one lane is spoken in before others have their turn: well within its lease."""

MOST_FAILURES: Final = 8
"""How often one message may fail before it is given up; with the back-off below that takes about four minutes."""

MOST_FIRST_CARDS: Final = 3
"""So many new cases in a row, then one change of what people see already: a surge must not hide that a case was claimed."""

WHILE_SHUT: Final = timedelta(minutes=10)
"""How long a channel that takes no words is left alone; whoever lets us in again ends it."""

_ANOTHER_WAY: Final = timedelta(seconds=10)
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
    """Empties lanes.

    What it remembers of platforms and lanes is lost with the process: at worst a person is told again.
    """

    lanes: Lanes
    chats: Mapping[str, Chat]
    views: Views
    policy: Policy
    clock: Clock
    nonces: Callable[[], str]
    random: random.Random = field(default_factory=random.Random)
    observer: Observer = field(default_factory=_Nobody)
    stopping: bool = False
    pagers: Mapping[str, Chat] = field(default_factory=dict)
    outages: Outages = field(init=False)
    saying: Saying = field(init=False)
    _first_cards: dict[str, int] = field(default_factory=dict)
    _told_shut: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.outages = Outages(self.clock, self.random)
        self.saying = Saying(
            lanes=self.lanes,
            ways=Ways(chats=self.chats, policy=self.policy, outages=self.outages, pagers=self.pagers),
            views=self.views,
            outages=self.outages,
            clock=self.clock,
            nonces=self.nonces,
        )

    async def empty(self, hold: Hold) -> None:
        """Sends what is due in the lane, in order, until it is empty, has to wait, or had its turn; or we stop."""
        over = self.clock.real() + TURN
        waiting: set[int] = set()
        try:
            while not self.stopping and self.clock.real() < over:
                fair = self._first_cards.get(hold.lane, 0) >= MOST_FIRST_CARDS
                job = await self.lanes.next_job(hold, but=waiting, fair=fair)
                # Past words that wait for their platform only a page goes, which may have another way.
                if job is None or (waiting and job.rank != Rank.PAGE):
                    break
                if not await self._deliver(hold, job, waiting):
                    break
        finally:
            await self.lanes.release(hold)

    async def _deliver(self, hold: Hold, job: Job, waiting: set[int]) -> bool:
        """Whether the lane may go on at once. A job that waits for its platform is added to `waiting`."""
        try:
            outcome = await self._said(hold, job)
        except SlowDown as slow:
            # The platform's wish, not the message's fault.
            await self.lanes.pause(hold, self.clock.real() + slow.after)
            self._count(job, "slowed")
            return False
        except OutOfOrder as out:
            await self._wait_for_platform(hold, job, out)
            waiting.add(job.id)
            return channel_of(job) is None
        except Shut as shut:
            await self._wait_for_channel(hold, job, shut)
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

    async def _said(self, hold: Hold, job: Job) -> str:
        if job.rank == Rank.DIGEST and self.clock.now() - job.due > TOO_LATE:
            raise Undeliverable(LATE)
        outcome = await self.saying.say(hold, job)
        first = job.rank == Rank.FIRST_CARD
        self._first_cards[hold.lane] = self._first_cards.get(hold.lane, 0) + 1 if first else 0
        return outcome

    # -- waiting ------------------------------------------------------------------------------------------

    async def _wait_for_platform(self, hold: Hold, job: Job, out: OutOfOrder) -> None:
        """Nothing counts against the message. An outage that lasts is told once."""
        self._count(job, "waits")
        until, outage = out.until, self.outages.known(out.platform)
        if channel_of(job) is None and len(self.chats) > 1:
            # A page that arrives meanwhile has another way, and is not to wait for this one.
            until = min(until, self.clock.real() + _ANOTHER_WAY)
        tell = None
        if outage is not None and not outage.told:
            told = {"platform": out.platform, "since": outage.since.isoformat()}
            key = f"shut:{out.platform}:{outage.since:%Y%m%dT%H%M}"
            tell = await self._telling(key, out.platform, told)
        await self.lanes.pause(hold, until, tell)
        if outage is not None:
            outage.told = True

    async def _wait_for_channel(self, hold: Hold, job: Job, shut: Shut) -> None:
        """Nothing counts against the message, until a person mends it; told once a day."""
        self._count(job, "shut")
        log.warning("a channel takes no words, what is meant for it waits", lane=hold.lane, why=str(shut))
        day, tell = f"{self.clock.now():%Y%m%d}", None
        if self._told_shut.get(hold.lane) != day:
            department = str(job.args.get("department") or "")
            told = {"place": hold.lane, "department": department, "reason": str(shut)}
            tell = await self._telling(f"shut:{hold.lane}:{day}", hold.lane.partition(":")[0], told)
        await self.lanes.pause(hold, self.clock.real() + WHILE_SHUT, tell)
        self._told_shut[hold.lane] = day

    async def _telling(self, key: str, platform: str, told: Mapping[str, str]) -> Put:
        waiting = json.dumps(await self.lanes.waiting(platform))
        return Put(kind="shut", key=key, due=self.clock.now(), args={**told, "waiting": waiting})

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
