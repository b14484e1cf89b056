"""A case: what one person answers for. Its data, and the moves that every case knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.events import Datum, Event, Kind
from bot.domain.parts import (
    Cause,
    Consult,
    Escalation,
    Handover,
    Lease,
    Merge,
    Offer,
    Priority,
    Service,
    State,
    Undoable,
    Waiting,
)
from bot.domain.people import PersonId
from bot.domain.refusals import Closed
from bot.domain.replies.reply import Answered, PublicReply
from bot.domain.roles import DESK, Actor
from bot.domain.second_thoughts import contradicts
from bot.domain.surges.merge_refusals import Absorbed


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
