"""claim, take, release, extend, assign, and the lease."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.parts import State
from tests.desk import Story, text_of, words_on


async def test_one_person_answers_for_it(desk: Story) -> None:
    number = await desk.mention()
    said = await desk.says(f"claim {number}", from_="ben")
    assert "Ben" in said
    case = await desk.case(number)
    assert (case.state, case.owner) == (State.CLAIMED, "ben@kettle.example")
    assert case.lease is not None
    assert case.lease.until == desk.now + timedelta(hours=4)


async def test_a_loser_is_told_who_won(desk: Story) -> None:
    number = await desk.mention()
    answers = await asyncio.gather(
        *(desk.says(f"claim {number}", from_=name, settle=False) for name in ("ana", "ben", "hana"))
    )
    assert sorted("has had case" in answer for answer in answers) == [False, True, True]
    assert (await desk.kinds(number)).count("claimed") == 1


async def test_the_same_press_delivered_twice_claims_once(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben", id="e1")
    assert await desk.hears(f"claim {number}", from_="ben", id="e1") is None
    assert await desk.kinds(number) == ["opened", "claimed"]


async def test_a_viewer_may_not_and_learns_who_may(desk: Story) -> None:
    number = await desk.mention()
    said = await desk.says(f"claim {number}", from_="vera")
    assert "You may not claim in Support" in said
    assert "Ana Ruiz" in said
    assert await desk.kinds(number) == ["opened"]


async def test_a_takeover_wants_a_reason_and_tells_the_former_owner(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    assert "Say why" in await desk.says(f"take {number}", from_="hana")
    await desk.hears(f"take {number} Ben is on the train", from_="hana")
    assert (await desk.case(number)).owner == "hana@kettle.example"
    assert any("Ben is on the train" in text_of(card) for card in await desk.direct("ben"))


async def test_a_lead_takes_without_a_reason(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"take {number}", from_="ana")
    assert (await desk.case(number)).owner == "ana@kettle.example"


async def test_after_half_an_hour_of_silence_anyone_takes_without_a_reason(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.passes(minutes=30)
    await desk.hears(f"take {number}", from_="hana")
    assert (await desk.case(number)).owner == "hana@kettle.example"


async def test_a_lease_warns_its_owner_and_lapses(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"claim {number}", from_="ben")
    await desk.passes(minutes=45)
    assert any(f"extend {number}" in words_on(card) for card in await desk.direct("ben"))
    await desk.passes(minutes=15)
    case = await desk.case(number)
    assert (case.state, case.owner, case.lease) == (State.OPEN, None, None)
    assert [kind for kind in await desk.kinds(number) if kind[0] == "l"] == ["lease_warned", "lapsed"]


async def test_extending_keeps_the_claim(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"claim {number}", from_="ben")
    await desk.passes(minutes=50)
    await desk.hears(f"extend {number}", from_="ben")
    await desk.passes(minutes=20)
    case = await desk.case(number)
    assert case.owner == "ben@kettle.example"
    assert case.lease is not None
    assert not case.lease.warned


async def test_a_note_by_the_owner_renews_the_lease(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"claim {number}", from_="ben")
    await desk.passes(minutes=40)
    await desk.hears(f"note {number} called them", from_="ben")
    lease = (await desk.case(number)).lease
    assert lease is not None
    assert lease.until == desk.now + timedelta(hours=1)


async def test_a_calm_lease_sleeps_when_the_department_does(desk: Story) -> None:
    number = await desk.mention("What is the price?")
    await desk.passes(hours=8)  # 17:00
    await desk.hears(f"claim {number}", from_="gil")
    await desk.passes(hours=18)  # 11:00 the next day
    assert (await desk.case(number)).owner == "gil@kettle.example"
    await desk.passes(hours=1)
    assert (await desk.case(number)).owner is None


async def test_release_puts_it_back(desk: Story) -> None:
    number = await desk.mention()
    assert "Nobody has claimed" in await desk.says(f"release {number}", from_="ben")
    await desk.hears(f"claim {number}", from_="ben")
    assert "belongs to Ben" in await desk.says(f"release {number}", from_="hana")
    await desk.hears(f"release {number}", from_="ben")
    assert (await desk.case(number)).state is State.OPEN


async def test_a_lead_assigns_within_the_department(desk: Story) -> None:
    number = await desk.mention()
    assert "You may not assign" in await desk.says(f"assign {number} hana", from_="ben")
    assert "cannot be assigned" in await desk.says(f"assign {number} gil", from_="ana")
    await desk.hears(f"assign {number} ben", from_="ana")
    assert (await desk.case(number)).owner == "ben@kettle.example"
    assert len(await desk.direct("ben")) == 1
    await desk.hears(f"assign {number} hana", from_="ana")
    assert (await desk.case(number)).owner == "hana@kettle.example"
    assert len(await desk.direct("ben")) == 2


async def test_there_is_no_such_case(desk: Story) -> None:
    for words in (
        "claim 4",
        "take 4",
        "release 4",
        "extend 4",
        "note 4 hello",
        "resolve 4",
        "escalate 4",
        "ack 4",
    ):
        assert "There is no case 4" in await desk.says(words, from_="ana"), words


async def test_in_a_cases_thread_the_number_may_be_left_out(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears("claim", from_="ben", in_="support", thread=number)
    await desk.hears("note I call them", from_="ben", in_="support", thread=number)
    assert await desk.kinds(number) == ["opened", "claimed", "noted"]
