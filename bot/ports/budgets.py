"""How much may be said to a chat platform, and whose turn it is: for one process alone, or for all replicas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` calls at once, then one every `each`. The last `reserve` of a burst are for what is urgent."""

    burst: int
    each: timedelta
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """`most` calls within `span`. The last `reserve` of them are for what is urgent."""

    most: int
    span: timedelta
    reserve: int = 0


Limits: TypeAlias = Rate | tuple[Window, ...]
"""An even rate, or windows that all have to have room; no window at all where only a platform's wish to wait counts."""


class Budgets(Protocol):
    """Budgets by name, in real time. A name always comes with the same limits."""

    async def take(self, limits: Mapping[str, Limits], *, urgent: bool) -> timedelta:
        """Zero when the call may be made now, and then it counts in all of these budgets; else how long to wait, and
        nothing counts."""

    async def block(self, name: str, after: timedelta) -> None:
        """The platform asks to wait: nothing of that name passes for so long."""
