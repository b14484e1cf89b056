"""A case: what one person answers for. Its data, and the moves that every case knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.events import Datum, Event, Kind
from bot.domain.people import PersonId
from bot.domain.refusals import Closed
from bot.domain.roles import Actor


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

    `failed` says that the page could not be delivered.
    """

    number: int
    person: PersonId
    at: datetime
    rung: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """`climb_at` is when the next rung is due; None when there is none left. `over_at` ends it.

    `step` and `round` name the next step; `passed_by` are not asked again.
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
class Case:
    """All times are UTC business time. `pending` are the events of moves not saved yet.

    `seen_in` are the departments whose channels show the card: all that ever had the case, were offered it or were
    asked about it; `consulted` are those that were asked.

    A merged case keeps its own mentions, history and number: `merged_into` says who answers for it now, and that one
    lists it in `absorbed`. So taking a merge back moves nothing.
    """

    id: int
    community: str
    department: str
    priority: Priority
    opened_at: datetime
    service: Service
    state: State = State.OPEN
    version: int = 0
    seq: int = 0
    marks: tuple[str, ...] = ()
    owner: PersonId | None = None
    owner_acted_at: datetime | None = None
    claimed_at: datetime | None = None
    lease: Lease | None = None
    offer: Offer | None = None
    waiting: Waiting | None = None
    snoozed_until: datetime | None = None
    escalation: Escalation | None = None
    restricted_to: tuple[str, ...] = ()
    closed_at: datetime | None = None
    outcome: str | None = None
    mentions: int = 0
    last_mention_at: datetime | None = None
    last_by: PersonId | None = None
    last_at: datetime | None = None
    last_kind: Kind | None = None
    seen_in: tuple[str, ...] = ()
    handoffs: int = 0
    consults: tuple[Consult, ...] = ()
    consulted: tuple[str, ...] = ()
    linked_to: int | None = None
    merged_into: int | None = None
    absorbed: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    pending: tuple[Event, ...] = ()

    @property
    def closed(self) -> bool:
        return self.state in (State.RESOLVED, State.DISMISSED)

    @property
    def escalating(self) -> bool:
        return self.escalation is not None and self.escalation.running


def record(case: Case, kind: Kind, by: Actor, at: datetime, **data: Datum) -> Case:
    """The case with one more pending event; the last actor is who did it."""
    event = Event(
        kind=kind,
        at=at,
        by=by.id,
        department=case.department,
        data=data,
        seq=case.seq + len(case.pending) + 1,
    )
    acted = at if by.id == case.owner else case.owner_acted_at
    return replace(
        case, pending=(*case.pending, event), last_by=by.id, last_at=at, last_kind=kind, owner_acted_at=acted
    )


_OWNERS = frozenset(
    {"release", "extend", "note", "handoff", "consult", "snooze", "wait", "resolve", "dismiss"}
)


def authorise(case: Case, by: Actor, verb: str) -> None:
    """Raises NotAllowed unless `by` may. Whoever holds the case may do all that belongs to holding it:
    a champion who took it has no role in the department."""
    if case.owner == by.id and verb in _OWNERS:
        return
    by.must(verb, case.department, case.community)


def must_be_open(case: Case) -> None:
    """Raises Closed for a resolved or dismissed case."""
    if case.closed:
        raise Closed(case.id, case.state.value)
