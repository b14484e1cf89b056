"""The one place that hears Teams: kinds, repetitions, order, reactions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.teams.ear import BUSY
from adapters.teams.inbound import OTHER, Turns
from bot.ports import Overloaded
from tests.adapters.teams.front import PR, SUPPORT, Front, a_front


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


@pytest.fixture
async def case(front: Front) -> int:
    return await front.story.mention()


@pytest.mark.parametrize(
    "told",
    [
        {"type": "typing"},
        {"type": "event", "name": "application/vnd.microsoft.readReceipt"},
        {"type": "messageUpdate", "channelData": {"eventType": "dance"}},
        {"type": "messageDelete", "channelData": None},
        {"type": "message", "value": [1]},
    ],
)
async def test_what_nobody_needs_is_ignored(front: Front, told: dict[str, object]) -> None:
    base = front.teams.activity("typing", front.users["ben"], SUPPORT)
    assert (await front.teams.event({**base, **told})).status == 200
    assert front.heard == []


async def test_kinds_are_counted_by_names_that_we_chose(front: Front) -> None:
    await front.says("ben", "hello")
    await front.teams.event(front.teams.activity("typing", front.users["ben"], SUPPORT))
    await front.teams.invoke(front.users["ben"], SUPPORT, "odd/name", {})
    assert front.counted == ["message", OTHER, OTHER]


async def test_the_answer_to_teams_waits_for_no_answer_to_people(front: Front, case: int) -> None:
    front.teams.trouble("POST", lambda: asyncio.sleep(2))  # type: ignore[arg-type]
    answer = await front.teams.mention(front.users["vera"], SUPPORT, "oncall")
    assert (answer.status, answer.seconds < 1.5) == (200, True)


async def test_what_failed_may_come_again(front: Front, case: int) -> None:
    front.busy.append(RuntimeError("boom"))
    said = await front.teams.mention(front.users["ben"], SUPPORT, f"claim {case}")
    assert said.status == 500
    assert (await front.teams.redeliver()).status == 200
    assert await front.owner(case) == "ben@kettle.example"


class TestReactions:
    async def test_they_say_what_the_department_gave_them(self, front: Front, case: int) -> None:
        await front.teams.react(front.users["ben"], SUPPORT, front.card(case))
        assert await front.owner(case) == "ben@kettle.example"

    async def test_newer_ones_are_known_by_their_name(self, front: Front, case: int) -> None:
        await front.says("ben", f"@Baton claim {case}")
        await front.teams.react(front.users["ben"], SUPPORT, front.card(case), "1f440_eyes-tone3")
        assert front.heard[-1].words == f"extend {case}"

    async def test_once_each_time(self, front: Front, case: int) -> None:
        card = front.card(case)
        await front.teams.react(front.users["ben"], SUPPORT, card)
        for _ in range(2):
            await front.teams.redeliver()
        assert len(front.heard) == 1
        await front.says("ben", f"@Baton release {case}")
        front.story.time.at += timedelta(seconds=9)
        await front.teams.react(front.users["ben"], SUPPORT, card)
        assert await front.owner(case) == "ben@kettle.example"

    @pytest.mark.parametrize("kind", ["heart", "1f525_fire", ""])
    async def test_others_say_nothing(self, front: Front, case: int, kind: str) -> None:
        await front.teams.react(front.users["ben"], SUPPORT, front.card(case), kind)
        assert front.heard == []

    async def test_nor_does_taking_one_back(self, front: Front, case: int) -> None:
        await front.teams.react(front.users["ben"], SUPPORT, front.card(case), take_back=True)
        assert front.heard == []

    async def test_nor_does_one_where_it_means_nothing(self, front: Front, case: int) -> None:
        await front.says("ben", f"@Baton handoff {case} pr it burns")
        heard = len(front.heard)
        await front.teams.react(front.users["cleo"], PR, front.card(case, PR))
        talk = await front.says("ben", "hello")
        await front.teams.react(front.users["ben"], SUPPORT, talk)
        assert len(front.heard) == heard

    async def test_refusals_are_told(self, front: Front, case: int) -> None:
        await front.says("ana", f"@Baton claim {case}", below=front.card(case))
        await front.teams.react(front.users["ben"], SUPPORT, front.card(case))
        await front.settles()
        (told,) = front.private("ben")
        assert "Ana Ruiz" in told

    async def test_on_a_busy_day_that_is_said(self, front: Front, case: int) -> None:
        front.busy.append(Overloaded())
        await front.teams.react(front.users["ben"], SUPPORT, front.card(case))
        await front.settles()
        assert BUSY in front.replies(front.card(case))[0]

    async def test_strangers_are_told_once(self, front: Front, case: int) -> None:
        for _ in range(2):
            front.story.time.at += timedelta(seconds=9)
            await front.teams.react(front.users["joe"], SUPPORT, front.card(case))
        await front.settles()
        assert len(front.replies(front.card(case))) == 1
        assert front.heard == []


class TestTurns:
    async def test_one_after_the_other_in_order(self) -> None:
        turns, done = Turns(), list[int]()

        async def one(number: int) -> None:
            async with turns.of("key"):
                await asyncio.sleep(0.003 - number / 1000)
                done.append(number)

        await asyncio.gather(*(one(number) for number in range(3)))
        assert done == [0, 1, 2]
        assert turns._locks == {}

    async def test_others_do_not_wait(self) -> None:
        turns = Turns()
        async with turns.of("one"), asyncio.timeout(30), turns.of("other"):
            pass

    async def test_a_failure_lets_the_next_one_in(self) -> None:
        turns = Turns()
        with contextlib.suppress(ValueError):
            async with turns.of("key"):
                raise ValueError
        async with asyncio.timeout(30), turns.of("key"):
            pass
