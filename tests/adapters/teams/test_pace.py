"""Our own windows, with a clock that the test moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.pace import APP, SENDS, Pace
from bot.ports import OwnBudgets
from tests.adapters.slack.moving import Moving

ONE, TWO, HALF_MINUTE, HOUR = SENDS
NOW = timedelta(0)
SECOND = timedelta(seconds=1)
CHANNEL = "19:one@thread.tacv2"


@pytest.fixture
def time() -> Moving:
    return Moving()


@pytest.fixture
def budgets(time: Moving) -> OwnBudgets:
    return OwnBudgets(time)


@pytest.fixture
def pace(budgets: OwnBudgets) -> Pace:
    return Pace(budgets)


async def calls(
    pace: Pace, conversation: str | None = CHANNEL, *, verb: str = "POST", urgent: bool = False
) -> int:
    """How many calls pass at this very moment."""
    passed = 0
    while not await pace.take(verb, conversation, urgent=urgent):
        passed += 1
        assert passed < 5000, "there is no end to it"
    return passed


async def test_seven_messages_pass_at_once_and_the_last_is_kept_for_what_is_urgent(pace: Pace) -> None:
    assert await calls(pace) == 6
    assert await calls(pace, urgent=True) == 1
    assert await pace.take("POST", CHANNEL, urgent=True) == SECOND


async def test_eight_pass_within_two_seconds(pace: Pace, time: Moving) -> None:
    assert await calls(pace, urgent=True) == 7
    time.at += SECOND
    assert await calls(pace, urgent=True) == 1
    assert await pace.take("POST", CHANNEL, urgent=True) == SECOND


async def test_sixty_pass_within_half_a_minute_and_1800_within_an_hour(pace: Pace, time: Moving) -> None:
    passed, began = [], time.at
    while time.at < began + timedelta(hours=2):
        passed += [time.at] * await calls(pace, urgent=True)
        time.at += timedelta(milliseconds=500)
    for window in SENDS:
        within = [sum(1 for at in passed if 0 <= (at - since) / window.span < 1) for since in set(passed)]
        assert max(within) == window.most
    assert len(passed) == 3600


async def test_the_wait_told_is_just_long_enough(pace: Pace, time: Moving) -> None:
    await calls(pace, urgent=True)
    time.at += timedelta(milliseconds=300)
    wait = await pace.take("POST", CHANNEL, urgent=True)
    assert wait == timedelta(milliseconds=700)
    time.at += wait - timedelta(milliseconds=1)
    assert await pace.take("POST", CHANNEL, urgent=True) == timedelta(milliseconds=1)
    time.at += timedelta(milliseconds=1)
    assert await pace.take("POST", CHANNEL, urgent=True) == NOW


async def test_being_told_to_wait_costs_nothing(pace: Pace, time: Moving) -> None:
    await calls(pace, urgent=True)
    for _ in range(50):
        assert await pace.take("POST", CHANNEL, urgent=True) == SECOND
    time.at += SECOND
    assert await pace.take("POST", CHANNEL, urgent=True) == NOW


async def test_conversations_do_not_wait_for_one_another_until_the_app_is_used_up(pace: Pace) -> None:
    passed = [await calls(pace, f"19:{number}") for number in range(12)]
    assert passed[:6] == [6] * 6
    assert sum(passed) == APP[0].most - APP[0].reserve == 40
    assert await pace.take("POST", "a:somebody", urgent=False) == SECOND
    assert await calls(pace, "a:somebody", urgent=True) == 7


async def test_asking_does_not_keep_from_saying(pace: Pace) -> None:
    assert await calls(pace, verb="GET") == 14
    assert await calls(pace) == 6


async def test_what_belongs_to_no_conversation_counts_for_the_app_alone(pace: Pace) -> None:
    assert await calls(pace, None) == 40


async def test_teams_may_block_one_conversation_or_all(pace: Pace, time: Moving) -> None:
    await pace.block(CHANNEL, timedelta(seconds=9))
    await pace.block(CHANNEL, timedelta(seconds=3))
    assert await pace.take("POST", CHANNEL, urgent=True) == timedelta(seconds=9)
    assert await pace.take("POST", "19:other", urgent=False) == NOW
    await pace.block(None, timedelta(seconds=4))
    assert await pace.take("POST", "19:other", urgent=True) == timedelta(seconds=4)
    time.at += timedelta(seconds=9)
    assert await pace.take("POST", CHANNEL, urgent=False) == NOW


async def test_a_clock_that_goes_back_keeps_nobody_waiting_longer_than_a_window(
    pace: Pace, time: Moving
) -> None:
    await calls(pace, urgent=True)
    time.at -= timedelta(days=1)
    assert await pace.take("POST", CHANNEL, urgent=True) <= TWO.span
    time.at += TWO.span
    assert await pace.take("POST", CHANNEL, urgent=True) == NOW


async def test_what_is_past_is_forgotten(pace: Pace, budgets: OwnBudgets, time: Moving) -> None:
    for number in range(1500):
        await pace.take("POST", f"19:{number}", urgent=True)
        await pace.block(f"19:{number}", SECOND)
        time.at += timedelta(seconds=4)
    assert budgets.known < 2200


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=3000), max_size=150))
async def test_no_window_is_ever_exceeded(pauses: list[int]) -> None:
    time = Moving()
    pace, passed = Pace(OwnBudgets(time)), []
    for pause in pauses:
        time.at += timedelta(milliseconds=pause)
        passed += [time.at] * await calls(pace, urgent=True)
    for window in SENDS:
        for since in set(passed):
            assert sum(1 for at in passed if since <= at < since + window.span) <= window.most
