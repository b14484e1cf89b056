"""Listening by the best way that works now: another when it fails, and the better one again later."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.sources.mastodon.api import Api
from adapters.sources.mastodon.streams import OPENED, Ended, Event, NotOffered, Way, stream

log = structlog.get_logger(__name__)

AGAIN: Final = timedelta(minutes=10)
"""When a way that the server does not offer is tried again: servers are updated."""

SOON: Final = timedelta(minutes=1)
"""When a way that failed is tried again."""

HELD: Final = timedelta(seconds=30)
"""A stream that held for so long may be opened again at once: servers restart, networks hiccup."""

_WAITING: Final = 500
_STREAMS: Final = (Way.WEBSOCKET, Way.EVENTS)


@dataclass(frozen=True, slots=True)
class Lost:
    """The stream ended, or never began."""

    offered: bool
    why: str


@dataclass(slots=True, kw_only=True)
class Ear:
    """One stream at a time, read ahead a little while its events are stored."""

    api: Api
    streaming: str
    way: Way = Way.ASKING
    """How news come now; a stream counts once it is open."""

    _trying: Way | None = None
    _task: asyncio.Task[None] | None = None
    _heard: asyncio.Queue[Event | Lost] = field(default_factory=lambda: asyncio.Queue(_WAITING))
    _not_before: dict[Way, datetime] = field(default_factory=dict)
    _since: datetime | None = None

    async def next(self, until: datetime) -> Event | None:
        """What the server told; OPENED when a stream begins or ended, so that what was missed is asked for. None when
        it is `until` (real time)."""
        while True:
            await self._choose()
            heard = await self._within(until)
            if isinstance(heard, Lost):
                opened = self.way is not Way.ASKING
                self._lost(heard)
                if opened:
                    return OPENED
                continue
            if heard is OPENED:
                self.way = self._trying or Way.ASKING
                self._since = self.api.clock.real()
                log.info("a Mastodon server streams", server=self.api.host, way=str(self.way))
            return heard

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._heard = asyncio.Queue(_WAITING)
        self.way, self._trying = Way.ASKING, None

    async def _choose(self) -> None:
        """Opens the best stream that may be tried now, unless it is the one that runs."""
        now = self.api.clock.real()
        best = next((way for way in _STREAMS if self._not_before.get(way, now) <= now), None)
        if best is None or best is self._trying:
            return
        if self._trying is not None and _STREAMS.index(best) > _STREAMS.index(self._trying):
            return
        await self.close()
        self._trying = best
        self._task = asyncio.create_task(self._read(best, self._heard))

    async def _read(self, way: Way, into: asyncio.Queue[Event | Lost]) -> None:
        lost = Lost(True, "it ended")
        try:
            async with aclosing(stream(way, self.api, self.streaming)) as events:
                async for event in events:
                    await into.put(event)
        except NotOffered as error:
            lost = Lost(False, str(error))
        except Ended as error:
            lost = Lost(True, str(error))
        except Exception:  # the edge: a stream's surprise must not keep us from asking
            log.exception("a stream failed", server=self.api.host)
        await into.put(lost)

    async def _within(self, until: datetime) -> Event | Lost | None:
        if not self._heard.empty():
            return self._heard.get_nowait()
        wait = until - self.api.clock.real()
        if wait <= timedelta(0):
            return None
        hearing = asyncio.create_task(self._heard.get())
        waiting = asyncio.ensure_future(self.api.clock.sleep(wait))
        try:
            await asyncio.wait((hearing, waiting), return_when=asyncio.FIRST_COMPLETED)
            return hearing.result() if hearing.done() else None
        finally:
            for task in (hearing, waiting):
                task.cancel()
            await asyncio.gather(hearing, waiting, return_exceptions=True)

    def _lost(self, lost: Lost) -> None:
        now, way = self.api.clock.real(), self._trying
        held = self._since is not None and now - self._since >= HELD
        if way is not None:
            self._not_before[way] = now + (AGAIN if not lost.offered else timedelta(0) if held else SOON)
            log.info("a Mastodon server's stream is lost", server=self.api.host, way=str(way), why=lost.why)
        self._task, self._trying, self.way, self._since = None, None, Way.ASKING, None
