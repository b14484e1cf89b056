"""Offers between departments: never in nobody's hands."""

from __future__ import annotations

from datetime import timedelta

from bot.ports import Origin
from tests.desk import Story, text_of, words_on

BEN, FINN, GIL = "ben@kettle.example", "finn@kettle.example", "gil@kettle.example"


async def test_it_stays_the_givers_until_it_is_accepted(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"handoff {number} sales wants to buy ten", from_="ben")
    case = await desk.case(number)
    assert (case.owner, case.department) == (BEN, "support")
    assert case.offer is not None
    assert (case.offer.to, case.offer.note) == ("sales", "wants to buy ten")
    assert case.offer.until == desk.now + timedelta(hours=2)
    assert case.lease is not None
    assert case.lease.left == timedelta(hours=4)
    assert f"accept {number}" in words_on(await desk.card(number, "sales"))
    await desk.hears(f"accept {number}", from_="gil")
    case = await desk.case(number)
    assert (case.owner, case.department, case.offer, case.handoffs) == (GIL, "sales", None, 1)
    assert any("Gil" in text_of(card) for card in await desk.direct("ben"))


async def test_the_clocks_after_it_are_the_receivers(desk: Story) -> None:
    number = await desk.mention()
    await desk.passes(hours=6)  # 15:00
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.hears(f"accept {number}", from_="gil")
    case = await desk.case(number)
    assert case.service.since == case.opened_at
    assert case.service.first_due == case.opened_at + timedelta(hours=4)
    assert case.lease is not None
    assert case.lease.until == desk.now + timedelta(hours=19)  # three hours today, one tomorrow


async def test_a_decline_brings_it_back_with_the_reason(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"handoff {number} sales", from_="ben")
    assert "Say why" in await desk.says(f"decline {number}", from_="gil")
    await desk.hears(f"decline {number} it is about a refund", from_="gil")
    case = await desk.case(number)
    assert (case.owner, case.offer) == (BEN, None)
    assert case.lease is not None
    assert case.lease.left is None
    (told,) = await desk.direct("ben")
    assert "it is about a refund" in text_of(told)


async def test_who_must_name_another_does(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} legal", from_="ben")
    assert "only by naming who else" in await desk.says(
        f"decline {number} legal has no say here", from_="cleo"
    )
    await desk.hears(f"decline {number} sales because it is an order", from_="cleo")
    async with desk.desk.store.work(Origin()) as work:
        (event, *_) = await work.cases.history(number, limit=1)
    assert (event.data["other"], event.data["reason"]) == ("sales", "because it is an order")


async def test_an_answer_that_never_comes_brings_it_back(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.passes(hours=2)
    case = await desk.case(number)
    assert (case.offer, case.department) == (None, "support")
    assert await desk.kinds(number) == ["opened", "offered", "offer_expired"]
    assert await desk.direct("ana")
    assert "No offer" in await desk.says(f"accept {number}", from_="gil")


async def test_an_urgent_offer_tells_the_receivers_duty_person_at_half(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.passes(minutes=14)
    assert len(await desk.direct("finn")) == 1
    await desk.passes(minutes=1)
    asked, reminded = await desk.direct("finn")
    assert f"accept {number}" in words_on(asked) and f"accept {number}" in words_on(reminded)
    await desk.passes(minutes=15)
    assert (await desk.case(number)).offer is None


async def test_the_duty_person_is_asked_directly_and_sees_when_it_is_answered(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} sales wants ten", from_="ben")
    (asked,) = await desk.direct("finn")
    assert {f"accept {number}", f"decline {number}"} <= set(words_on(asked))
    await desk.hears(f"accept {number}", from_="gil")
    (answered,) = await desk.direct("finn")
    assert f"accept {number}" not in words_on(answered)


async def test_a_closed_department_makes_the_desk_ask(desk: Story) -> None:
    number = await desk.mention()
    await desk.passes(hours=10)  # 19:00: Support is open, Sales is closed
    answer = await desk.hears(f"handoff {number} sales wants ten", from_="ben")
    assert "Sales is closed until Tue 09:00" in text_of(answer)
    assert words_on(answer) == [
        f"handoff {number} sales anyway wants ten",
        f"handoff {number} sales paging wants ten",
    ]
    assert (await desk.case(number)).offer is None
    assert "You may not hand off" in await desk.says(f"handoff {number} sales", from_="vera")


async def test_offered_anyway_it_waits_for_the_morning(desk: Story) -> None:
    number = await desk.mention()
    await desk.passes(hours=10)
    await desk.hears(f"handoff {number} sales anyway wants ten", from_="ben")
    offer = (await desk.case(number)).offer
    assert offer is not None
    assert (offer.until, offer.note) == (desk.now + timedelta(hours=16), "wants ten")
    assert await desk.direct("finn") == []


async def test_offered_paging_the_duty_person_hears_of_it_now(desk: Story) -> None:
    number = await desk.mention()
    await desk.passes(hours=10)
    await desk.hears(f"handoff {number} sales paging wants ten", from_="ben")
    offer = (await desk.case(number)).offer
    assert offer is not None
    assert offer.until == desk.now + timedelta(hours=2)
    (told,) = await desk.direct("finn")
    assert f"accept {number}" in words_on(told)


async def test_release_takes_the_offer_back(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} sales", from_="ben")
    assert "is being offered to Sales" in await desk.says(f"claim {number}", from_="ana")
    await desk.hears(f"release {number}", from_="ben")
    assert (await desk.kinds(number))[-1] == "offer_withdrawn"
    assert (await desk.case(number)).offer is None


async def test_the_third_handoff_is_a_leads_and_stands(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"handoff {number} sales", from_="ben")
    await desk.hears(f"accept {number}", from_="gil")
    await desk.hears(f"handoff {number} support", from_="gil")
    await desk.hears(f"accept {number}", from_="ben")
    assert "handed over twice already" in await desk.says(f"handoff {number} sales", from_="ben")
    await desk.hears(f"handoff {number} sales", from_="ana")
    assert "decided that it belongs here" in await desk.says(f"decline {number} no", from_="finn")
    await desk.hears(f"accept {number}", from_="finn")
    assert (await desk.case(number)).owner == FINN
