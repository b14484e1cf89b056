"""Listening to every source: one replica each, for as long as the desk runs, whatever happens to their networks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from bot.domain.mention import VIA
from bot.ports import (
    Batch,
    Clock,
    Overloaded,
    Put,
    Source,
    SourceBook,
    SourceBusy,
    SourceDown,
    SourceHold,
    SourceLost,
    SourceReport,
    SourceShut,
    SourceState,
    Stale,
)

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
RENEW: Final = LEASE / 4
ELSEWHERE: Final = LEASE / 4
"""How often a replica asks whether the one that listens has gone."""

FIRST_BACK_OFF: Final = timedelta(seconds=1)
LONGEST_BACK_OFF: Final = timedelta(minutes=5)
SHUT_FOR: Final = timedelta(minutes=10)
"""Somebody may have mended it meanwhile; asking more often could lock an account."""
PATIENCE: Final = timedelta(hours=1)
"""For how long at most a network that asks for patience keeps every replica away."""

ENDED: Final = "it ended the conversation"
SURPRISE: Final = "it said something that the desk does not understand; the log says more"


class Watched(Protocol):
    """Who counts what sources bring."""

    def brought(self, source: str, accepted: int, duplicates: int, removed: int) -> None: ...
    def is_now(self, source: str, state: SourceState) -> None: ...
    def is_elsewhere(self, source: str) -> None: ...


@dataclass(slots=True, kw_only=True)
class Listening:
    """Runs until cancelled. `telling` is what lets people know that a source changed: of how it was, how it is, in
    which words."""

    sources: Mapping[str, Source]
    book: SourceBook
    clock: Clock
    watched: Watched
    telling: Callable[[SourceReport, SourceState, str], Iterable[Put]]
    random: random.Random = field(default_factory=random.Random)
    _failures: dict[str, int] = field(default_factory=dict)
    _said: dict[str, tuple[SourceState, str]] = field(default_factory=dict)
    """What was said last, so that a busy source does not ask the database at every batch."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for name, source in self.sources.items():
                group.create_task(self._always(name, source))

    async def _always(self, name: str, source: Source) -> None:
        while True:
            try:
                pause = await self._once(name, source)
            except (Overloaded, Stale) as busy:
                log.warning(
                    "the database is away or busy, a source waits", source=name, why=type(busy).__name__
                )
                pause = self._back_off(name)
            except Exception:  # the edge: one source's surprise must not stop the others
                log.exception("a source could not be listened to", source=name)
                pause = self._back_off(name)
            await self.clock.sleep(pause)

    async def _once(self, name: str, source: Source) -> timedelta:
        """Listens until that ends, and says how it ended; when to try again. Raises Overloaded, Stale."""
        try:
            await self._while_ours(name, source)
        except SourceBusy as busy:
            await self._say(name, SourceState.DOWN, str(busy))
            return max(busy.after, FIRST_BACK_OFF)
        except SourceShut as shut:
            await self._say(name, SourceState.SHUT, str(shut))
            return SHUT_FOR
        except SourceDown as down:
            await self._say(name, SourceState.DOWN, str(down))
            return self._back_off(name)
        except (Overloaded, Stale):
            raise
        except Exception:  # whatever a network made of it, it is tried again
            log.exception("a source failed", source=name)
            await self._say(name, SourceState.DOWN, SURPRISE)
            return self._back_off(name)
        # What the other replica finds out is its to tell.
        self._said.pop(name, None)
        self.watched.is_elsewhere(name)
        return ELSEWHERE

    async def _while_ours(self, name: str, source: Source) -> None:
        """Listens for as long as this process is the one that may; returns when another one is."""
        hold = await self.book.take(name, LEASE)
        if hold is None:
            return
        listening = asyncio.create_task(self._listen(hold, source))
        losing = asyncio.create_task(self._lost(hold))
        patience = timedelta(0)
        try:
            await asyncio.wait((listening, losing), return_when=asyncio.FIRST_COMPLETED)
            if listening.cancelled():
                # By itself: somebody who cancels this waits for no result.
                raise SourceDown(ENDED)
            for task in (listening, losing):
                if task.done():
                    task.result()
        except SourceLost:
            log.info("another replica listens now", source=name)
        except SourceBusy as busy:
            patience = min(busy.after, PATIENCE)
            raise
        finally:
            for task in (listening, losing):
                task.cancel()
            await asyncio.gather(listening, losing, return_exceptions=True)
            with suppress(Overloaded, Stale):
                await self._let_go(hold, patience)

    async def _let_go(self, hold: SourceHold, patience: timedelta) -> None:
        """Another replica may listen at once; where the network asked all of us for patience, after that."""
        if patience:
            await self.book.renew(hold, patience)
        else:
            await self.book.release(hold)

    async def _lost(self, hold: SourceHold) -> None:
        """Renews the hold until it is lost."""
        while True:
            await self.clock.sleep(RENEW)
            try:
                if not await self.book.renew(hold, LEASE):
                    return
            except (Overloaded, Stale):
                # The database is away: every append is fenced, so nothing wrong can come of listening on.
                continue

    async def _listen(self, hold: SourceHold, source: Source) -> None:
        """Raises SourceDown when the source ends, and whatever it raises."""
        brings = source.listen(hold.cursor)
        try:
            async for batch in brings:
                await self._store(hold, batch)
                await self._say(hold.name, SourceState.WELL)
        finally:
            if isinstance(brings, AsyncGenerator):
                # Stopped between two batches it still has its connection to close, before another one opens its own.
                await brings.aclose()
        raise SourceDown(ENDED)

    async def _store(self, hold: SourceHold, batch: Batch) -> None:
        if not (batch.mentions or batch.removed or batch.cursor is not None):
            return
        marked = [replace(one, extra={**one.extra, VIA: hold.name}) for one in batch.mentions]
        appended = await self._patiently(hold, replace(batch, mentions=marked))
        if marked or batch.removed:
            self.watched.brought(hold.name, *appended, len(batch.removed))

    async def _patiently(self, hold: SourceHold, batch: Batch) -> tuple[int, int]:
        """A full queue is waited for: the network keeps the rest meanwhile."""
        while True:
            try:
                appended = await self.book.append(hold, batch)
                return appended.accepted, appended.duplicates
            except (Overloaded, Stale) as full:
                after = full.retry_after if isinstance(full, Overloaded) else 1
                await self.clock.sleep(timedelta(seconds=after))

    async def _say(self, name: str, state: SourceState, said: str = "") -> None:
        if state is SourceState.WELL:
            self._failures[name] = 0
        if self._said.get(name) == (state, said):
            return
        try:
            before = await self.book.say(
                name, state, said, telling=lambda was: self.telling(was, state, said)
            )
        except (Overloaded, Stale):
            # Said again with the next thing it brings.
            return
        self._said[name] = (state, said)
        self.watched.is_now(name, state)
        if before is not None:
            log.info("a source changed", source=name, state=state.value, said=said)

    def _back_off(self, name: str) -> timedelta:
        failures = self._failures.get(name, 0)
        self._failures[name] = failures + 1
        longest: timedelta = min(FIRST_BACK_OFF * 2 ** min(failures, 10), LONGEST_BACK_OFF)
        return longest * self.random.uniform(0.5, 1)
