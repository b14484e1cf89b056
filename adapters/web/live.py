"""Live updates: one reader of the web chat's memory, many open pages, over server-sent events.

The memory is asked for changes twice a second, so that words written by other processes appear too; what this
process writes is nudged and appears at once. While no page is open, nothing is asked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from bot.ports import Clock, WebLog, WebMessage

POLL: Final = timedelta(milliseconds=500)
HEARTBEAT: Final = timedelta(seconds=15)
AFTER_ERROR: Final = timedelta(seconds=3)

MOST_BEHIND: Final = 200
"""Changes that a returning page is sent one by one; one that missed more is told to load anew."""

MOST_WAITING: Final = 512
"""Events that wait for one slow page before it is dropped; it comes back by itself and resumes."""

_CLOCK_MOVED: Final = timedelta(seconds=2)
_HOUR: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing to tell pages: `message` for those who see its conversation, else `data` for all.

    `id` is the change number after which a page that has this event resumes.
    """

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    message: WebMessage | None = None
    id: int | None = None

    def encoded(self, show: Callable[[WebMessage], Mapping[str, Any]]) -> bytes:
        head = f"id: {self.id}\n" if self.id is not None else ""
        data = show(self.message) if self.message else self.data
        return f"{head}event: {self.kind}\ndata: {json.dumps(data)}\n\n".encode()


@dataclass(slots=True, eq=False)
class Page:
    """One open page's events; None ends it, because it was too slow or the hub closed."""

    sees: Callable[[str], bool]
    waiting: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    dropped: bool = False

    def tell(self, event: Event) -> None:
        """Queues what the page may see. A page with a full queue is dropped, not waited for."""
        if self.dropped or (event.message is not None and not self.sees(event.message.conversation)):
            return
        if self.waiting.full():
            self.drop()
        else:
            self.waiting.put_nowait(event)

    def drop(self) -> None:
        self.dropped = True
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(None)


class LiveHub:
    """Tells every open page what changed. Close it when the application begins to shut down."""

    def __init__(self, log: WebLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._pages: set[Page] = set()
        self._open = 0
        self._at: int | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._closed = False
        self._told = (datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), 1.0)

    @property
    def pages(self) -> int:
        """How many pages are open, for metrics."""
        return len(self._pages)

    def nudge(self) -> None:
        """Something changed just now."""
        self._changed.set()

    @asynccontextmanager
    async def open(self, sees: Callable[[str], bool], after: int | None) -> AsyncIterator[Page]:
        """A page that is told what changed since change number `after`, or from now on."""
        page = Page(sees)
        self._open += 1
        try:
            if self._closed:
                page.drop()
            else:
                at = await self._join()
                await self._catch_up(page, at if after is None else after)
                self._pages.add(page)
            yield page
        finally:
            self._open -= 1
            self._pages.discard(page)

    async def close(self) -> None:
        """Ends every page and the reader; pages that open afterwards end at once."""
        self._closed = True
        for page in self._pages:
            page.drop()
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader

    async def _join(self) -> int:
        """Where the reader is. It starts with the first page, at what is newest then."""
        if self._at is None:
            newest = await self._log.newest()
            if self._at is None:
                self._at = newest
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return self._at

    async def _catch_up(self, page: Page, after: int) -> None:
        """Brings the page to where the reader is, without a pause before it joins the others."""
        page.tell(Event(kind="clock", data=clock_json(self._clock)))
        at = self._at or 0
        if not at - MOST_BEHIND <= after <= at:
            page.tell(Event(kind="reload"))
            after = at
        while after < (self._at or 0):
            after, events = await self._since(after)
            for event in events:
                page.tell(event)
        page.tell(Event(kind="hello", id=after))

    async def _read(self) -> None:
        try:
            while self._open:
                self._changed.clear()
                pause = POLL
                try:
                    await self._tell_changes()
                except Exception:
                    # Pages stay open while the database is away; the next look may succeed.
                    log.exception("the web chat could not be read")
                    pause = AFTER_ERROR
                self._tell_time()
                await self._rest(pause)
        finally:
            self._at = None

    async def _tell_changes(self) -> None:
        full = True
        while full:
            before = self._at or 0
            self._at, events = await self._since(before)
            for event in events:
                for page in tuple(self._pages):
                    page.tell(event)
            full = self._at > before

    async def _since(self, after: int) -> tuple[int, Sequence[Event]]:
        """What changed, each message as it is now; the last event carries the change number."""
        newest, ids = await self._log.changed(after)
        events = [_event(number, await self._log.get(number)) for number in ids]
        if events:
            events[-1] = replace(events[-1], id=newest)
        return max(newest, after), events

    def _tell_time(self) -> None:
        """A heartbeat, which also says how far the page has got; sooner when the clock was moved."""
        real, now, rate = self._clock.real(), self._clock.now(), rate_of(self._clock)
        told_real, told_now, told_rate = self._told
        expected = told_now + (real - told_real) * told_rate
        if real - told_real < HEARTBEAT and rate == told_rate and abs(now - expected) < _CLOCK_MOVED:
            return
        self._told = (real, now, rate)
        for page in tuple(self._pages):
            page.tell(Event(kind="clock", data=clock_json(self._clock), id=self._at))

    async def _rest(self, pause: timedelta) -> None:
        """Until something was nudged, but no longer than `pause`."""
        asleep = asyncio.ensure_future(self._clock.sleep(pause))
        nudged = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait((asleep, nudged), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asleep.cancel()
            nudged.cancel()


def _event(number: int, message: WebMessage | None) -> Event:
    return Event(kind="message", message=message) if message else Event(kind="gone", data={"id": number})


def clock_json(clock: Clock) -> dict[str, Any]:
    """Business time (ISO 8601, UTC), how fast it runs, and whether it is anything else than real time."""
    rate, ahead = rate_of(clock), abs(clock.now() - clock.real())
    return {"now": clock.now().isoformat(), "rate": rate, "differs": rate != 1.0 or ahead > _CLOCK_MOVED}


def rate_of(clock: Clock) -> float:
    """Business seconds per real second, rounded to a thousandth; 0 for a clock that is moved by hand."""
    delay = clock.real_delay(clock.now() + _HOUR)
    return round(_HOUR / delay, 3) if delay > timedelta(0) else 0.0
