"""The worker takes due jobs: timers go to the router, lanes to delivery."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog

from bot.ports import Clock, Hold, Job, Lanes, Overloaded, Stale, Timers

log = structlog.get_logger(__name__)

TIMER_LEASE: Final = timedelta(seconds=60)
LANE_LEASE: Final = timedelta(seconds=60)
FLOOR: Final = timedelta(milliseconds=500)
"""The longest sleep: other processes may write, and their wake-ups do not reach this one."""

PATIENCE: Final = timedelta(seconds=20)
"""How long the end of a job waits for a database that is away: well within its lease."""

MOST_FAILURES: Final = 10
_LONGEST_BACK_OFF: Final = timedelta(minutes=10)
_STANDING: Final = frozenset({"receive", "digest", "duty", "leaving"})
"""Standing jobs are tried for ever: nobody would put them again."""


class TimerRunner(Protocol):
    """What runs a timer: the router."""

    async def tick(self, job: Job) -> None: ...


async def _in_the_log_only(job: Job, reason: str) -> None:
    """Nobody but the log is told of a job that was set aside."""


@dataclass(slots=True)
class Worker:
    """Runs until `stop`. `at_once` bounds how many timers, and how many lanes, run side by side.

    Where nothing `speaks`, deliveries are left alone: they wait until a chat is switched on. `tell` lets a person
    know of a job that was set aside, and why.
    """

    timers: Timers
    lanes: Lanes
    runner: TimerRunner
    empty_lane: Callable[[Hold], Awaitable[None]]
    clock: Clock
    refresh: Callable[[], Awaitable[None]]
    at_once: int = 32
    speaks: bool = True
    tell: Callable[[Job, str], Awaitable[None]] = _in_the_log_only
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _timers_busy: int = 0
    _lanes_busy: int = 0
    _stopping: bool = False
    _refreshed: datetime | None = None
    _away: bool = False

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Takes jobs until stopped, then waits for those it took."""
        while not self._stopping:
            self._woken.clear()
            try:
                await self._refresh_clock()
                took = await self._take()
                self._away = False
                if not took:
                    await self._rest()
            except Overloaded as away:
                if not self._away:
                    log.warning("the database is away or busy, jobs wait", why=str(away.__cause__ or away))
                self._away = True
                await self.clock.sleep(FLOOR)
            except Exception:  # the edge: the database may be away for a while
                log.exception("the worker could not take jobs")
                await self.clock.sleep(FLOOR)
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)

    def stop(self) -> None:
        """Takes nothing more; what runs may finish."""
        self._stopping = True
        self.wake()

    async def settle(self) -> None:
        """Runs everything that is due now, and what follows from it, in this task. For tests and tools."""
        while await self._take() or self._running:
            if self._running:
                await asyncio.wait(self._running)

    async def _refresh_clock(self) -> None:
        """Another process may have moved the business clock; looking twice a second is enough."""
        real = self.clock.real()
        if self._refreshed is None or real - self._refreshed >= FLOOR:
            self._refreshed = real
            await self.refresh()

    async def _take(self) -> bool:
        timers = (
            await self.timers.take(self.at_once - self._timers_busy, TIMER_LEASE) if self._timers_free else ()
        )
        holds = await self.lanes.take(self.at_once - self._lanes_busy, LANE_LEASE) if self._lanes_free else ()
        for job in timers:
            self._timers_busy += 1
            self._start(self._timer(job))
        for hold in holds:
            self._lanes_busy += 1
            self._start(self._lane(hold))
        return bool(timers or holds)

    @property
    def _timers_free(self) -> bool:
        return self._timers_busy < self.at_once

    @property
    def _lanes_free(self) -> bool:
        return self.speaks and self._lanes_busy < self.at_once

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _rest(self) -> None:
        """Until something is due, somebody wakes us, or the floor is reached."""
        waits = [FLOOR]
        business, real = None, None
        if self._timers_free and (self._lanes_free or not self.speaks):
            business, real = await self.timers.next_due(lanes=self.speaks)
        if business is not None:
            waits.append(self.clock.real_delay(business))
        if real is not None:
            waits.append(real - self.clock.real())
        delay = max(min(waits).total_seconds(), 0.001)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), delay)

    async def _timer(self, job: Job) -> None:
        try:
            await self._run_timer(job)
        except Exception:  # the edge: what cannot be noted now is taken again when its lease runs out
            log.exception("a timer's end could not be noted", job=job.key)
        finally:
            self._timers_busy -= 1
            self.wake()

    async def _run_timer(self, job: Job) -> None:
        try:
            await self.runner.tick(job)
        except (Stale, Overloaded) as busy:
            log.warning("timer deferred", job=job.key, why=type(busy).__name__)
            later = timedelta(seconds=1)
            await self._patiently(lambda: self.timers.defer(job, later))
        except Exception as error:  # the edge: a timer's surprise is kept, logged, and tried again
            await self._timer_failed(job, error)

    async def _timer_failed(self, job: Job, error: Exception) -> None:
        log.exception("timer failed", job=job.key, failures=job.failures + 1)
        if job.failures + 1 >= MOST_FAILURES and job.kind not in _STANDING:
            reason = f"{type(error).__name__}: {error}"
            log.error("timer set aside", job=job.key)
            await self.timers.set_aside(job, reason)
            await self.tell(job, reason)
            return
        back_off = min(timedelta(seconds=2) * 2**job.failures, _LONGEST_BACK_OFF)
        await self._patiently(lambda: self.timers.fail(job, back_off))

    async def _patiently(self, note: Callable[[], Awaitable[None]]) -> None:
        """Notes it as soon as the database is there again; else everybody would wait for the lease to run out."""
        for _ in range(PATIENCE // FLOOR):
            try:
                await note()
                return
            except (Overloaded, Stale):
                if self._stopping:
                    raise
                await self.clock.sleep(FLOOR)
        await note()

    async def _lane(self, hold: Hold) -> None:
        try:
            await self.empty_lane(hold)
        except Overloaded:
            log.warning("the database is away or busy, the lane waits", lane=hold.lane)
            await self._let_go(hold)
        except Exception:  # the edge: the lane's lease runs out and it is taken again
            log.exception("lane failed", lane=hold.lane)
        finally:
            self._lanes_busy -= 1
            self.wake()

    async def _let_go(self, hold: Hold) -> None:
        try:
            await self._patiently(lambda: self.lanes.release(hold))
        except Exception:  # the edge: the lane's lease runs out and it is taken again
            log.exception("a lane could not be let go", lane=hold.lane)
