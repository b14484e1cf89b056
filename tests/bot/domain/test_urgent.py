"""How escalations went, in numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.alarms.urgent import summed, urgencies
from bot.domain.events import Event, Kind
from bot.domain.people import PersonId

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes: float, case: int, kind: Kind) -> tuple[int, Event]:
    moment = START + timedelta(minutes=minutes)
    return case, Event(kind=kind, at=moment, by=PersonId("ana"), department="support")


def test_answered_claimed_running_and_nobody() -> None:
    found = urgencies(
        [
            at(0, 1, Kind.ESCALATED), at(0, 1, Kind.PAGED), at(5, 1, Kind.PAGED), at(8, 1, Kind.ACKNOWLEDGED),
            at(20, 1, Kind.CLAIMED), at(20, 1, Kind.ESCALATION_OVER),
            at(0, 2, Kind.ESCALATED), at(0, 2, Kind.PAGED), at(40, 2, Kind.ESCALATION_EXHAUSTED),
        ],
        START,
    )  # fmt: skip
    whole = summed(found)
    assert (whole.begun, whole.pages, whole.answered, whole.running, whole.reached_nobody) == (2, 3, 1, 1, 1)
    assert whole.took == timedelta(minutes=8)
    assert whole.slowest == (timedelta(minutes=8), 1)
    assert whole.ends == ((Kind.CLAIMED, 1),)


def test_two_escalations_of_one_case_are_two() -> None:
    history = [
        at(-60, 1, Kind.ESCALATED), at(-60, 1, Kind.PAGED), at(-50, 1, Kind.RESOLVED), at(-50, 1, Kind.ESCALATION_OVER),
        at(10, 1, Kind.ESCALATED), at(10, 1, Kind.PAGED), at(12, 1, Kind.TAKEN), at(12, 1, Kind.ESCALATION_OVER),
    ]  # fmt: skip
    assert [each.end for each in urgencies(history, START - timedelta(days=1))] == [Kind.RESOLVED, Kind.TAKEN]
    # Only what began in the time is told.
    assert [each.end for each in urgencies(history, START)] == [Kind.TAKEN]


def test_nothing_is_nothing() -> None:
    assert summed(()).took is None
    assert summed(()).begun == 0
