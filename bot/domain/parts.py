"""What a case is made of: its claim, its offers, its clocks, its escalation, what it gathers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.events import Kind
from bot.domain.people import PersonId


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class State(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A claim's time. While it is paused, `left` is its remaining running time and it cannot lapse."""

    since: datetime
    until: datetime
    warn_at: datetime
    warned: bool = False
    left: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A handoff that waits for its answer; `half_at` where the receiver's duty person is told once more at half.

    `event` is the number of the event that asked, 0 where it was not kept.
    """

    to: str
    by: PersonId
    note: str
    asked_at: datetime
    until: datetime
    half_at: datetime | None = None
    event: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A claim that its owner `by` offers to a colleague of the same side, with all their others: `cases` together.

    Until it is answered the case stays the owner's. At `until` it comes back; `event` is the number of the event that
    asked.
    """

    to: PersonId
    by: PersonId
    note: str
    asked_at: datetime
    until: datetime
    cases: tuple[int, ...]
    event: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """A question to another department that waits for its answer; `event` is the number of the event that asked."""

    to: str
    by: PersonId
    question: str
    asked_at: datetime
    until: datetime
    event: int


class WaitingFor(StrEnum):
    CUSTOMER = "customer"
    DEPARTMENT = "department"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    on: WaitingFor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One person asked by one rung of the ladder; pages of one rung share `rung`.

    `failed` says that the page could not be delivered; `instead_of` is who was meant and is away.
    `outage`: it is told together with all that waited through that outage of the desk. `ways` are the pagers by which
    it leaves beside the direct message.
    """

    number: int
    person: PersonId
    at: datetime
    rung: int = 0
    failed: bool = False
    outage: int = 0
    instead_of: PersonId | None = None
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """`climb_at` is when the next rung is due; None when there is none left. `over_at` ends it.

    `step` and `round` name the next step; `passed_by` are not asked again. One that stood still, or began, because of
    an `outage` of the desk pages each person once for all such cases.
    """

    policy: str
    why: str
    by: PersonId
    started_at: datetime
    step: int = 0
    round: int = 0
    climb_at: datetime | None = None
    pages: tuple[Page, ...] = ()
    passed_by: tuple[PersonId, ...] = ()
    acked_by: PersonId | None = None
    acked_at: datetime | None = None
    over_at: datetime | None = None
    over_by: PersonId | None = None
    outage: int = 0

    @property
    def running(self) -> bool:
        return self.over_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A time in which the resolve clock stood still; `until` is None while it does."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the customer is promised, counted from `since`. `told` names the warnings and misses told already.

    The first-response clock never pauses; while the case waits, `resolve_left` is what the other has left.
    `rests` are all the times it waited, so that its clock can be counted anew on other terms.
    """

    since: datetime
    first_due: datetime
    first_warn_at: datetime
    resolve_due: datetime
    resolve_warn_at: datetime
    responded_at: datetime | None = None
    resolve_left: timedelta | None = None
    rests: tuple[Rest, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """The newest act that can be taken back `until` then, and what the case was before it.

    `event` is the act's number; `withdrawn` are departments whose offer ended with it; `escalated_at` names the
    escalation that it ended, which was to climb at `climb_at`. `overtaken_by` did since then what contradicts it.
    """

    act: Kind
    event: int
    by: PersonId
    until: datetime
    department: str
    service: Service
    owner: PersonId | None = None
    claimed_at: datetime | None = None
    waiting: Waiting | None = None
    snoozed_until: datetime | None = None
    escalated_at: datetime | None = None
    climb_at: datetime | None = None
    withdrawn: tuple[str, ...] = ()
    overtaken_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One merge into a case, so that it can be taken back: what the case was before it, and its clocks `after`."""

    other: int
    by: PersonId
    at: datetime
    why: str
    priority: Priority
    raised_to: Priority
    marks: tuple[str, ...]
    service: Service
    after: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The posts of one kind in a cause: how many there are, and how many there were at their last page; 0: no page.

    `kind` names the marks that keep a post apart, "" for plain ones.
    """

    kind: str
    copies: int
    paged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What near-copies say, kept by the case that leads them. `surge`: they are many enough to be one case."""

    since: datetime
    told: tuple[Told, ...] = ()
    surge: bool = False

    @property
    def copies(self) -> int:
        return sum(told.copies for told in self.told)
