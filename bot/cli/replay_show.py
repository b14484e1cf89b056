"""How a replay looks: a bar on a terminal, a line now and then elsewhere, and the account at its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from adapters.replay import Progress

LINE_EVERY: Final = 5.0
"""Seconds between plain lines."""

NOTHING_LEFT: Final = "Nothing is left to send: an earlier run of %s came this far already. Use --again to send it from its start."
WENT_ON: Final = "Went on at %.0f %% of %s, where an earlier run ended."
ACCOUNT: Final = "Read %s: %s accepted, %s known already, %s rejected, stored in %.1f s (%s a second)."
NOT_TAKEN: Final = "  line %d %s"
MORE: Final = "  and %d more"
FILED: Final = "The desk had filed them all after %.1f s."
STORED: Final = "All of it is stored; the desk files it when it runs."


class Shows:
    """Shows a replay while the block lasts. `read` is how many lines it heard of."""

    def __init__(self, stream: TextIO, *, now: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(file=stream)
        self._now = now
        self._said_at = now()
        self.read = 0
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("replay", total=None, rate="")
        self._begun = False

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        self._bar.stop()

    def tell(self, progress: Progress) -> None:
        self.read = progress.read
        if not self._begun:
            # What an earlier run did says nothing of how fast this one is.
            self._begun = True
            self._bar.reset(self._task, total=progress.size, completed=progress.position)
        said, rate = _doing(progress), f"{progress.rate:,.0f}/s" if progress.read else ""
        self._bar.update(
            self._task, total=progress.size, completed=progress.position, description=said, rate=rate
        )
        if not self._console.is_terminal and self._now() - self._said_at >= LINE_EVERY:
            self._said_at = self._now()
            self._console.print(
                f"{_share(progress.position, progress.size):.0f} % {said} {rate}", highlight=False
            )


def summary(progress: Progress, file: Path, *, waited: bool) -> str:
    """What happened, with the first reasons why lines were not taken."""
    if progress.resumed_at and not progress.read:
        return NOTHING_LEFT % file
    lines = [WENT_ON % (_share(progress.resumed_at, progress.size), file)] if progress.resumed_at else []
    numbers = (progress.read, progress.accepted, progress.duplicates, progress.rejected)
    lines.append(ACCOUNT % (*(f"{n:,}" for n in numbers), progress.seconds, f"{progress.rate:,.0f}"))
    lines += [NOT_TAKEN % reason for reason in progress.first_reasons]
    if progress.rejected > len(progress.first_reasons):
        lines.append(MORE % (progress.rejected - len(progress.first_reasons)))
    lines.append(FILED % progress.filed_after if waited else STORED)
    return "\n".join(lines)


def _doing(progress: Progress) -> str:
    if progress.unfiled is not None:
        return f"{progress.unfiled:,} still to be filed"
    if progress.next_in >= timedelta(seconds=2):
        return f"{progress.read:,} read, the next one in {_clock(progress.next_in)}"
    return f"{progress.read:,} read"


def _clock(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0
