"""A handover between shifts: some accepted, some declined, the clock brings one back to whoever is there."""

from __future__ import annotations

from datetime import timedelta

from tests.desk import Story, text_of, words_on

ANA, BEN, HANA = "ana@kettle.example", "ben@kettle.example", "hana@kettle.example"


async def test_the_early_shift_leaves_and_nothing_is_dropped(desk: Story) -> None:
    # Ben's morning: three people wait for him, one of them urgently, when he has to leave.
    parcel = await desk.mention("My parcel never came.")
    refund = await desk.mention("Where is the refund you promised in spring?")
    shoes = await desk.mention("A parcel with somebody else's shoes!")
    for case in (parcel, refund, shoes):
        await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"note {refund} the bank needs her IBAN", from_="ben")
    await desk.passes(hours=1)
    said = await desk.says("handover hana leaving for the dentist", from_="ben")
    assert "3 cases" in said

    # Hana has one message; nobody else was disturbed, and all three are still Ben's.
    (asked,) = await desk.direct("hana")
    assert "leaving for the dentist" in text_of(asked) and "the bank needs her IBAN" in text_of(asked)
    assert [(await desk.case(case)).owner for case in (parcel, refund, shoes)] == [BEN] * 3
    assert await desk.direct("ana") == []

    # She takes one, cannot take another, and is called away before the third.
    await desk.hears(f"accept {refund}", from_="hana")
    await desk.hears(f"decline {shoes} I do not know the warehouse", from_="hana")
    (asked,) = await desk.direct("hana")
    assert [word for word in words_on(asked) if word.startswith("accept ")] == [f"accept {parcel}"]
    told = [text_of(card) for card in await desk.direct("ben")]
    assert any("I do not know the warehouse" in text for text in told)

    # Ben is gone for the day. When the clock has run out, the one left over is the duty person's, who is told.
    await desk.hears("away until tomorrow 9:00", from_="ben")
    await desk.passes(hours=2)
    left = await desk.case(parcel)
    assert (left.owner, left.handover, left.state) == (ANA, None, "claimed")
    assert any(
        f"{parcel} not answered in time, went to Ana Ruiz" in text_of(c) for c in await desk.direct("ana")
    )
    assert (await desk.case(refund)).owner == HANA
    assert not [w for c in await desk.direct("hana") for w in words_on(c) if w.startswith("accept")]

    # The declined one is his, and runs by the rules of a claim; its warnings go to who is on duty.
    assert (await desk.case(shoes)).owner == BEN
    await desk.passes(hours=5)
    assert any(f"extend {shoes}" in words_on(c) or "ran out" in text_of(c) for c in await desk.direct("ana"))
    assert (await desk.kinds(shoes)).count("handover_declined") == 1


async def test_a_giver_who_stays_gets_it_back_with_the_time_that_was_left(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(hours=1)
    await desk.hears("handover hana", from_="ben")
    await desk.passes(hours=2)
    found = await desk.case(case)
    assert (found.owner, found.handover) == (BEN, None)
    assert found.lease is not None
    assert found.lease.until - desk.now > timedelta(hours=2, minutes=59)


async def test_an_offer_that_runs_out_past_the_owners_hours_is_the_duty_persons(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales", from_="ben")
    await desk.hears("away until tomorrow", from_="ben")
    await desk.passes(hours=2)
    found = await desk.case(case)
    assert (found.owner, found.department, found.offer) == (ANA, "support", None)
    assert any(
        "came back to you, as Ben Okafor is not at work" in text_of(c) for c in await desk.direct("ana")
    )
    assert found.lease is not None and found.lease.until - desk.now > timedelta(hours=3, minutes=59)
