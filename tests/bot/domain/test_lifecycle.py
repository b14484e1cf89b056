"""Opened, joined, noted, resolved, dismissed, reopened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import lifecycle as moves
from bot.domain import notes
from bot.domain.alarms.escalation import escalate
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import Priority, State, WaitingFor
from bot.domain.pause import wait
from bot.domain.refusals import Closed, NotAllowed, NotClosed, NotYours
from bot.domain.roles import Actor
from bot.domain.terms import ServiceTerms
from tests.bot.domain.made import (
    ANA,
    BEN,
    DANA,
    GIL,
    HANA,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    SERVICE,
    VERA,
    a_case,
    claimed,
    kinds,
    mention,
    saved,
    terms,
)  # fmt: skip

URGENT = ServiceTerms(first=terms("15m"), resolve=terms("1h"))
SHORT = terms("20m")


def joined(case: Case, priority: Priority = Priority.P4, marks: tuple[str, ...] = ()) -> Case:
    later = mention(2, received_at=NOW + HOUR)
    urgent = priority < case.priority
    return moves.join(
        case, later, why="the same thread", priority=priority, marks=frozenset(marks), at=NOW + 2 * HOUR,
        terms=URGENT if urgent else SERVICE, lease=SHORT if urgent else LEASE,
    )  # fmt: skip


def resolved(case: Case, *, by: Actor = BEN) -> Case:
    return moves.resolve(case, "fixed", "done", by=by, at=NOW + 30 * MINUTE)


def dismissed(case: Case, *, by: Actor = BEN) -> Case:
    return moves.dismiss(case, "spam", by=by, at=NOW + 30 * MINUTE)


def test_a_new_case_counts_from_the_arrival_of_its_mention() -> None:
    late = mention(received_at=NOW - HOUR)
    case = moves.open_case(
        7, late, department="sales", priority=Priority.P2, marks=frozenset({"vip", "legal"}),
        reasons="because", at=NOW, terms=SERVICE, linked_to=3, by=GIL,
    )  # fmt: skip
    assert (case.opened_at, case.service.since, case.service.first_due) == (NOW - HOUR, NOW - HOUR, NOW)
    assert (case.marks, case.seen_in, case.mentions, case.linked_to) == (("legal", "vip"), ("sales",), 1, 3)
    (event,) = case.pending
    assert (event.kind, event.by, event.seq, event.at) == (Kind.OPENED, GIL.id, 1, NOW)
    assert event.data["why"] == "because"


def test_a_mention_that_joins_is_counted_and_adds_its_marks() -> None:
    case = joined(a_case(marks=("vip",)), marks=("press",))
    assert (case.mentions, case.last_mention_at, case.marks) == (2, NOW + HOUR, ("press", "vip"))
    assert case.priority is Priority.P3
    assert kinds(case) == [Kind.JOINED]


def test_a_mention_that_joins_wakes_the_case() -> None:
    case = wait(
        claimed(BEN), WaitingFor.CUSTOMER, NOW + 99 * HOUR, by=BEN, at=NOW, lease=LEASE, service_terms=SERVICE
    )
    case = joined(saved(case))
    assert case.waiting is None
    assert case.service.resolve_left is None
    assert kinds(case) == [Kind.WOKEN, Kind.JOINED]


def test_a_mention_that_joins_reopens_from_its_arrival() -> None:
    case = joined(saved(resolved(claimed(BEN))))
    assert (case.state, case.owner, case.closed_at, case.outcome) == (State.OPEN, None, None, None)
    assert (case.service.since, case.service.responded_at) == (NOW + HOUR, None)
    assert kinds(case) == [Kind.REOPENED, Kind.JOINED]


def test_a_more_urgent_mention_raises_the_priority_the_clocks_and_the_lease() -> None:
    case = joined(claimed(BEN), Priority.P1)
    assert (case.priority, case.service.first_due) == (Priority.P1, NOW + 15 * MINUTE)
    assert case.lease is not None
    assert case.lease.until == NOW + 2 * HOUR + 20 * MINUTE
    assert kinds(case) == [Kind.JOINED, Kind.PRIORITISED]


def test_our_own_answer_in_public_counts_and_wakes_nothing() -> None:
    case = moves.answered_in_public(claimed(BEN), at=NOW + MINUTE)
    assert case.service.responded_at == NOW + MINUTE
    closed = dismissed(claimed(BEN))
    assert moves.answered_in_public(closed, at=NOW) is closed


@pytest.mark.parametrize(("by", "may"), [(BEN, True), (DANA, True), (VERA, False), (GIL, False)])
def test_who_may_note(by: Actor, may: bool) -> None:
    if not may:
        with pytest.raises(NotAllowed):
            notes.note(a_case(), "hm", by=by, at=NOW, lease=LEASE)
        return
    assert kinds(notes.note(a_case(), "hm", by=by, at=NOW, lease=LEASE)) == [Kind.NOTED]


def test_a_note_renews_its_owners_lease_only() -> None:
    for by, until in ((BEN, NOW + 90 * MINUTE), (HANA, NOW + HOUR)):
        lease = notes.note(claimed(BEN), "hm", by=by, at=NOW + 30 * MINUTE, lease=LEASE).lease
        assert lease is not None
        assert lease.until == until


def test_a_note_knows_the_thread_it_stands_in() -> None:
    case = notes.note(a_case(), "hm", by=BEN, at=NOW, lease=LEASE, thread="web:support")
    assert case.pending[-1].data == {"text": "hm", "thread": "web:support"}


def test_a_closed_case_can_be_noted_on() -> None:
    assert notes.note(saved(resolved(claimed(BEN))), "thanked us", by=BEN, at=NOW, lease=LEASE).closed


def test_a_lead_sets_the_priority() -> None:
    def set_to(case: Case, priority: Priority, by: Actor = ANA) -> Case:
        return moves.prioritise(case, priority, by=by, at=NOW + MINUTE, terms=URGENT, lease=SHORT)

    case = set_to(claimed(BEN), Priority.P1)
    assert case.pending[-1].data == {"before": "P3", "after": "P1"}
    assert case.lease is not None
    assert case.lease.until == NOW + 21 * MINUTE
    same = claimed(BEN)
    assert set_to(same, Priority.P3) is same
    with pytest.raises(NotAllowed):
        set_to(a_case(), Priority.P1, BEN)
    with pytest.raises(Closed):
        set_to(dismissed(a_case()), Priority.P1)


def test_resolving_is_an_answer_and_dismissing_is_none() -> None:
    done = resolved(escalate(claimed(BEN), "why", "standard", by=BEN, at=NOW))
    assert (done.state, done.outcome, done.closed_at) == (State.RESOLVED, "fixed", NOW + 30 * MINUTE)
    assert (done.lease, done.owner, done.escalating) == (None, BEN.id, False)
    assert kinds(done)[-3:] == [Kind.ESCALATION_OVER, Kind.RESPONDED, Kind.RESOLVED]
    gone = dismissed(claimed(BEN))
    assert (gone.state, gone.service.responded_at, kinds(gone)) == (State.DISMISSED, None, [Kind.DISMISSED])


@pytest.mark.parametrize("move", [resolved, dismissed])
def test_who_cannot_close(move: object) -> None:
    for case, by, refusal in (
        (claimed(BEN), HANA, NotYours),
        (a_case(), VERA, NotAllowed),
        (saved(dismissed(a_case())), BEN, Closed),
    ):
        with pytest.raises(refusal):
            move(case, by=by)  # type: ignore[operator]
    assert move(claimed(BEN), by=ANA).closed  # type: ignore[operator]
    assert move(a_case(), by=HANA).closed  # type: ignore[operator]


def test_reopening_starts_new_clocks() -> None:
    case = saved(resolved(claimed(BEN)))
    case = moves.reopen(case, by=HANA, at=NOW + 5 * HOUR, terms=SERVICE)
    assert (case.state, case.owner, case.service.since) == (State.OPEN, None, NOW + 5 * HOUR)
    assert case.service.told == ()
    with pytest.raises(NotClosed):
        moves.reopen(a_case(), by=BEN, at=NOW, terms=SERVICE)
    with pytest.raises(NotAllowed):
        moves.reopen(replace(case, state=State.RESOLVED), by=GIL, at=NOW, terms=SERVICE)


def test_an_edit_is_told() -> None:
    assert kinds(moves.revise(a_case(), 1, at=NOW)) == [Kind.REVISED]


def test_events_are_numbered_on() -> None:
    case = resolved(claimed(BEN))
    assert [event.seq for event in case.pending] == [3, 4]
    assert (case.last_by, case.last_kind, case.owner_acted_at) == (BEN.id, Kind.RESOLVED, NOW + 30 * MINUTE)
