"""Two hundred people press Claim at the same moment: one has it, and the others are told who."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.domain import claim
from bot.domain.people import PersonId, Role
from bot.domain.refusals import AlreadyClaimed
from bot.domain.roles import Actor
from bot.ports import Origin, Stale
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Story, text_of
from tests.storage.conftest import Opener
from tests.storage.kit import HOUR, a_case, load, rows, save

CROWD = 200


async def test_one_of_two_hundred_has_it_and_the_others_are_told_who(desk: Story) -> None:
    number = await desk.mention("My parcel never came.")
    claimants = ["ana", "ben", "hana"]
    answers = await asyncio.gather(
        *(
            desk.hears(f"claim {number}", from_=claimants[n % 3], id=f"click-{n}", settle=False)
            for n in range(CROWD)
        )
    )
    case = await desk.case(number)
    assert case.owner is not None
    winner = desk.desk.policy.people[case.owner].name
    said = Counter(text_of(answer) for answer in answers)
    assert (await desk.kinds(number)).count("claimed") == 1
    losers = {text: count for text, count in said.items() if f"{winner} has had case {number}" in text}
    # The winner's other clicks say that it is theirs.
    mine = {text: count for text, count in said.items() if f"Case {number} is yours already" in text}
    assert sum(losers.values()) + sum(mine.values()) == CROWD - 1, said
    assert sum(losers.values()) >= CROWD * 3 // 5


async def claims(store: SqlStore, who: str) -> str:
    """What a person's click comes to: the owner's name, as that person is told it."""
    actor = Actor(id=PersonId(who), name=who, roles={"support": frozenset({Role.MEMBER})})
    while True:
        try:
            async with store.work(Origin(event_id=f"click-{who}")) as work:
                case = await work.cases.get(7)
                await work.cases.save(claim.claim(case, by=actor, at=MONDAY, lease=HOUR))
            return who
        except Stale:
            continue
        except AlreadyClaimed as late:
            return f"told {late.owner}"


async def test_the_store_itself_lets_one_win(store: SqlStore) -> None:
    await save(store, a_case(7))
    results = Counter(await asyncio.gather(*(claims(store, f"p{n}") for n in range(CROWD))))
    winner = (await load(store, 7)).owner
    assert results == {winner: 1, f"told {winner}": CROWD - 1}
    assert (await load(store, 7)).version == 2
    assert len(await rows(store, "SELECT * FROM seen")) == 1, "a refusal leaves nothing"


async def test_two_processes_let_one_win(opened: Opener) -> None:
    async with opened() as one, opened() as two:
        await save(one, a_case(7))
        crowd = [claims((one, two)[n % 2], f"p{n}") for n in range(CROWD // 2)]
        results = Counter(await asyncio.gather(*crowd))
        winner = (await load(one, 7)).owner
        assert sum(count for said, count in results.items() if not said.startswith("told")) == 1
        assert set(results) == {winner, f"told {winner}"}
