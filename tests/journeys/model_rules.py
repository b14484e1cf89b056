"""What must hold of the desk after each step, whatever happened: each rule a function, its sentence the docstring.

A rule looks at the facts of one moment and answers with what contradicts it; no answer is a good one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.cards.card import Card
from bot.domain.case import Case, State
from bot.domain.events import Event, Kind
from bot.effects import CLOCKS
from bot.policy.duty import on_duty
from bot.policy.model import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    key: str
    kind: str
    due: datetime
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The desk at one moment. `settled`: everything due was done. `cards` are looked at for cases that changed:
    (case, department) -> what its channel shows, and what it might show."""

    now: datetime
    settled: bool
    policy: Policy
    cases: Mapping[int, Case]
    history: Mapping[int, Sequence[Event]]
    broken: Mapping[int, int | None]
    mentions: Mapping[int, int]
    unfiled: int
    timers: Sequence[Timer]
    set_aside: Sequence[str]
    late: Sequence[str]
    said: Mapping[str, int]
    cards: Mapping[tuple[int, str], tuple[Sequence[Card], Sequence[Card]]]


OfCase = Callable[[Facts, Case], Iterator[str]]
OfDesk = Callable[[Facts], Iterator[str]]


# -- who has it -----------------------------------------------------------------------------------------


def one_owner_while_claimed(facts: Facts, case: Case) -> Iterator[str]:
    """A claimed case has one owner, whom the policy knows; an open one has none."""
    if case.state is State.CLAIMED and case.owner not in facts.policy.people:
        yield f"claimed by {case.owner}"
    if case.state is State.OPEN and (case.owner or case.claimed_at):
        yield f"open, and {case.owner}'s since {case.claimed_at}"


def the_history_says_the_same(facts: Facts, case: Case) -> Iterator[str]:
    """Who reads the events alone knows state, owner, department, offer, handoffs and escalation."""
    told = _told(facts.history[case.id])
    owner = None if case.closed else case.owner
    offered = case.offer.to if case.offer else None
    is_so = (case.state, owner, case.department, offered, case.handoffs, case.escalating)
    if told != is_so:
        yield f"the events say {told}, the case {is_so}"


def _told(events: Sequence[Event]) -> tuple[State, object, str, object, int, bool]:
    state, owner, offered, handoffs, escalating = State.OPEN, None, None, 0, False
    given: dict[Kind, object] = {}
    for event in events:
        given = {Kind.ASSIGNED: event.data.get("to")}
        match event.kind:
            case Kind.CLAIMED | Kind.TAKEN | Kind.ASSIGNED | Kind.ACCEPTED | Kind.HANDOVER_ACCEPTED:
                state, owner = State.CLAIMED, given.get(event.kind, event.by)
            case Kind.RELEASED | Kind.LAPSED | Kind.REOPENED:
                state, owner = State.OPEN, None
            case Kind.RESOLVED | Kind.DISMISSED:
                state, owner = State(event.kind.value), None
            case Kind.OFFERED:
                offered = event.data["to"]
            case Kind.ESCALATED | Kind.ESCALATION_OVER:
                escalating = event.kind is Kind.ESCALATED
            case _:
                pass
        if event.kind is Kind.RELIEVED and event.data.get("freed"):
            state, owner = State.OPEN, None
        if event.data.get("duty"):
            owner = event.data["duty"]
        if event.kind in (Kind.ACCEPTED, Kind.DECLINED, Kind.OFFER_EXPIRED, Kind.OFFER_WITHDRAWN):
            offered = None
        handoffs += event.kind is Kind.ACCEPTED
    return state, owner, events[-1].department, offered, handoffs, escalating


def nobody_claims_what_is_claimed(facts: Facts, case: Case) -> Iterator[str]:
    """One winner per claim: between two claims somebody lets go."""
    held = False
    for event in facts.history[case.id]:
        if event.kind is Kind.CLAIMED and held:
            yield f"event {event.seq} claims what was claimed"
        if event.kind in (Kind.CLAIMED, Kind.TAKEN, Kind.ASSIGNED, Kind.ACCEPTED):
            held = True
        elif event.kind in (Kind.RELEASED, Kind.LAPSED, Kind.REOPENED):
            held = False


def an_offer_is_in_somebodys_hands(facts: Facts, case: Case) -> Iterator[str]:
    """A pending offer is its owner's, else the duty person's of the giving department; it is made to another one."""
    if case.offer is None:
        return
    if case.owner is None and on_duty(facts.policy, case.department, facts.now) is None:
        yield "nobody has it"
    if case.offer.to == case.department or case.offer.to not in case.seen_in:
        yield f"offered by {case.department} to {case.offer.to}, seen in {case.seen_in}"


# -- clocks ---------------------------------------------------------------------------------------------


def a_claim_is_a_lease(facts: Facts, case: Case) -> Iterator[str]:
    """A claimed case has a lease, others have none; it stands still exactly while an offer or a rest holds it."""
    if (case.lease is not None) != (case.state is State.CLAIMED):
        yield f"{case.state} with {case.lease}"
    if case.lease is not None:
        held = bool(case.offer or case.handover or case.waiting or case.snoozed_until)
        if (case.lease.left is not None) != held:
            yield f"{case.lease}, offer {case.offer}, {case.waiting}, snoozed until {case.snoozed_until}"


def no_clock_is_late(facts: Facts, case: Case) -> Iterator[str]:
    """Once the desk has settled, no lease, offer, rest, promise or step of a ladder is past its moment."""
    for kind, moment in CLOCKS.items():
        due = moment(case)
        if facts.settled and due is not None and due <= facts.now:
            yield f"{kind} was due at {due}, it is {facts.now}"


def the_promise_rests_with_the_case(facts: Facts, case: Case) -> Iterator[str]:
    """The resolve clock stands still exactly while the case waits; what rested before has ended."""
    stands = case.service.resolve_left is not None
    if not case.closed and stands != (case.waiting is not None):
        yield f"{case.waiting} and {case.service}"
    if any(rest.until is None for rest in case.service.rests[:-1]):
        yield f"{case.service.rests}"


def a_page_climbs_or_is_answered(facts: Facts, case: Case) -> Iterator[str]:
    """A running escalation climbs at a moment to come, or its end was told; a claim, or an end, ends it."""
    escalation = case.escalation
    if escalation is None or not escalation.running:
        return
    steps = [event.kind for event in facts.history[case.id] if event.kind in _STEPS]
    if escalation.climb_at is None and steps[-1] is not Kind.ESCALATION_EXHAUSTED:
        yield f"it neither climbs nor was its end told: {escalation}"
    if (escalation.acked_by is None) != (escalation.acked_at is None):
        yield f"half acknowledged: {escalation}"


_STEPS: Final = frozenset(
    (
        Kind.ESCALATED,
        Kind.PAGED,
        Kind.ACKNOWLEDGED,
        Kind.PASSED,
        Kind.CLIMBED,
        Kind.ESCALATION_OVER,
        Kind.ESCALATION_EXHAUSTED,
    )
)


def who_was_paged_knows(facts: Facts, case: Case) -> Iterator[str]:
    """Once settled, everyone whom an unanswered rung asks has exactly one message of it."""
    escalation = case.escalation
    if not facts.settled or escalation is None or not escalation.running or escalation.acked_by:
        return
    start = int(escalation.started_at.timestamp())
    for page in escalation.pages:
        said = facts.said.get(f"page:{case.id}:{start}:{page.number}", 0)
        last = page.rung == escalation.pages[-1].rung and not page.failed
        if said > 1 or (last and said == 0):
            yield f"{page} was said {said} times"


def what_is_closed_rests(facts: Facts, case: Case) -> Iterator[str]:
    """A closed case says when, and how it was resolved; no offer, rest or escalation runs on, and an open one says
    none of it."""
    if case.closed != (case.closed_at is not None) or (case.outcome and case.state is not State.RESOLVED):
        yield f"{case.state}, closed at {case.closed_at}, {case.outcome}"
    if case.state is State.RESOLVED and case.service.responded_at is None:
        yield "resolved, and nobody answered"
    if case.closed and (case.offer or case.waiting or case.snoozed_until or case.escalating):
        yield f"{case.offer}, {case.waiting}, snoozed until {case.snoozed_until}, {case.escalation}"


# -- what is kept and shown -----------------------------------------------------------------------------


def the_chain_is_whole(facts: Facts, case: Case) -> Iterator[str]:
    """The events are numbered from 1 to the case's own count, in the order of their times, and the chain verifies."""
    events = facts.history[case.id]
    if [event.seq for event in events] != list(range(1, case.seq + 1)):
        yield f"{[event.seq for event in events]} of {case.seq}"
    if facts.broken[case.id] is not None:
        yield f"broken at {facts.broken[case.id]}"
    if [event.at for event in events] != sorted(event.at for event in events):
        yield "the events are not in the order of their times"


def a_mention_is_filed_once(facts: Facts, case: Case) -> Iterator[str]:
    """Each mention of a case opened or joined it exactly once, however often it was delivered."""
    filed = Counter(
        event.data["mention"]
        for event in facts.history[case.id]
        if event.kind in (Kind.OPENED, Kind.JOINED) and "mention" in event.data
    )
    if (
        len(filed) != case.mentions
        or len(filed) != facts.mentions.get(case.id, 0)
        or set(filed.values()) - {1}
    ):
        yield f"it counts {case.mentions}, {facts.mentions.get(case.id, 0)} are stored, filed: {filed}"


def each_channel_has_one_card(facts: Facts, case: Case) -> Iterator[str]:
    """Once settled, every channel that sees the case has exactly one card of it, and it is the newest."""
    for (number, department), (shown, newest) in facts.cards.items():
        if number != case.id:
            continue
        if len(shown) != 1:
            yield f"{len(shown)} cards in {department}"
        elif shown[0] not in newest:
            yield f"{department} sees {shown[0]}, which should be {newest[0]}"


def every_clock_has_its_job(facts: Facts) -> Iterator[str]:
    """Each clock of each case is exactly one job, due when the case says; no job lacks its case or its clock."""
    wanted = {
        f"{kind}:{case.id}": due
        for case in facts.cases.values()
        for kind, moment in CLOCKS.items()
        if (due := moment(case)) is not None
    }
    there = {timer.key: timer.due for timer in facts.timers if timer.kind in CLOCKS}
    for key in sorted(wanted.keys() | there.keys()):
        if wanted.get(key) != there.get(key):
            yield f"{key}: the case says {wanted.get(key)}, the job {there.get(key)}"


def nothing_is_left_undone(facts: Facts) -> Iterator[str]:
    """No job fails or is set aside; once settled, every mention has a case and no word waits."""
    yield from (f"{timer.key} failed" for timer in facts.timers if timer.failures)
    yield from (f"{key} was set aside" for key in facts.set_aside)
    if facts.settled:
        yield from (f"{key} waits" for key in facts.late)
        if facts.unfiled:
            yield f"{facts.unfiled} mentions without a case"


def nothing_is_said_twice(facts: Facts) -> Iterator[str]:
    """Whatever has a key of its own stands in the chat at most once."""
    yield from (f"{key} stands there {times} times" for key, times in facts.said.items() if times > 1)


OF_A_CASE: Final[tuple[OfCase, ...]] = (
    one_owner_while_claimed,
    the_history_says_the_same,
    nobody_claims_what_is_claimed,
    an_offer_is_in_somebodys_hands,
    a_claim_is_a_lease,
    no_clock_is_late,
    the_promise_rests_with_the_case,
    a_page_climbs_or_is_answered,
    who_was_paged_knows,
    what_is_closed_rests,
    the_chain_is_whole,
    a_mention_is_filed_once,
    each_channel_has_one_card,
)
OF_THE_DESK: Final[tuple[OfDesk, ...]] = (
    every_clock_has_its_job,
    nothing_is_left_undone,
    nothing_is_said_twice,
)


def broken_rules(facts: Facts) -> Iterator[str]:
    """Every rule that does not hold: its sentence, and what contradicts it."""
    for of_desk in OF_THE_DESK:
        yield from (f"{of_desk.__doc__} But {against}" for against in of_desk(facts))
    for case in facts.cases.values():
        for rule in OF_A_CASE:
            yield from (f"{rule.__doc__} But of {case.id}: {against}" for against in rule(facts, case))
