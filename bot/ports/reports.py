"""What digests and standings read: facts of a time, promises, and what people talked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.domain.digests.topics import Talk
from bot.domain.events import Event, Kind
from bot.domain.parts import Rest, State

if TYPE_CHECKING:
    from bot.ports.store import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Cases of these departments and communities; None for all of them."""

    departments: tuple[str, ...] | None = None
    communities: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened to a case of that community."""

    case_id: int
    community: str
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A case whose author waits, or waited, since `since`. `rests` are the times in which its resolve clock stood."""

    department: str
    state: State
    since: datetime
    responded_at: datetime | None = None
    closed_at: datetime | None = None
    rests: tuple[Rest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What was talked about, and the cases that most posts came to: (case, how many), the busiest first."""

    talk: Talk = field(default_factory=Talk)
    busiest: tuple[tuple[int, int], ...] = ()


class Reports(Protocol):
    """Reads over a time [start, end), UTC. Nothing here walks through more than what happened in it."""

    async def tally(self, communities: Sequence[str], start: datetime, end: datetime) -> Tally:
        """What happened in these communities, in all departments together."""

    async def opened(self, scope: Scope, start: datetime, end: datetime) -> Mapping[str, int]:
        """Cases opened or reopened, by community. Those merged into another one are left out."""

    async def promised(
        self, community: str, start: datetime, end: datetime, *, undone_at: datetime, rests: bool = False
    ) -> Sequence[Promised]:
        """The cases whose clocks began in that time and that had not been answered at `undone_at` (with `rests`: not
        been closed, and then their times of waiting are read). Those merged into another one are left out."""

    async def facts(
        self,
        kinds: Collection[Kind],
        start: datetime,
        end: datetime,
        *,
        communities: Sequence[str] | None = None,
    ) -> Sequence[Fact]:
        """In all departments, oldest first."""

    async def facts_of(
        self, cases: Collection[int], kinds: Collection[Kind], end: datetime
    ) -> Sequence[Fact]:
        """All that happened to these cases before `end`, in the order of each case's history."""

    async def spoken(
        self, scope: Scope, start: datetime, end: datetime, *, busy: int, hidden: Sequence[str]
    ) -> Spoken:
        """Posts of cases that everybody may see; no words of restricted ones. `busiest` are cases with at least
        `busy` posts, restricted ones among them. `hidden` are names that are no topic."""

    async def tags(
        self, scope: Scope, start: datetime, end: datetime, *, most: int
    ) -> Sequence[tuple[str, int]]:
        """The tags that cases everybody may see were given, the most frequent first."""
