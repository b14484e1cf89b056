"""What follows from what: clocks from a case's state, words from its events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.domain import claim, lifecycle, notes, pause, service
from bot.domain.alarms import escalation
from bot.domain.alarms.escalation import Rung
from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.parts import Priority, WaitingFor
from bot.domain.people import PersonId
from bot.domain.roles import DESK, Actor
from bot.domain.shifts import handoff
from bot.effects import Followups, follow
from bot.ports import Put, Rank
from tests.desk import MONDAY, test_policy
from tests.storage.kit import HOUR, PROMISE, a_case, minutes

POLICY = test_policy()


def actor(name: str) -> Actor:
    person = POLICY.people[PersonId(f"{name}@kettle.example")]
    return Actor(id=person.id, name=person.name, roles=person.roles)


ANA, BEN, CLEO = actor("ana"), actor("ben"), actor("cleo")
AT = MONDAY + minutes(5)


def saved(case: Case) -> Case:
    """As it is loaded again."""
    return replace(case, seq=case.seq + len(case.pending), pending=(), version=case.version + 1)


OPEN = saved(a_case(7))
MINE = saved(claim.claim(OPEN, by=BEN, at=MONDAY, lease=HOUR))
URGENT = replace(MINE, priority=Priority.P2)


def offered(case: Case, *, half: bool = False) -> Case:
    lead = ANA
    return handoff.offer(case, "pr", "yours", by=lead, at=AT, clock=HOUR, lease=HOUR, page_at_half=half)


def escalated(case: Case) -> Case:
    return escalation.escalate(case, "a lawyer writes", "standard", by=ANA, at=AT)


def paged(case: Case, *people: Actor, last: bool = False) -> Case:
    rung = Rung(step=0, round=0, people=tuple(p.id for p in people), next_at=AT + minutes(5), last=last)
    return escalation.climb(case, rung, at=AT)


ALARMED = saved(escalated(OPEN))
PAGING = paged(ALARMED, ANA, CLEO)
LOUD = saved(PAGING)


def timers(followups: Followups) -> dict[str, datetime]:
    return {put.kind: put.due for put in followups.puts if put.lane is None}


def words(followups: Followups, kind: str) -> list[Put]:
    return [put for put in followups.puts if put.kind == kind]


def told(before: Case, after: Case) -> list[str]:
    """Who gets a private notice, by first name; the correction of an earlier one is none."""
    asked = before.offer.event if before.offer else 0
    puts = [put for put in words(follow(before, after, POLICY), "notice") if f":{asked}:" not in put.key]
    assert all(put.rank is Rank.NOTE for put in puts if put.lane and put.lane.startswith("dm:"))
    return [str(put.args["person"]).split("@")[0] for put in puts if put.args.get("person")]


# -- clocks ---------------------------------------------------------------------------------------------


def test_a_new_case_has_its_promise_to_keep_and_nothing_else() -> None:
    followups = follow(None, a_case(7), POLICY)
    assert timers(followups) == {"service": a_case(7).service.first_warn_at}
    assert followups.drops == ()


def test_timers_carry_the_case_and_one_key_each() -> None:
    (put,) = [
        put for put in follow(OPEN, claim.claim(OPEN, by=BEN, at=AT, lease=HOUR), POLICY).puts if not put.lane
    ]
    assert (put.kind, put.key, dict(put.args)) == ("lease", "lease:7", {"case": 7})


LEASE_WARNS = minutes(45)
CLOCKS: dict[str, tuple[Case, Case, dict[str, datetime], set[str]]] = {
    "a claim runs a lease": (
        OPEN,
        claim.claim(OPEN, by=BEN, at=AT, lease=HOUR),
        {"lease": AT + LEASE_WARNS},
        set(),
    ),
    "warned, it runs to its end": (
        MINE,
        claim.warn_of_lapse(MINE, at=MONDAY + LEASE_WARNS),
        {"lease": MONDAY + minutes(60)},
        set(),
    ),
    "released, it ends": (MINE, claim.release(MINE, by=BEN, at=AT), {}, {"lease:7"}),
    "a note renews it": (
        MINE,
        notes.note(MINE, "x", by=BEN, at=AT, lease=HOUR),
        {"lease": AT + LEASE_WARNS},
        set(),
    ),
    "somebody else's note does not": (MINE, notes.note(MINE, "x", by=ANA, at=AT, lease=HOUR), {}, set()),
    "an offer runs its clock and pauses the lease": (
        MINE,
        offered(MINE),
        {"offer": AT + minutes(60)},
        {"lease:7"},
    ),
    "an offer with a call at half its time": (
        OPEN,
        offered(OPEN, half=True),
        {"offer": AT + minutes(30)},
        set(),
    ),
    "past half it runs to its end": (
        saved(offered(OPEN, half=True)),
        handoff.halfway(saved(offered(OPEN, half=True)), at=AT + minutes(30)),
        {"offer": AT + minutes(60)},
        set(),
    ),
    "waiting, it wakes, and neither lapses nor is to be resolved": (
        MINE,
        pause.wait(
            MINE, WaitingFor.CUSTOMER, AT + minutes(600), by=BEN, at=AT, lease=HOUR, service_terms=PROMISE
        ),
        {"wake": AT + minutes(600)},
        {"lease:7", "service:7"},
    ),
    "snoozed, it wakes": (
        OPEN,
        pause.snooze(OPEN, AT + minutes(600), by=ANA, at=AT, lease=HOUR),
        {"wake": AT + minutes(600)},
        set(),
    ),
    "escalated, it climbs at once": (OPEN, escalated(OPEN), {"climb": AT}, set()),
    "paged, it climbs on": (
        saved(escalated(OPEN)),
        paged(saved(escalated(OPEN)), ANA),
        {"climb": AT + minutes(5)},
        set(),
    ),
    "acknowledged, it climbs later": (
        LOUD,
        escalation.acknowledge(LOUD, by=ANA, at=AT, buys=minutes(30)),
        {"climb": AT + minutes(30)},
        set(),
    ),
    "claimed, the escalation is off": (
        LOUD,
        claim.claim(LOUD, by=BEN, at=AT, lease=HOUR),
        {"lease": AT + LEASE_WARNS},
        {"climb:7"},
    ),
    "resolved, everything ends": (
        MINE,
        lifecycle.resolve(MINE, "fixed", "", by=BEN, at=AT),
        {},
        {"lease:7", "service:7"},
    ),
    "dismissed while it is loud and offered": (
        saved(offered(LOUD)),
        lifecycle.dismiss(saved(offered(LOUD)), "spam", by=ANA, at=AT),
        {},
        {"offer:7", "service:7", "climb:7"},
    ),
    "warned of the promise, the next moment counts": (
        OPEN,
        service.check(OPEN, at=OPEN.service.first_warn_at),
        {"service": OPEN.service.first_due},
        set(),
    ),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_clocks_follow_the_state(name: str) -> None:
    before, after, expected, dropped = CLOCKS[name]
    followups = follow(before, after, POLICY)
    assert timers(followups) == expected
    assert set(followups.drops) == dropped


def test_reopened_the_promise_runs_again() -> None:
    closed = saved(lifecycle.resolve(MINE, "fixed", "", by=BEN, at=AT))
    again = lifecycle.reopen(closed, by=ANA, at=AT + minutes(60), terms=PROMISE)
    assert timers(follow(closed, again, POLICY)) == {"service": again.service.first_warn_at}


def test_a_clock_that_did_not_move_is_left_alone() -> None:
    # Put again, it would take the work of a timer that runs already.
    assert timers(follow(MINE, notes.note(MINE, "x", by=ANA, at=AT, lease=HOUR), POLICY)) == {}


def test_a_change_without_an_event_moves_clocks_and_says_nothing() -> None:
    later = replace(LOUD, escalation=replace(LOUD.escalation, climb_at=AT + minutes(60)))  # type: ignore[type-var]
    followups = follow(LOUD, later, POLICY)
    assert [put.key for put in followups.puts] == ["climb:7"]


# -- cards ------------------------------------------------------------------------------------------------


def cards(before: Case | None, after: Case) -> list[tuple[str, Rank]]:
    return [(put.key, put.rank) for put in words(follow(before, after, POLICY), "card")]


def test_a_new_case_is_shown_first_and_a_change_edits() -> None:
    assert cards(None, a_case(7)) == [("card:7@web:support", Rank.FIRST_CARD)]
    assert cards(OPEN, record(OPEN, Kind.SLA_WARNED, DESK, AT)) == [("card:7@web:support", Rank.EDIT)]


def test_what_a_person_changed_is_edited_before_what_the_desk_changed() -> None:
    assert cards(OPEN, claim.claim(OPEN, by=BEN, at=AT, lease=HOUR)) == [("card:7@web:support", Rank.NOTE)]


def test_the_offered_department_sees_it_for_the_first_time() -> None:
    assert cards(OPEN, offered(OPEN)) == [
        ("card:7@web:support", Rank.NOTE),
        ("card:7@web:pr", Rank.FIRST_CARD),
    ]


def test_who_once_had_it_keeps_seeing_it() -> None:
    pending = saved(offered(OPEN))
    taken = handoff.accept(pending, by=CLEO, at=AT, lease=HOUR, service_terms=PROMISE)
    assert [key for key, _ in cards(pending, taken)] == ["card:7@web:support", "card:7@web:pr"]


def test_a_card_says_what_to_show_where() -> None:
    (put,) = words(follow(None, a_case(7), POLICY), "card")
    assert put.lane == "web:support"
    assert dict(put.args) == {"view": "case", "subject": "7", "place": "web:support", "department": "support"}


def test_a_department_without_a_channel_or_without_a_policy_has_no_card() -> None:
    assert cards(None, replace(a_case(7), seen_in=("gone",))) == []
    silent = replace(POLICY.departments["support"], channels={})
    policy = replace(POLICY, departments={**POLICY.departments, "support": silent})
    assert words(follow(None, a_case(7), policy), "card") == []


def test_a_department_in_two_chats_sees_it_in_both() -> None:
    both = replace(POLICY.departments["support"], channels={"web": "support", "slack": "C1"})
    policy = replace(POLICY, departments={**POLICY.departments, "support": both})
    assert [put.key for put in words(follow(None, a_case(7), policy), "card")] == [
        "card:7@slack:C1",
        "card:7@web:support",
    ]


# -- pages --------------------------------------------------------------------------------------------------


def test_a_page_goes_to_the_persons_own_lane_before_all_else() -> None:
    puts = words(follow(ALARMED, PAGING, POLICY), "page")
    assert [(put.lane, put.rank) for put in puts] == [
        ("dm:ana@kettle.example", Rank.PAGE),
        ("dm:cleo@kettle.example", Rank.PAGE),
    ]
    start = int(AT.timestamp())
    assert [put.args["subject"] for put in puts] == [f"7:{start}:1", f"7:{start}:2"]


def test_every_page_is_corrected_when_the_escalation_changes() -> None:
    acked = escalation.acknowledge(LOUD, by=ANA, at=AT, buys=minutes(30))
    keys = [put.key for put in words(follow(LOUD, acked, POLICY), "page")]
    first = [put.key for put in words(follow(ALARMED, PAGING, POLICY), "page")]
    assert keys == first, "the same keys: what was posted is edited"
    over = claim.claim(LOUD, by=BEN, at=AT, lease=HOUR)
    assert len(words(follow(LOUD, over, POLICY), "page")) == 2


def test_a_change_that_is_not_the_escalations_leaves_the_pages_alone() -> None:
    assert words(follow(LOUD, service.check(LOUD, at=LOUD.service.first_warn_at), POLICY), "page") == []


def test_pages_of_a_second_escalation_are_new_messages() -> None:
    over = saved(claim.claim(LOUD, by=BEN, at=AT, lease=HOUR))
    again = escalation.escalate(over, "again", "standard", by=ANA, at=AT + minutes(60))
    rung = Rung(step=0, round=0, people=(ANA.id,), next_at=None)
    second = escalation.climb(saved(again), rung, at=AT + minutes(60))
    first, then = (
        words(follow(*moves, POLICY), "page") for moves in ((ALARMED, PAGING), (saved(again), second))
    )
    assert not {put.key for put in first} & {put.key for put in then}
    assert not {put.args["subject"] for put in first} & {put.args["subject"] for put in then}


# -- notices --------------------------------------------------------------------------------------------------


def happened(kind: Kind, by: Actor = DESK, case: Case = OPEN, **data: Any) -> Case:
    return record(case, kind, by, AT, **data)


TOLD: dict[str, tuple[Case, Case, list[str]]] = {
    "taken: the former holder": (MINE, claim.take(MINE, "back soon", by=ANA, at=AT, lease=HOUR), ["ben"]),
    "lapsed: the former holder and who is on duty": (
        MINE,
        claim.lapse(MINE, at=MONDAY + minutes(60)),
        ["ben", "ana"],
    ),
    "released by a lead: the former holder": (MINE, claim.release(MINE, by=ANA, at=AT), ["ben"]),
    "released by oneself: nobody": (MINE, claim.release(MINE, by=BEN, at=AT), []),
    "warned of the lapse: the owner": (MINE, claim.warn_of_lapse(MINE, at=MONDAY + LEASE_WARNS), ["ben"]),
    "assigned: the new and the former holder": (
        MINE,
        claim.assign(MINE, actor("hana"), by=ANA, at=AT, lease=HOUR),
        ["hana", "ben"],
    ),
    "claimed: nobody, the card tells": (OPEN, claim.claim(OPEN, by=BEN, at=AT, lease=HOUR), []),
    "offered: who is on duty there": (MINE, offered(MINE), ["cleo"]),
    "half the offer's time: the receiver's duty person": (
        saved(offered(OPEN, half=True)),
        handoff.halfway(saved(offered(OPEN, half=True)), at=AT + minutes(30)),
        ["cleo"],
    ),
    "accepted: the former holder and who offered": (
        saved(offered(MINE)),
        handoff.accept(saved(offered(MINE)), by=CLEO, at=AT, lease=HOUR, service_terms=PROMISE),
        ["ben", "ana"],
    ),
    "declined: the owner and who offered": (
        saved(offered(MINE)),
        handoff.decline(
            saved(offered(MINE)), "not ours", None, by=CLEO, at=AT, lease=HOUR, needs_other=False
        ),
        ["ben", "ana"],
    ),
    "declined without an owner: who is on duty, once": (
        saved(offered(OPEN)),
        handoff.decline(
            saved(offered(OPEN)), "not ours", None, by=CLEO, at=AT, lease=HOUR, needs_other=False
        ),
        ["ana"],
    ),
    "an offer ran out: the owner and who offered": (
        saved(offered(MINE)),
        handoff.expire(saved(offered(MINE)), at=AT + minutes(60), lease=HOUR),
        ["ben", "ana"],
    ),
    "a colleague's note: the owner": (MINE, notes.note(MINE, "x", by=ANA, at=AT, lease=HOUR), ["ben"]),
    "one's own note: nobody": (MINE, notes.note(MINE, "x", by=BEN, at=AT, lease=HOUR), []),
    "an urgent promise is near its end: owner and duty": (
        URGENT,
        service.check(URGENT, at=URGENT.service.first_warn_at),
        ["ben", "ana"],
    ),
    "a calm one: the owner, and duty hears of all together": (
        MINE,
        service.check(MINE, at=MINE.service.first_warn_at),
        ["ben"],
    ),
    "the customer wrote again: the owner": (
        MINE,
        happened(Kind.JOINED, case=MINE, mention=2, why="x"),
        ["ben"],
    ),
    "the customer wrote again, unclaimed: nobody": (OPEN, happened(Kind.JOINED, mention=2, why="x"), []),
    "the post was edited: the owner": (MINE, lifecycle.revise(MINE, 1, at=AT), ["ben"]),
    "a lead raised it: the owner": (
        MINE,
        lifecycle.prioritise(MINE, Priority.P1, by=ANA, at=AT, terms=PROMISE, lease=HOUR),
        ["ben"],
    ),
    "woken: the owner": (MINE, happened(Kind.WOKEN, case=MINE, why="x", owner="ben@kettle.example"), ["ben"]),
    "undelivered: who was chosen": (
        OPEN,
        happened(Kind.UNDELIVERED, told="ana@kettle.example", view="page"),
        ["ana"],
    ),
    "somebody who left: nobody": (OPEN, happened(Kind.LAPSED, former="gone@kettle.example"), ["ana"]),
    "a private person of no policy: nobody": (OPEN, happened(Kind.LEASE_WARNED, owner=None), []),
}


def test_of_calm_promises_duty_hears_once_an_hour() -> None:
    first, second = a_case(7), a_case(8)
    warned = [
        follow(case, service.check(case, at=case.service.first_warn_at), POLICY) for case in (first, second)
    ]
    (one,), (other,) = (words(followups, "promises") for followups in warned)
    assert (one.key, one.lane) == (other.key, "dm:ana@kettle.example")
    assert (one.args["view"], one.args["subject"]) == ("promises", "support")
    later = service.check(first, at=first.service.first_due)
    assert words(follow(first, later, POLICY), "promises")[0].key != one.key


@pytest.mark.parametrize("name", TOLD)
def test_who_hears_of_it(name: str) -> None:
    before, after, people = TOLD[name]
    assert told(before, after) == people


SILENT = {
    Kind.OPENED, Kind.REOPENED, Kind.CLAIMED, Kind.EXTENDED, Kind.OFFER_WITHDRAWN,
    Kind.WAITING, Kind.SNOOZED, Kind.RESPONDED, Kind.RESOLVED, Kind.DISMISSED, Kind.ESCALATED, Kind.PAGED,
    Kind.ACKNOWLEDGED, Kind.PASSED, Kind.CLIMBED, Kind.ESCALATION_OVER, Kind.ESCALATION_EXHAUSTED,
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(SILENT))
def test_everything_else_is_told_by_the_card_alone(kind: Kind) -> None:
    names: dict[str, Any] = dict.fromkeys(
        ("former", "to", "owner", "offered_by", "told"), "hana@kettle.example"
    )
    assert told(MINE, happened(kind, case=MINE, **names)) == []


@pytest.mark.parametrize("answer", ["accepted", "declined", "an offer ran out"])
def test_whoever_was_asked_sees_that_the_offer_is_over(answer: str) -> None:
    (before, after) = next(case[:2] for name, case in TOLD.items() if name.startswith(answer))
    assert before.offer is not None
    (correction,) = [
        put
        for put in words(follow(before, after, POLICY), "notice")
        if put.key == f"notice:{before.id}:{before.offer.event}:cleo@kettle.example"
    ]
    assert correction.args["view"] == "notice"


def test_a_notice_names_its_event_and_its_reader() -> None:
    after = claim.take(MINE, "x", by=ANA, at=AT, lease=HOUR)
    (put,) = words(follow(MINE, after, POLICY), "notice")
    seq = after.pending[0].seq
    assert (put.key, put.lane) == (f"notice:7:{seq}:ben@kettle.example", "dm:ben@kettle.example")
    assert put.args["subject"] == f"7:{seq}:ben@kettle.example"


@pytest.mark.parametrize(
    ("kind", "data", "heard"),
    [
        (Kind.ESCALATION_EXHAUSTED, {}, True),
        (Kind.UNDELIVERED, {"told": None}, True),
        (Kind.UNDELIVERED, {"told": "ana@kettle.example"}, False),
        (Kind.SLA_MISSED, {}, False),
    ],
)
def test_what_nobody_in_particular_can_be_told_is_said_aloud(
    kind: Kind, data: dict[str, Any], heard: bool
) -> None:
    puts = [
        put
        for put in words(follow(OPEN, happened(kind, **data), POLICY), "notice")
        if put.lane == "web:support"
    ]
    assert bool(puts) is heard
    for put in puts:
        assert (put.rank, put.args["subject"]) == (Rank.PAGE, "7:2:#support")


# -- notes ------------------------------------------------------------------------------------------------------


def noted(case: Case, **more: Any) -> list[Put]:
    after = notes.note(case, "look here", by=ANA, at=AT, lease=HOUR, **more)
    return words(follow(case, after, POLICY), "note")


def test_a_note_hangs_below_the_card_wherever_it_is_shown() -> None:
    puts = noted(saved(offered(OPEN)))
    assert [(put.lane, put.args["below"]) for put in puts] == [
        ("web:support", "card:7@web:support"),
        ("web:pr", "card:7@web:pr"),
    ]
    assert {put.rank for put in puts} == {Rank.NOTE}


def test_written_in_a_cards_thread_it_is_not_repeated_there() -> None:
    assert [put.lane for put in noted(saved(offered(OPEN)), thread="web:support")] == ["web:pr"]
    assert noted(OPEN, thread="web:support") == []


def followed(move: str, **more: Any) -> list[list[Put]]:
    """Notes and notices put when it was written, and when it was changed or taken back."""
    before = saved(offered(MINE))
    written = notes.note(before, "look hree", by=ANA, at=AT, lease=HOUR, message="C1:1", **more)
    case, note = saved(written), written.pending[-1]
    after = (
        notes.change_note(case, note, "look here", by=ANA, at=AT, lease=HOUR)
        if move == "changed"
        else notes.withdraw_note(case, note, by=ANA, at=AT)
    )
    told = (follow(before, written, POLICY), follow(case, after, POLICY))
    return [[put for put in each.puts if put.kind in ("note", "notice")] for each in told]


@pytest.mark.parametrize("move", ["changed", "withdrawn"])
def test_what_becomes_of_a_note_corrects_the_very_messages_that_said_it(move: str) -> None:
    for more in ({}, {"thread": "web:support"}):
        first, then = followed(move, **more)
        assert [(put.key, put.args, put.lane, put.rank) for put in first] == [
            (put.key, put.args, put.lane, put.rank) for put in then
        ]
        assert "dm:ben@kettle.example" in {put.lane for put in then}


def test_deliveries_are_due_when_it_happened() -> None:
    followups = follow(MINE, claim.take(MINE, "x", by=ANA, at=AT, lease=HOUR), POLICY)
    assert {put.due for put in followups.puts if put.lane} == {AT}
