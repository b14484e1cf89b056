"""Units of work and the repositories in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Protocol, Self

from bot.domain.case import Case, State
from bot.domain.events import Event
from bot.domain.mention import Mention
from bot.domain.people import PersonId
from bot.ports.jobs import Job, Jobs


class Stale(Exception):
    """Somebody else saved first, or the database asks to try again. The work may be run again from its start."""


class AlreadyDone(Exception):
    """This very event of the platform was handled before; its effect stands."""


class JobLost(Exception):
    """The timer's lease passed to another worker, so nothing of this run was saved."""


class Overloaded(Exception):
    """The writer's queue is full; `retry_after` in seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; every field that is set must hold. Ordered by priority, then by what is due first."""

    departments: tuple[str, ...] | None = None
    communities: tuple[str, ...] | None = None
    states: tuple[State, ...] = (State.OPEN, State.CLAIMED)
    owner: PersonId | None = None
    offered_to: tuple[str, ...] | None = None
    escalated: bool | None = None
    due_before: datetime | None = None
    awake_at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits in one department: cases that nobody has, since when the oldest of them, and cases that are claimed."""

    unclaimed: int = 0
    claimed: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A key under which mentions find their case: a network's thread, or an author in a community."""

    key: str
    case_id: int
    last_at: datetime


class Cases(Protocol):
    async def get(self, case_id: int) -> Case:
        """Raises NoSuchCase."""

    async def number(self) -> int:
        """A number never used before. Gaps are possible."""

    async def save(self, case: Case) -> None:
        """Stores the case, its pending events and the jobs that follow. Once per work and case."""

    async def find(self, which: CaseFilter, *, limit: int = 20, offset: int = 0) -> Sequence[Case]: ...
    async def count(self, which: CaseFilter) -> int: ...
    async def queues(
        self, departments: Sequence[str], communities: Sequence[str] | None = None
    ) -> Mapping[str, Queue]:
        """Each department's queue, in these communities only where given; a department without cases is missing."""

    async def history(self, case_id: int, *, limit: int = 50) -> Sequence[Event]:
        """Newest first."""

    async def event(self, case_id: int, seq: int) -> Event | None: ...
    async def threads(self, keys: Iterable[str]) -> Mapping[str, Thread]: ...
    async def link(self, threads: Iterable[Thread]) -> None:
        """Keys that lead to a case from now on. A key that another work linked meanwhile makes this one stale."""


class Mentions(Protocol):
    async def new(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        """Mentions without a case, oldest first."""

    async def revisions(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        """Newer texts of mentions that have a case, not shown yet."""

    async def file(self, mention: Mention, case_id: int) -> None:
        """The mention belongs to the case. Stale when it was filed meanwhile."""

    async def revise(self, mention: Mention) -> None:
        """The newer text stands from now on; the old one is kept."""

    async def set_aside(self, mention: Mention, reason: str) -> None: ...
    async def add(self, mention: Mention) -> int:
        """A mention a person brought, to be filed by this very work; its id."""

    async def of(self, case_id: int, *, limit: int = 5) -> Sequence[Mention]:
        """Newest first."""

    async def get(self, mention_id: int) -> Mention | None: ...
    async def by_link(self, url: str) -> Mention | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the digest counts, for one department between two moments (UTC)."""

    opened: int = 0
    resolved: int = 0
    dismissed: int = 0
    responded: int = 0
    in_time: int = 0
    missed: int = 0
    handed_in: int = 0
    handed_out: int = 0
    escalations: int = 0
    by_hour: tuple[int, ...] = ()


class Tallies(Protocol):
    async def between(self, department: str, start: datetime, end: datetime) -> Tally:
        """`by_hour` counts cases opened in each full hour from `start`."""

    async def posted(self, channel: str, kind: str, local_date: date) -> bool:
        """Whether that digest is in the channel already."""


class Work(Protocol):
    """One unit of work: reads a snapshot, collects writes, and leaving it without an error commits them together."""

    @property
    def cases(self) -> Cases: ...
    @property
    def mentions(self) -> Mentions: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def jobs(self) -> Jobs: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose unit of work it is: the event id makes it once-only, the job is finished with it."""

    event_id: str | None = None
    place: str = ""
    job: Job | None = None


class Store(Protocol):
    """Gives out units of work."""

    def work(self, origin: Origin) -> Work: ...
