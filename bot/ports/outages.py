"""What the desk knows of the times in which it did not work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.alarms.outage import Backlog, Outage
from bot.domain.people import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What one department's cases went through because of an outage."""

    posts: int = 0
    missed: int = 0
    prolonged: int = 0
    woken: int = 0


class Outages(Protocol):
    """Outages within a unit of work. All times are business time, UTC."""

    async def get(self, outage_id: int) -> Outage | None: ...
    async def last(self) -> Outage | None:
        """The newest one; None when the desk never was down."""

    async def between(self, start: datetime, end: datetime) -> Sequence[Outage]:
        """Those that reach into that time, oldest first."""

    async def waiting(self, outage: Outage, now: datetime) -> bool:
        """Whether posts still wait to be filed, or clocks that ran out meanwhile to be looked at."""

    async def meanwhile(self, outage: Outage, departments: Sequence[str]) -> Mapping[str, Meanwhile]: ...
    async def paged(self, outage: Outage, person: PersonId, start: datetime, end: datetime) -> Sequence[int]:
        """The cases about which that person was paged because of the outage, from `start` until before `end`."""

    async def caught_up(self, outage: Outage, at: datetime) -> None:
        """Everything that waited is filed and told from now on."""

    async def tell(self, outage: Outage, whom: str, backlog: Backlog) -> None:
        """What is told to a department or a person, as it stood when it was told first."""

    async def told(self, outage_id: int, whom: str) -> Backlog | None:
        """What was told to a department or a person; None where they were told nothing."""
