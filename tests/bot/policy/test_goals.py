"""What share of the cases reached a goal, in the right hours, each case counted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.parts import Rest, State
from bot.domain.times.calendar import Span
from bot.policy.goals import Standing, counted_from, standing
from bot.policy.model import Goal, Measure
from bot.ports.reports import Promised
from tests.desk import test_policy as the_policy

POLICY = the_policy()
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
WEEK = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC))


def goal(target: str, measure: Measure = Measure.FIRST_RESPONSE_WITHIN) -> Goal:
    return Goal(measure=measure, target=Span.parse(target), share=0.9)


def case(since: datetime, after: float | None = None, department: str = "sales", **more: object) -> Promised:
    """`after` hours answered and resolved."""
    done = since + timedelta(hours=after) if after is not None else None
    state = State.RESOLVED if done else State.OPEN
    made = Promised(department=department, state=state, since=since, responded_at=done, closed_at=done)
    return replace(made, **more)  # type: ignore[arg-type]


def kept(
    target: str, *cases: Promised, measure: Measure = Measure.FIRST_RESPONSE_WITHIN
) -> tuple[int, int, int]:
    found = standing(POLICY, goal(target, measure), cases, *WEEK)
    return found.reached, found.decided, found.open


def test_in_time_late_and_still_open() -> None:
    assert kept("1h", case(MONDAY, 0.5), case(MONDAY, 2), case(MONDAY)) == (1, 3, 0)
    assert kept("1h", case(WEEK[1] - timedelta(minutes=10))) == (0, 0, 1)


def test_exactly_on_the_target_is_in_time() -> None:
    assert kept("1h", case(MONDAY, 1)) == (1, 1, 0)


def test_working_time_is_the_owning_departments() -> None:
    # Friday 17:30 to Monday 09:15: 45 minutes of Sales' working time, and a weekend of Support's.
    late = 63.75
    assert kept("1wh", case(FRIDAY, late, "sales"), case(FRIDAY, late, "support")) == (1, 2, 0)
    assert kept("1h", case(FRIDAY, late, "sales")) == (0, 1, 0)


def test_a_working_day_ends_on_the_next_one() -> None:
    assert kept("1wd", case(FRIDAY, 63.75, "sales")) == (1, 1, 0)


def test_what_was_dismissed_unanswered_has_no_part_in_it() -> None:
    spam = case(MONDAY, state=State.DISMISSED, closed_at=MONDAY + timedelta(hours=3))
    assert kept("1h", spam) == (0, 0, 0)


def test_an_answer_after_the_period_is_none_in_it() -> None:
    assert kept("4h", case(WEEK[1] - timedelta(hours=1), 2)) == (0, 0, 1)


def test_a_resolve_clock_stands_while_the_case_waits() -> None:
    rested = case(
        MONDAY, 6, rests=(Rest(since=MONDAY + timedelta(hours=1), until=MONDAY + timedelta(hours=5)),)
    )
    for target in ("2h", "2wh"):
        assert kept(target, rested, measure=Measure.RESOLVED_WITHIN) == (1, 1, 0)
        assert kept(target, replace(rested, rests=()), measure=Measure.RESOLVED_WITHIN) == (0, 1, 0)


def test_nothing_decided_is_neither_kept_nor_missed() -> None:
    assert Standing(share=0.9).kept is None
    assert Standing(reached=9, decided=10, share=0.9).kept is True
    assert Standing(reached=8, decided=10, share=0.9).kept is False


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.none() | st.integers(0, 6_000)), max_size=12),
    st.sampled_from(["1h", "4wh", "1wd", "3h"]),
    st.integers(1, 19_999),
)
@settings(max_examples=60, deadline=None)
def test_every_case_counts_in_exactly_one_of_two_periods_that_touch(
    made: list[tuple[int, int | None]], target: str, middle: int
) -> None:
    first, last = MONDAY - timedelta(minutes=1), MONDAY + timedelta(days=90)
    between = MONDAY + timedelta(minutes=middle)
    cases = [
        case(MONDAY + timedelta(minutes=at), after / 60 if after is not None else None) for at, after in made
    ]
    wanted = goal(target)

    def in_(start: datetime, end: datetime) -> Standing:
        seen = [each for each in cases if counted_from(wanted, start) <= each.since < end]
        return standing(POLICY, wanted, seen, start, end)

    one, two, both = in_(first, between), in_(between, last), in_(first, last)
    assert (one.decided + two.decided, one.reached + two.reached) == (both.decided, both.reached)
    assert both.decided == len(cases)
