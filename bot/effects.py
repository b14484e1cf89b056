"""What follows from what, in one place: (case before, case after, policy) -> jobs to put and drop. Pure.

Timers follow from the case's state: each of its clocks is one job, put when its moment changes and dropped
when it ends. Words follow from its events: the card everywhere it is shown, pages, notices, notes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import service
from bot.domain.case import Case, Priority
from bot.domain.events import Datum, Event, Kind
from bot.domain.notes import LATER
from bot.domain.pause import wake_at
from bot.domain.people import PersonId
from bot.domain.roles import DESK
from bot.policy.duty import on_duty
from bot.policy.model import Policy
from bot.policy.places import channels, lane_of
from bot.ports import Place, Put, Rank

REPOSTED: Final = (
    "The card of {number} was deleted here; this is its new place. Earlier notes are in the case's history."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followups:
    """Jobs to have and keys to forget."""

    puts: tuple[Put, ...]
    drops: tuple[str, ...]


def follow(before: Case | None, after: Case, policy: Policy) -> Followups:
    """The jobs that follow from saving `after`, whose `pending` events happened since `before`."""
    puts: list[Put] = []
    drops: list[str] = []
    for kind, moment in _CLOCKS.items():
        was, due = (moment(before) if before else None), moment(after)
        key = f"{kind}:{after.id}"
        if due is not None and due != was:
            puts.append(Put(kind=kind, key=key, due=due, args={"case": after.id}))
        elif due is None and was is not None:
            drops.append(key)
    if after.pending:
        now = after.pending[-1].at
        puts += _cards(before, after, policy, now)
        puts += _pages(before, after, now)
        for event in after.pending:
            puts += _notes(event, after, policy)
            puts += _notices(event, after, policy)
            puts += _promises(event, after, policy)
    return Followups(puts=tuple(puts), drops=tuple(drops))


# -- clocks ------------------------------------------------------------------------------------


def _lease(case: Case) -> datetime | None:
    if case.lease is None or case.lease.left is not None:
        return None
    return case.lease.until if case.lease.warned else case.lease.warn_at


def _offer(case: Case) -> datetime | None:
    return (case.offer.half_at or case.offer.until) if case.offer else None


def _climb(case: Case) -> datetime | None:
    return case.escalation.climb_at if case.escalation and case.escalating and not case.closed else None


_CLOCKS: Final[dict[str, Callable[[Case], datetime | None]]] = {
    "lease": _lease,
    "offer": _offer,
    "wake": wake_at,
    "service": service.next_moment,
    "climb": _climb,
}
"""Timer kind -> when it is due next, from the case alone."""


# -- cards and pages -----------------------------------------------------------------------------


def _cards(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    known = before.seen_in if before else ()
    # Who changed it looks at it: before what the clock changed on a thousand other cards.
    by_hand = any(event.by != DESK.id for event in after.pending)
    for department in after.seen_in:
        new = department not in known
        for place in channels(policy, department):
            rank = Rank.FIRST_CARD if new else Rank.NOTE if by_hand else Rank.EDIT
            yield card_put(after.id, place, now, rank)


def card_put(case_id: int, place: Place, now: datetime, rank: Rank = Rank.FIRST_CARD) -> Put:
    """The delivery of a case's card to a channel."""
    args = _args("case", f"{case_id}", place)
    return Put(kind="card", key=card_key(case_id, place), due=now, lane=str(place), rank=rank, args=args)


def card_key(case_id: int, place: Place) -> str:
    """The delivery key of a case's card in a channel; its thread hangs below it."""
    return f"{_CARD}{case_id}@{place}"


def case_of(key: str) -> int | None:
    """The case that a delivery of this key is about; None for words about no case."""
    found = _OF_A_CASE.match(key)
    return int(found.group(1)) if found else None


def posted_anew(key: str, place: Place, now: datetime) -> Sequence[Put]:
    """What follows when somebody took away the message of that key: a card comes back, and its channel is told why,
    once. Nothing else does."""
    case_id = case_of(key)
    if case_id is None or not key.startswith(_CARD):
        return ()
    told = Put(
        kind="note",
        key=f"reposted:{case_id}@{place}",
        due=now,
        lane=str(place),
        rank=Rank.NOTE,
        args={**_args("sentence", REPOSTED.format(number=case_id), place), "below": key},
    )
    return card_put(case_id, place, now), told


_CARD: Final = "card:"
_OF_A_CASE: Final = re.compile(r"(?:card|reposted|page|note|notice):(\d+)[:@]")


def _pages(before: Case | None, after: Case, now: datetime) -> Iterator[Put]:
    """New pages leave; when anything about the escalation changes, the old ones are corrected."""
    if after.escalation is None or (before is not None and before.escalation == after.escalation):
        return
    for page in after.escalation.pages:
        # Numbers begin anew with every escalation, so the escalation is named by its start.
        subject = f"{after.id}:{int(after.escalation.started_at.timestamp())}:{page.number}"
        yield Put(
            kind="page",
            key=f"page:{subject}",
            due=now,
            lane=lane_of(page.person),
            rank=Rank.PAGE,
            args={"view": "page", "subject": subject, "person": page.person},
        )


# -- notes and notices ------------------------------------------------------------------------------


def _notes(event: Event, case: Case, policy: Policy) -> Iterator[Put]:
    """A note is said in every thread of the case; changed or taken back, the same messages are corrected."""
    if event.kind is not Kind.NOTED and event.kind not in LATER:
        return
    for department in case.seen_in:
        for place in channels(policy, department):
            # Written in this very thread, it stands there already.
            if event.data.get("thread") != str(place):
                yield Put(
                    kind="note",
                    key=f"note:{case.id}:{_about(event)}@{place}",
                    due=event.at,
                    lane=str(place),
                    rank=Rank.NOTE,
                    args={
                        **_args("note", f"{case.id}:{_about(event)}", place),
                        "below": card_key(case.id, place),
                    },
                )


def _about(event: Event) -> Datum:
    """The number of the event whose words go out: of a note that was changed or taken back, the note's own."""
    return event.data.get("of") if event.kind in LATER else event.seq


def _notices(event: Event, case: Case, policy: Policy) -> Iterator[Put]:
    about = _about(event)
    for person in dict.fromkeys(_told(event, case, policy)):
        # Nobody is told what they did themselves.
        if person and person not in (event.by, DESK.id) and person in policy.people:
            yield Put(
                kind="notice",
                key=f"notice:{case.id}:{about}:{person}",
                due=event.at,
                lane=lane_of(person),
                rank=Rank.NOTE,
                args={"view": "notice", "subject": f"{case.id}:{about}:{person}", "person": person},
            )
    unheard = event.kind is Kind.UNDELIVERED and not event.data.get("told")
    if unheard or event.kind is Kind.ESCALATION_EXHAUSTED:
        for place in channels(policy, case.department):
            yield Put(
                kind="notice",
                key=f"notice:{case.id}:{event.seq}@{place}",
                due=event.at,
                lane=str(place),
                rank=Rank.PAGE,
                args=_args("notice", f"{case.id}:{event.seq}:#{case.department}", place),
            )


def _told(event: Event, case: Case, policy: Policy) -> Iterator[PersonId | None]:
    """Who hears of it privately. Every kind that names nobody here is told by the card alone."""
    data = event.data
    match event.kind:
        case Kind.TAKEN | Kind.LAPSED | Kind.RELEASED:
            yield _person(data.get("former"))
            if event.kind is Kind.LAPSED:
                yield on_duty(policy, case.department, event.at)
        case Kind.LEASE_WARNED | Kind.WOKEN:
            yield _person(data.get("owner"))
        case Kind.ASSIGNED:
            yield _person(data.get("to"))
            yield _person(data.get("former"))
        case Kind.OFFER_HALFWAY:
            yield on_duty(policy, str(data.get("to")), event.at)
        case Kind.ACCEPTED:
            yield _person(data.get("former"))
            yield _person(data.get("offered_by"))
        case Kind.DECLINED | Kind.OFFER_EXPIRED:
            yield case.owner or on_duty(policy, case.department, event.at)
            yield _person(data.get("offered_by"))
        case Kind.SLA_WARNED | Kind.SLA_MISSED:
            yield case.owner
            if case.priority <= Priority.P2:
                yield on_duty(policy, case.department, event.at)
        case Kind.JOINED | Kind.NOTED | Kind.REVISED | Kind.PRIORITISED:
            yield case.owner
        case Kind.UNDELIVERED | Kind.NOTE_CHANGED | Kind.NOTE_WITHDRAWN:
            yield _person(data.get("told"))
        case _:
            return


def _promises(event: Event, case: Case, policy: Policy) -> Iterator[Put]:
    """Of P3 and P4 the duty person hears once an hour for all cases together: a busy day breaks promises by the dozen."""
    if event.kind not in (Kind.SLA_WARNED, Kind.SLA_MISSED) or case.priority <= Priority.P2:
        return
    duty = on_duty(policy, case.department, event.at)
    if duty is not None and duty != case.owner:
        yield Put(
            kind="promises",
            key=f"promises:{case.department}:{event.at:%Y%m%d%H}:{duty}",
            due=event.at,
            lane=lane_of(duty),
            rank=Rank.EDIT,
            args={"view": "promises", "subject": case.department, "person": duty},
        )


def _person(value: object) -> PersonId | None:
    return PersonId(value) if isinstance(value, str) and value else None


def _args(view: str, subject: str, place: Place) -> dict[str, str]:
    return {"view": view, "subject": subject, "place": str(place), "department": place.department or ""}
