"""What must hold of the desk after each step, whatever happened: each rule a function, its sentence the docstring.

A rule looks at the facts of one moment and answers with what contradicts it; no answer is a good one. Here: who has a
case, and for how long. `model_kept.py` asks of what is kept and shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import Service, State
from tests.journeys.model_facts import Facts
from tests.journeys.model_kept import OF_A_CASE as KEPT_OF_A_CASE
from tests.journeys.model_kept import OF_THE_DESK as KEPT_OF_THE_DESK
from tests.journeys.model_kept import OfCase, OfDesk
from tests.journeys.model_told import told

# -- who has it -----------------------------------------------------------------------------------------


def one_owner_while_claimed(facts: Facts, case: Case) -> Iterator[str]:
    """A claimed case has one owner, whom the policy knows; an open one has none."""
    if case.state is State.CLAIMED and (
        case.owner is None or (facts.settled and case.owner not in facts.people)
    ):
        yield f"claimed by {case.owner}"
    if case.state is State.OPEN and (case.owner or case.claimed_at):
        yield f"open, and {case.owner}'s since {case.claimed_at}"


def the_history_says_the_same(facts: Facts, case: Case) -> Iterator[str]:
    """Who reads the events alone knows state, owner, department, offer, handover, questions, handoffs, escalation."""
    yield from told(facts.history[case.id], case, facts.gone)


def nobody_claims_what_is_claimed(facts: Facts, case: Case) -> Iterator[str]:
    """One winner per claim: between two claims somebody lets go."""
    held = False
    for event in facts.history[case.id]:
        if event.kind is Kind.CLAIMED and held:
            yield f"event {event.seq} claims what was claimed"
        if event.kind in _CLAIMS:
            held = True
        elif event.kind in _LETS_GO:
            held = event.kind is Kind.UNDONE and bool(event.data.get("owner"))


_CLAIMS: Final = (Kind.CLAIMED, Kind.TAKEN, Kind.ASSIGNED, Kind.ACCEPTED, Kind.HANDOVER_ACCEPTED)
_LETS_GO: Final = (
    Kind.RELEASED,
    Kind.LAPSED,
    Kind.REOPENED,
    Kind.RELIEVED,
    Kind.UNDONE,
    Kind.RESOLVED,
    Kind.DISMISSED,
    Kind.MERGED_INTO,
)


def what_is_asked_is_in_somebodys_hands(facts: Facts, case: Case) -> Iterator[str]:
    """An offer is made to another department that sees it; a handover is its owner's until a colleague answers; a
    question is asked of another department; each runs out at a moment of its own."""
    offer, handed = case.offer, case.handover
    if offer and (
        offer.to == case.department or offer.to not in case.seen_in or offer.until <= offer.asked_at
    ):
        yield f"offered by {case.department} to {offer.to} until {offer.until}, seen in {case.seen_in}"
    if handed and (case.owner is None or handed.to == case.owner or handed.until <= handed.asked_at):
        yield f"{case.owner}'s, handed over to {handed.to} until {handed.until}"
    if handed and offer:
        yield "offered and handed over"
    asked = [each.to for each in case.consults]
    if case.department in asked or len(set(asked)) != len(asked) or not {*asked} <= {*case.seen_in}:
        yield f"of {case.department}, seen in {case.seen_in}, asked of {asked}"


def who_left_holds_nothing(facts: Facts, case: Case) -> Iterator[str]:
    """Once settled, nobody whom the policy does not know holds, offers, asks, is asked or is paged."""
    if not facts.settled or case.closed:
        return
    held: list[str | None] = [case.owner, *(each.by for each in case.consults)]
    held += [case.offer.by] if case.offer else []
    held += [case.handover.by, case.handover.to] if case.handover else []
    escalation = case.escalation
    if escalation is not None and escalation.running:
        last = escalation.pages[-1].rung if escalation.pages else 0
        held += [escalation.acked_by]
        held += [page.person for page in escalation.pages if page.rung == last and not page.failed]
    yield from (f"{who} left" for who in held if who is not None and who not in (*facts.people, "desk"))


# -- clocks ---------------------------------------------------------------------------------------------


def a_claim_is_a_lease(facts: Facts, case: Case) -> Iterator[str]:
    """A claimed case has a lease, others have none; it stands still exactly while an offer or a rest holds it."""
    if (case.lease is not None) != (case.state is State.CLAIMED):
        yield f"{case.state} with {case.lease}"
    if case.lease is not None:
        held = bool(case.offer or case.handover or case.waiting or case.snoozed_until)
        if (case.lease.left is not None) != held:
            yield f"{case.lease}, offer {case.offer}, {case.waiting}, snoozed until {case.snoozed_until}"


def clocks(case: Case) -> dict[str, datetime]:
    """Every moment at which something must happen to the case by itself, as its rules say."""
    lease, offer, escalation = case.lease, case.offer, case.escalation
    wake = [case.snoozed_until, case.waiting.until if case.waiting else None]
    climbs = escalation is not None and escalation.running and not case.closed
    moments: dict[str, list[datetime | None]] = {
        "lease": [(lease.until if lease.warned else lease.warn_at) if lease and lease.left is None else None],
        "offer": [(offer.half_at or offer.until) if offer else None],
        "handover": [case.handover.until if case.handover else None],
        "consult": [asked.until for asked in case.consults],
        "wake": wake,
        "climb": [escalation.climb_at if escalation and climbs else None],
        "service": [] if case.closed else _promised(case.service),
    }
    known = {kind: [each for each in all_ if each is not None] for kind, all_ in moments.items()}
    return {kind: min(each) for kind, each in known.items() if each}


def _promised(service: Service) -> list[datetime | None]:
    ahead: dict[str, datetime] = {}
    if service.responded_at is None:
        ahead |= {"first_warned": service.first_warn_at, "first_missed": service.first_due}
    if service.resolve_left is None:
        ahead |= {"resolve_warned": service.resolve_warn_at, "resolve_missed": service.resolve_due}
    return [at for name, at in ahead.items() if name not in service.told]


def no_clock_is_late(facts: Facts, case: Case) -> Iterator[str]:
    """Once the desk has settled, no lease, offer, handover, question, rest, promise or step is past its moment."""
    for kind, due in clocks(case).items():
        if facts.settled and due <= facts.now:
            yield f"{kind} was due at {due}, it is {facts.now}"


def every_clock_has_its_job(facts: Facts) -> Iterator[str]:
    """Each clock of each case is exactly one job, due when the case says; no job lacks its case or its clock. So is
    each absence that ends."""
    wanted = {f"{kind}:{case.id}": due for case in facts.cases.values() for kind, due in clocks(case).items()}
    wanted |= {f"absence:{each.person}": each.until for each in facts.away if each.until is not None}
    there = {timer.key: timer.due for timer in facts.timers if timer.kind in (*_CLOCKS, "absence")}
    for key in sorted(wanted.keys() | there.keys()):
        if wanted.get(key) != there.get(key):
            yield f"{key}: the case says {wanted.get(key)}, the job {there.get(key)}"


_CLOCKS: Final = ("lease", "offer", "handover", "consult", "wake", "climb", "service")


def the_promise_rests_with_the_case(facts: Facts, case: Case) -> Iterator[str]:
    """The resolve clock stands still exactly while the case waits; what rested before has ended."""
    stands = case.service.resolve_left is not None
    if not case.closed and stands != (case.waiting is not None):
        yield f"{case.waiting} and {case.service}"
    if any(rest.until is None for rest in case.service.rests[:-1]):
        yield f"{case.service.rests}"


def a_page_climbs_or_is_answered(facts: Facts, case: Case) -> Iterator[str]:
    """A running escalation climbs at a moment to come, or its end was told; whoever claims the case ends it."""
    escalation = case.escalation
    if escalation is None or not escalation.running:
        return
    history = facts.history[case.id]
    steps = [event.kind for event in history if event.kind in _STEPS]
    if escalation.climb_at is None and steps[-1] is not Kind.ESCALATION_EXHAUSTED:
        yield f"it neither climbs nor was its end told: {escalation}"
    if (escalation.acked_by is None) != (escalation.acked_at is None):
        yield f"half acknowledged: {escalation}"
    began = max((event.seq for event in history if event.kind is Kind.ESCALATED), default=0)
    again = any(event.kind is Kind.UNDONE for event in history)
    claims = [event for event in history if event.kind in _CLAIMS and event.seq > began]
    if claims and not again:
        yield f"somebody claimed it, and it climbs: {escalation}"


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
    """Once settled, everyone whom an unanswered rung asks has exactly one message of it; after an outage perhaps one
    for all their cases. No page goes out once somebody has answered it."""
    escalation = case.escalation
    if not facts.settled or escalation is None:
        return
    start = int(escalation.started_at.timestamp())
    asked = escalation.running and not escalation.acked_by
    for page in escalation.pages:
        sent = [m for m in facts.messages if m.key == f"page:{case.id}:{start}:{page.number}"]
        last = page.rung == escalation.pages[-1].rung and not page.failed and not page.outage
        if len(sent) > 1 or (asked and last and not sent):
            yield f"{page} was said {len(sent)} times"
        answers = [e.at for e in facts.history[case.id] if e.kind is Kind.ACKNOWLEDGED and e.at >= page.at]
        if sent and answers and sent[0].at > answers[0]:
            yield f"{page} was sent at {sent[0].at}, answered at {answers[0]}"


def what_is_closed_rests(facts: Facts, case: Case) -> Iterator[str]:
    """A closed case says when, and how it was resolved; nothing of it runs on, and an open one says none of it."""
    if case.closed != (case.closed_at is not None) or (case.outcome and case.state is not State.RESOLVED):
        yield f"{case.state}, closed at {case.closed_at}, {case.outcome}"
    if case.state is State.RESOLVED and case.service.responded_at is None:
        yield "resolved, and nobody answered"
    runs = (case.offer, case.handover, case.consults, case.waiting, case.snoozed_until, case.escalating)
    if case.closed and any(runs):
        yield f"closed, and there runs {runs}"


OF_A_CASE: Final[tuple[OfCase, ...]] = (
    one_owner_while_claimed,
    the_history_says_the_same,
    nobody_claims_what_is_claimed,
    what_is_asked_is_in_somebodys_hands,
    who_left_holds_nothing,
    a_claim_is_a_lease,
    no_clock_is_late,
    the_promise_rests_with_the_case,
    a_page_climbs_or_is_answered,
    who_was_paged_knows,
    what_is_closed_rests,
    *KEPT_OF_A_CASE,
)
OF_THE_DESK: Final[tuple[OfDesk, ...]] = (every_clock_has_its_job, *KEPT_OF_THE_DESK)


def broken_rules(facts: Facts) -> Iterator[str]:
    """Every rule that does not hold: its sentence, and what contradicts it."""
    for of_desk in OF_THE_DESK:
        yield from (f"{of_desk.__doc__} But {against}" for against in of_desk(facts))
    for case in facts.cases.values():
        for rule in OF_A_CASE:
            yield from (f"{rule.__doc__} But of {case.id}: {against}" for against in rule(facts, case))
