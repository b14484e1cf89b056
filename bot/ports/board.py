"""What the board of all departments counts: a few questions, each answered for every department at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One department's open cases. `late` broke the promise that is next, `oldest` is when the oldest case that
    nobody has was opened (UTC), `offered` are handoffs that wait for this department's answer."""

    unclaimed: int = 0
    claimed: int = 0
    late: int = 0
    escalated: int = 0
    offered: int = 0
    oldest: datetime | None = None


class Board(Protocol):
    """Counts only: nothing a customer or a colleague wrote. `communities` limits what is counted; None does not."""

    async def loads(
        self, departments: Sequence[str], communities: Collection[str] | None, now: datetime
    ) -> Mapping[str, Load]:
        """A department without open cases and offers may be missing."""

    async def arrivals(
        self, departments: Sequence[str], communities: Collection[str] | None, start: datetime, end: datetime
    ) -> Mapping[str, Sequence[int]]:
        """Cases opened or reopened in each full hour from `start` (UTC); a department without any is missing."""
