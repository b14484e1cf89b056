"""People act on the same cases at three replicas at once; for each case one order explains all the answers."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.desk import Story, a_desk
from tests.journeys.history import Act, State, explained

ACTS = 12
"""By each of six hands."""


async def act(desk: Story, who: str, verb: str, case: int, acts: list[Act]) -> None:
    words = {"handoff": f"handoff {case} legal anyway", "take": f"take {case} my turn"}
    clock = asyncio.get_running_loop().time
    begun = clock()
    answer = await desk.hears(
        words.get(verb, f"{verb} {case}"), from_=who, id=f"{who}-{verb}-{begun}", settle=False
    )
    assert answer is not None
    acts.append(Act(who=who, verb=verb, begun=begun, ended=clock(), done=not answer.refused))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_one_order_explains_what_three_replicas_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("BATON_TEST_DATABASE", "postgresql")
    async with AsyncExitStack() as open_desks:
        desks = [await open_desks.enter_async_context(a_desk(tmp_path)) for _ in range(3)]
        cases = [await desks[0].mention() for _ in range(3)]
        acts: dict[int, list[Act]] = {case: [] for case in cases}

        async def hand(number: int) -> None:
            chance = random.Random(seed * 100 + number)
            for _ in range(ACTS):
                case, who = chance.choice(cases), chance.choice(("ben", "hana", "cleo"))
                verb = chance.choice(("claim", "claim", "take", "release", "handoff", "accept"))
                await act(desks[number % 3], who, verb, case, acts[case])

        await asyncio.gather(*(hand(number) for number in range(6)))
        for case, done in acts.items():
            known = await desks[0].case(case)
            owner = known.owner.partition("@")[0] if known.owner else None
            end = State(
                department=known.department, owner=owner, offered=known.offer.to if known.offer else None
            )
            assert explained(done, start=State(), end=end), done
