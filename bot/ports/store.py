"""Units of work and the repositories in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Protocol, Self

from bot.domain.alarms.freeze import Freeze
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.mention import Mention
from bot.domain.parts import State
from bot.domain.people import PersonId
from bot.domain.shifts.absence import Absence
from bot.ports.board import Board
from bot.ports.copies import Leads
from bot.ports.jobs import Job, Jobs
from bot.ports.mutes import Mutes
from bot.ports.outages import Outages
from bot.ports.reports import Reports
from bot.ports.signin import Links


class Stale(Exception):
    """Somebody else saved first, or the database asks to try again. The work may be run again from its start."""


class AlreadyDone(Exception):
    """This very event of the platform was handled before; its effect stands."""


class JobLost(Exception):
    """The timer's lease passed to another worker, so nothing of this run was saved."""


class Overloaded(Exception):
    """Nothing was written, and the same may be tried again: the writer's queue is full, or the database is away or
    cannot write. `retry_after` in seconds; `why` is a sentence where somebody has to see to it, else empty."""

    def __init__(self, retry_after: int = 1, why: str = "") -> None:
        super().__init__(retry_after)
        self.retry_after, self.why = retry_after, why


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; every field that is set must hold. Ordered by priority, then by what is due first; what holds
    words (`text`) and is still open comes before what is closed.

    With `unanswered`, those whose author has not heard from us, the longest wait first. With `visible_to`, of the
    restricted ones only those that one of these departments or people (by e-mail) may see.
    """

    departments: tuple[str, ...] | None = None
    communities: tuple[str, ...] | None = None
    states: tuple[State, ...] = (State.OPEN, State.CLAIMED)
    owner: PersonId | None = None
    offered_to: tuple[str, ...] | None = None
    offered: bool = False
    handed_to: tuple[PersonId, ...] | None = None
    escalated: bool | None = None
    due_before: datetime | None = None
    awake_at: datetime | None = None
    unanswered: bool = False
    visible_to: tuple[str, ...] | None = None
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
    async def count(self, which: CaseFilter, *, most: int | None = None) -> int:
        """How many; with `most`, counting stops there."""

    async def queues(
        self, departments: Sequence[str], communities: Sequence[str] | None = None, *, most: int
    ) -> Mapping[str, Queue]:
        """Each department's queue, in these communities only where given, counted up to `most`; a department without
        cases is missing."""

    async def holders(self) -> frozenset[PersonId]:
        """Everybody who has an open case, or is asked to take one over."""

    async def history(self, case_id: int, *, limit: int = 50) -> Sequence[Event]:
        """Newest first."""

    async def event(self, case_id: int, seq: int) -> Event | None: ...
    async def second_thoughts(self, by: PersonId, *, since: datetime) -> Sequence[tuple[int, Event]]:
        """This person's newest acts of the kinds that can be taken back: (case, event), newest first."""

    async def tags_in_use(self, department: str, *, since: datetime, limit: int = 8) -> Sequence[str]:
        """The tags that the department's cases were given most often since then."""

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

    async def move(self, mention: Mention, case_id: int) -> None:
        """The mention belongs to that case instead of its own. Stale when it moved meanwhile."""

    async def set_aside(self, mention: Mention, reason: str) -> None: ...
    async def add(self, mention: Mention) -> int:
        """A mention a person brought, to be filed by this very work; its id."""

    async def of(self, case_id: int, *, limit: int = 5) -> Sequence[Mention]:
        """Newest first, with those of cases that were merged into it."""

    async def get(self, mention_id: int) -> Mention | None: ...
    async def by_link(self, url: str) -> Mention | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the digest counts, for one department between two moments (UTC). First responses that were missed because
    the desk was down count in `missed_in_outage` and not in `missed`."""

    opened: int = 0
    resolved: int = 0
    dismissed: int = 0
    responded: int = 0
    in_time: int = 0
    missed: int = 0
    missed_in_outage: int = 0
    handed_in: int = 0
    handed_out: int = 0
    escalations: int = 0
    by_hour: tuple[int, ...] = ()


class Freezes(Protocol):
    """What may not be published now."""

    async def standing(self, case: Case) -> Freeze | None:
        """The stop that holds for this case, the widest one; None where it may be published."""

    async def must_be_thawed(self, case: Case) -> None:
        """For the work that publishes: raises Frozen. A freeze that commits before this work makes it stale, so
        that nothing leaves after "frozen" was answered, whichever replica heard it."""

    async def of(self, scope: str) -> Freeze | None: ...
    async def every(self) -> Sequence[Freeze]:
        """The oldest first."""

    async def freeze(self, freeze: Freeze) -> None:
        """From now on. Stale when somebody froze the same meanwhile. What is wider than a case is recorded here."""

    async def thaw(self, freeze: Freeze, *, by: PersonId, at: datetime, why: str) -> None:
        """Not any more. Stale when somebody thawed it meanwhile. What is wider than a case is recorded here."""

    async def concerned(self, scope: str, *, after: int, limit: int) -> Sequence[Case]:
        """Its open cases with higher numbers than `after`, in their order."""


class AbsenceBook(Protocol):
    """Who is away. What is in force is read from the policy's live absences; this is where they are kept."""

    async def everyone(self) -> Sequence[Absence]: ...
    async def keep(self, absence: Absence, kind: Kind, *, by: PersonId, at: datetime) -> None:
        """In place of what was known of that person; recorded as an event of that kind."""

    async def end(self, person: PersonId, *, by: PersonId, at: datetime) -> None:
        """They are here again."""


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
    def freezes(self) -> Freezes: ...
    @property
    def absences(self) -> AbsenceBook: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def board(self) -> Board: ...
    @property
    def outages(self) -> Outages: ...
    @property
    def leads(self) -> Leads: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def mutes(self) -> Mutes: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def links(self) -> Links: ...

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
