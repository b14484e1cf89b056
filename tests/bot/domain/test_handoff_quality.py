"""Handoffs in numbers, and where they hurt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.events import Datum, Event, Kind
from bot.domain.people import PersonId
from bot.domain.shifts.handoff_quality import by_pair, count, handoffs, middle, sore_pair, to_and_fro

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes: float, case: int, kind: Kind, department: str, **data: Datum) -> tuple[int, Event]:
    moment = START + timedelta(minutes=minutes)
    return case, Event(kind=kind, at=moment, by=PersonId("ana"), department=department, data=data)


def asked(minutes: float, case: int, giver: str = "support", to: str = "legal") -> tuple[int, Event]:
    return at(minutes, case, Kind.OFFERED, giver, to=to)


def test_each_offer_meets_its_own_end() -> None:
    found = handoffs(
        [
            asked(0, 1), asked(1, 2), asked(2, 3), asked(3, 4), asked(4, 5),
            at(6, 1, Kind.ACCEPTED, "legal", giver="support"),
            at(7, 2, Kind.DECLINED, "support", to="legal"),
            at(8, 3, Kind.OFFER_EXPIRED, "support", to="legal"),
            at(9, 4, Kind.OFFER_WITHDRAWN, "support", to="legal"),
        ]
    )  # fmt: skip
    counts = count(found)
    assert (counts.asked, counts.accepted, counts.declined, counts.expired) == (5, 1, 1, 1)
    assert (counts.withdrawn, counts.waiting) == (1, 1)
    assert (counts.answered, counts.failed, counts.took) == (3, 2, timedelta(minutes=6))


def test_a_case_offered_twice_counts_twice() -> None:
    found = handoffs(
        [asked(0, 1), at(5, 1, Kind.DECLINED, "support"), asked(6, 1), at(7, 1, Kind.ACCEPTED, "legal")]
    )
    assert [each.end for each in found] == [Kind.DECLINED, Kind.ACCEPTED]


def test_an_end_whose_offer_lies_before_counts_for_nothing() -> None:
    assert handoffs([at(0, 1, Kind.ACCEPTED, "legal")]) == ()


def test_the_middle_of_none_one_and_several() -> None:
    minutes = [timedelta(minutes=n) for n in (1, 9, 3)]
    assert (middle([]), middle(minutes), middle(minutes[:2])) == (
        None,
        timedelta(minutes=3),
        timedelta(minutes=5),
    )


def test_it_hurts_where_most_comes_back() -> None:
    found = handoffs(
        [
            *(asked(n, n) for n in range(4)),
            *(at(9, n, Kind.DECLINED, "support") for n in range(3)),
            *(asked(20, 10 + n, "sales", "pr") for n in range(9)),
            *(at(30, 10 + n, Kind.ACCEPTED, "pr") for n in range(9)),
        ]
    )
    pairs = by_pair(found)
    assert list(pairs) == [("sales", "pr"), ("support", "legal")]
    assert sore_pair(pairs) == ("support", "legal")


def test_one_refusal_is_an_accident() -> None:
    assert sore_pair(by_pair(handoffs([asked(0, 1), at(1, 1, Kind.DECLINED, "support")]))) is None


def test_to_and_fro_is_twice_and_again_now() -> None:
    moves = [
        at(0, 1, Kind.ACCEPTED, "legal"), at(90, 1, Kind.ACCEPTED, "support"),
        at(80, 2, Kind.ACCEPTED, "legal"),
        at(0, 3, Kind.ACCEPTED, "legal"), at(10, 3, Kind.ACCEPTED, "support"),
    ]  # fmt: skip
    assert to_and_fro(moves, START + timedelta(minutes=60)) == (1,)
