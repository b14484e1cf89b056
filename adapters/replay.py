"""Replay: a file of mentions through intake, at the pace it once came, faster, or as fast as it goes.

It may be interrupted at any time: a bookmark in the store says where to go on, and what is sent twice is taken once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from adapters.sources.mention_file import Line, lines_of, measure
from adapters.sources.mention_json import MentionReader
from bot.ports import Incoming, Intake, Overloaded, Stale

BATCH: Final = 500
TOLD_REASONS: Final = 5
BOOKMARK_EVERY: Final = timedelta(seconds=1)
LOOK_EVERY: Final = timedelta(milliseconds=200)
_TOGETHER: Final = timedelta(milliseconds=20)
"""Mentions that are due this close to one another are sent together."""


class Bookmarks(Protocol):
    """Remembers how far a file was read, in the same store that took its mentions."""

    async def bookmark(self, name: str) -> int | None: ...
    async def set_bookmark(self, name: str, value: int) -> None: ...


class Pace(Protocol):
    """Real time, for the gaps between mentions."""

    def real(self) -> datetime: ...
    async def sleep(self, delay: timedelta) -> None: ...


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far the replay is. `position` and `size` are bytes; `resumed_at` is where an earlier run ended.

    `read` counts this run's lines: accepted, duplicates and rejected; `first_reasons` are (line, reason).
    `seconds` is the time it took to store them; the desk had filed all under cases `filed_after` seconds.
    """

    size: int
    resumed_at: int = 0
    position: int = 0
    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    unfiled: int | None = None
    seconds: float = 0.0
    filed_after: float = 0.0
    next_in: timedelta = timedelta(0)
    first_reasons: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Mentions a second so far."""
        return self.read / self.seconds if self.seconds > 0 else 0.0


Tell = Callable[[Progress], None]


@dataclass(slots=True, kw_only=True)
class Replay:
    """One file on its way into the desk. `speed` None is as fast as it goes; `limit` counts from the file's start."""

    file: Path
    reader: MentionReader
    intake: Intake
    bookmarks: Bookmarks
    pace: Pace
    tell: Tell
    speed: float | None = 1.0
    limit: int | None = None
    again: bool = False
    _batch: list[Incoming] = field(default_factory=list)
    _name: str = ""
    _begun: datetime = field(init=False)
    _saved_at: datetime = field(init=False)
    _safe: int = 0
    _anchor: tuple[datetime, datetime] | None = None
    """(when the first mention was written, when it was sent)"""

    async def run(self) -> Progress:
        """Sends what an earlier run did not, and returns the account of this one. Raises OSError for the file.

        Cancelled, it leaves a bookmark behind what was sent; killed, the next run repeats at most a second of it.
        """
        measured = measure(self.file)
        self._name = f"replay:{measured.fingerprint}"
        start = 0 if self.again else await self.bookmarks.bookmark(self._name) or 0
        progress = Progress(size=measured.bytes, resumed_at=start, position=start)
        self._begun = self._saved_at = self.pace.real()
        self._safe = start
        self._tell(progress)
        try:
            for line in lines_of(self.file, self.reader, start=start):
                if self.limit is not None and line.place > self.limit:
                    break
                await self._wait_for(line, progress)
                await self._take(line, progress)
            await self._flush(progress)
        finally:
            await self._save()
        return progress

    async def wait_until_filed(self, unfiled: Callable[[], Awaitable[int]], progress: Progress) -> None:
        """Until the desk has a case for every mention."""
        while left := await unfiled():
            progress.unfiled = left
            self.tell(progress)
            await self.pace.sleep(LOOK_EVERY)
        progress.unfiled = 0
        progress.filed_after = self._elapsed()
        self.tell(progress)

    async def _wait_for(self, line: Line, progress: Progress) -> None:
        """Sleeps until the line's mention is due; what was due before it is sent first."""
        if self.speed is None or line.mention is None:
            return
        if self._anchor is None:
            self._anchor = line.mention.created_at, self.pace.real()
        written, sent = self._anchor
        wait = sent + (line.mention.created_at - written) / self.speed - self.pace.real()
        if wait > _TOGETHER:
            progress.next_in = wait
            await self._flush(progress)
            if wait <= BOOKMARK_EVERY:
                await self.pace.sleep(wait)
            else:
                await self._save()
                await self.pace.sleep(wait)
                self._saved_at = self.pace.real()
            progress.next_in = timedelta(0)

    async def _take(self, line: Line, progress: Progress) -> None:
        progress.read += 1
        progress.position = line.end
        if line.mention is None:
            progress.rejected += 1
            if len(progress.first_reasons) < TOLD_REASONS:
                progress.first_reasons.append((line.number, line.reason))
        else:
            self._batch.append(line.mention)
        if len(self._batch) >= BATCH:
            await self._flush(progress)
        if self.pace.real() - self._saved_at >= BOOKMARK_EVERY:
            await self._flush(progress)
            await self._save()

    async def _save(self) -> None:
        self._saved_at = self.pace.real()
        await self.bookmarks.set_bookmark(self._name, self._safe)

    async def _flush(self, progress: Progress) -> None:
        """Sends the batch, again for as long as the desk asks to wait."""
        while self._batch:
            try:
                appended = await self.intake.append(self._batch)
            except Overloaded as full:
                await self.pace.sleep(timedelta(seconds=full.retry_after))
            except Stale:
                await self.pace.sleep(LOOK_EVERY)
            else:
                progress.accepted += appended.accepted
                progress.duplicates += appended.duplicates
                self._batch = []
        self._safe = progress.position
        self._tell(progress)

    def _tell(self, progress: Progress) -> None:
        progress.seconds = self._elapsed()
        self.tell(progress)

    def _elapsed(self) -> float:
        return (self.pace.real() - self._begun).total_seconds()
