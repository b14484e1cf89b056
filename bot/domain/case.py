"""A case: what one person answers for. Its data, and the moves that every case knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.events import Datum, Event, Kind
from bot.domain.people import PersonId
from bot.domain.refusals import Closed
from bot.domain.replies.reply import Answered, PublicReply
from bot.domain.roles import DESK, Actor
from bot.domain.second_thoughts import contradicts
from bot.domain.surges.merge_refusals import Absorbed


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All times are UTC business time. `pending` are the events of moves not saved yet.

    `seen_in` are the departments whose channels show the card: all that ever had the case, were offered it or were
    asked about it; `consulted` are those that were asked. `language` is that of the newest post that names one.

    A merged case keeps its own mentions, history and number: `merged_into` says who answers for it now, and that one
    lists it in `absorbed`. So taking a merge back moves nothing. `mentions` and `reposts` count the absorbed ones.

    `akin_to` leads the near-copies among which this one stands apart; `alone`: a person took it out of another case, so
    the desk neither merges it nor adds copies to it.

    One that came while the desk was down names that outage in `backlog` until a person acts on it or its card is shown;
    `away` is the outage after which its card was shown.

    `reply` are the words to the public that are being written, approved or sent, one at a time; `answered` are those
    that stand there, oldest first. `helped_by` is a post in the thread by neither the customer nor us, the newest since
    the customer wrote.
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
    handover: Handover | None = None
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
    language: str | None = None
    linked_to: int | None = None
    merged_into: int | None = None
    absorbed: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    undoable: Undoable | None = None
    backlog: int = 0
    away: int = 0
    merges: tuple[Merge, ...] = ()
    cause: Cause | None = None
    akin_to: int | None = None
    alone: bool = False
    reposts: int = 0
    reply: PublicReply | None = None
    answered: tuple[Answered, ...] = ()
    helped_by: int | None = None
    pending: tuple[Event, ...] = ()

    @property
    def surging(self) -> bool:
        return self.cause is not None and self.cause.surge

    @property
    def one_by_one(self) -> bool:
        """Whether it gathers several customers. A public answer then belongs to one mention and is given to that author
        alone; to resolve the case settles them all for the desk and publishes nothing."""
        return self.surging or bool(self.absorbed)

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
        case,
        pending=(*case.pending, event),
        last_by=by.id,
        last_at=at,
        last_kind=kind,
        owner_acted_at=acted,
        backlog=case.backlog if by.id == DESK.id else 0,
        undoable=_still_undoable(case, kind, by),
    )


def _still_undoable(case: Case, done: Kind, by: Actor) -> Undoable | None:
    """What can be taken back once this is done, too."""
    kept = case.undoable
    if kept is None or kept.overtaken_by is not None:
        return kept
    ours = by.id == case.owner or (by.id != DESK.id and by.may("accept", case.department, case.community))
    return replace(kept, overtaken_by=by.id) if contradicts(kept.act, done, by_receiver=ours) else kept


_OWNERS = frozenset(
    {
        "release",
        "extend",
        "note",
        "handoff",
        "handover",
        "consult",
        "snooze",
        "wait",
        "resolve",
        "dismiss",
        "tag",
        "reply",
    }
)


def answers_for(case: Case, by: Actor) -> bool:
    """Whether `by` holds the case, or stands in for its owner, who is away."""
    return case.owner is not None and (case.owner == by.id or case.owner in by.covers)


def authorise(case: Case, by: Actor, verb: str) -> None:
    """Raises NotAllowed unless `by` may. Whoever holds the case may do all that belongs to holding it:
    a champion who took it has no role in the department. So may whoever covers for who is away.

    Raises Absorbed for a merged case."""
    must_stand(case)
    if answers_for(case, by) and verb in _OWNERS:
        return
    by.must(verb, case.department, case.community)


def must_stand(case: Case) -> None:
    """Raises Absorbed for a case that was merged into another."""
    if case.merged_into is not None:
        raise Absorbed(case.id, case.merged_into)


def must_be_open(case: Case) -> None:
    """Raises Closed for a resolved or dismissed case, Absorbed for a merged one."""
    must_stand(case)
    if case.closed:
        raise Closed(case.id, case.state.value)
