"""Our own budgets, with a clock that the test moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.slack.pace import BUDGETS, CHANNEL, TIER_2, TIER_3, WORKSPACE, Pace
from bot.ports import OwnBudgets, Rate
from tests.adapters.slack.moving import Moving

POST = "chat.postMessage"
NOW = timedelta(0)


@pytest.fixture
def time() -> Moving:
    return Moving()


@pytest.fixture
def budgets(time: Moving) -> OwnBudgets:
    return OwnBudgets(time)


@pytest.fixture
def pace(budgets: OwnBudgets) -> Pace:
    return Pace(budgets)


async def calls(pace: Pace, method: str, channel: str | None = None, *, urgent: bool = False) -> int:
    """How many calls pass at this very moment."""
    passed = 0
    while not await pace.take(method, channel, urgent=urgent):
        passed += 1
        assert passed < 1000, "there is no end to it"
    return passed


async def test_a_channel_takes_a_small_burst_then_one_message_a_second(pace: Pace, time: Moving) -> None:
    assert await calls(pace, POST, "C1") == CHANNEL.burst - CHANNEL.reserve
    assert await pace.take(POST, "C1", urgent=False) == timedelta(seconds=1)
    passed = 0
    for _ in range(60):
        time.at += timedelta(seconds=1)
        passed += await calls(pace, POST, "C1")
    assert passed == 60


async def test_the_wait_told_is_just_long_enough(pace: Pace, time: Moving) -> None:
    await calls(pace, POST, "C1")
    time.at += timedelta(milliseconds=300)
    wait = await pace.take(POST, "C1", urgent=False)
    assert wait == timedelta(milliseconds=700)
    time.at += wait - timedelta(milliseconds=1)
    assert await pace.take(POST, "C1", urgent=False) == timedelta(milliseconds=1)
    time.at += timedelta(milliseconds=1)
    assert await pace.take(POST, "C1", urgent=False) == NOW


async def test_being_told_to_wait_costs_nothing(pace: Pace, time: Moving) -> None:
    await calls(pace, POST, "C1")
    for _ in range(50):
        await pace.take(POST, "C1", urgent=False)
    time.at += timedelta(seconds=1)
    assert await pace.take(POST, "C1", urgent=False) == NOW


async def test_channels_do_not_wait_for_one_another_until_the_workspace_is_used_up(pace: Pace) -> None:
    passed = [await calls(pace, POST, f"C{number}") for number in range(10)]
    assert passed[:7] == [2] * 7
    assert sum(passed) == WORKSPACE.burst - WORKSPACE.reserve


async def test_a_channel_that_has_to_wait_takes_nothing_from_the_workspace(pace: Pace) -> None:
    await calls(pace, POST, "C1")
    for _ in range(100):
        await pace.take(POST, "C1", urgent=False)
    assert await pace.take(POST, "C2", urgent=False) == NOW


async def test_a_share_is_kept_for_what_is_urgent(pace: Pace, time: Moving) -> None:
    for number in range(30):
        await calls(pace, POST, f"C{number}")
    assert await pace.take(POST, "C99", urgent=False) > NOW
    assert [await pace.take(POST, f"D{n}", urgent=True) for n in range(WORKSPACE.reserve)] == [
        NOW
    ] * WORKSPACE.reserve
    assert await pace.take(POST, "D99", urgent=True) > NOW
    time.at += WORKSPACE.each
    assert await pace.take(POST, "C99", urgent=False) > NOW
    assert await pace.take(POST, "D99", urgent=True) == NOW


async def test_every_method_has_its_own_budget(pace: Pace, time: Moving) -> None:
    assert await calls(pace, "chat.update") == TIER_3.burst - TIER_3.reserve
    assert await pace.take("chat.delete", None, urgent=False) == NOW
    time.at += timedelta(minutes=1)
    passed = 0
    for _ in range(600):
        time.at += timedelta(milliseconds=100)
        passed += await calls(pace, "chat.update")
    assert 50 <= passed <= 50 + TIER_3.burst


async def test_a_method_nobody_named_is_of_tier_2(pace: Pace) -> None:
    assert "emoji.list" not in BUDGETS
    assert await calls(pace, "emoji.list") == TIER_2.burst - TIER_2.reserve


async def test_slack_s_wish_to_wait_holds_up_that_channel_alone(pace: Pace, time: Moving) -> None:
    await pace.block(POST, "C1", timedelta(seconds=30))
    assert await pace.take(POST, "C1", urgent=True) == timedelta(seconds=30)
    assert await pace.take(POST, "C2", urgent=False) == NOW
    time.at += timedelta(seconds=30)
    assert await pace.take(POST, "C1", urgent=False) == NOW


async def test_slack_s_wish_to_wait_holds_up_the_whole_method(pace: Pace, time: Moving) -> None:
    await pace.block("chat.update", "C1", timedelta(seconds=7))
    await pace.block("chat.update", "C1", timedelta(seconds=2))
    assert await pace.take("chat.update", "C2", urgent=True) == timedelta(seconds=7)
    await pace.block(POST, None, timedelta(seconds=5))
    assert await pace.take(POST, "C9", urgent=False) == timedelta(seconds=5)


async def test_a_clock_put_back_does_not_hold_up_for_long(pace: Pace, time: Moving) -> None:
    await calls(pace, POST, "C1")
    time.at -= timedelta(hours=1)
    assert await pace.take(POST, "C1", urgent=False) <= CHANNEL.burst * CHANNEL.each
    time.at += CHANNEL.burst * CHANNEL.each
    assert await pace.take(POST, "C1", urgent=False) == NOW


async def test_old_conversations_are_forgotten(pace: Pace, budgets: OwnBudgets, time: Moving) -> None:
    for number in range(3000):
        time.at += timedelta(seconds=5)
        assert await pace.take(POST, f"C{number}", urgent=False) == NOW
    assert budgets.known < 2200


@pytest.mark.parametrize("budget", [CHANNEL, WORKSPACE, *BUDGETS.values()])
def test_every_budget_lets_something_pass(budget: Rate) -> None:
    assert budget.burst > budget.reserve >= 0
    assert budget.each > NOW
