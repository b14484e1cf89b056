"""A lapse during a long call: the owner is on the phone, is warned, and extends by one press. Or does not."""

from __future__ import annotations

from datetime import timedelta

from tests.desk import Story, text_of, words_on

BEN = "ben@kettle.example"


async def test_warned_on_the_phone_and_extended_by_one_press(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(minutes=45)
    (warned,) = [card for card in await desk.direct("ben") if f"extend {case}" in words_on(card)]
    assert "Your claim is nearly over: it runs until 10:00." in text_of(warned)
    await desk.passes(minutes=10)
    await desk.hears(f"extend {case}", from_="ben")
    found = await desk.case(case)
    assert found.owner == BEN
    assert found.lease is not None and found.lease.until == desk.now + timedelta(hours=1)
    # At the old end nothing happens.
    await desk.passes(minutes=10)
    assert (await desk.case(case)).owner == BEN
    assert "lapsed" not in await desk.kinds(case)


async def test_a_call_that_was_too_long_keeps_what_was_written(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"note {case} she is on the line, the driver had a flat tyre", from_="ben")
    await desk.passes(hours=1)
    found = await desk.case(case)
    assert (found.state, found.owner) == ("open", None)
    # Both hear of it; the note is there for whoever is next.
    for person in ("ben", "ana"):
        assert any("ran out; the case is back in the queue" in text_of(c) for c in await desk.direct(person))
    assert "flat tyre" in await desk.says(f"show {case}", from_="hana")
    await desk.hears(f"claim {case}", from_="hana")
    assert "belongs to Hana Sato" in await desk.says(f"extend {case}", from_="ben")
    assert (await desk.case(case)).owner == "hana@kettle.example"


async def test_on_the_phone_and_somebody_covers(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears("away 2h with hana", from_="ben")
    await desk.passes(minutes=46)
    (warned,) = [card for card in await desk.direct("hana") if f"extend {case}" in words_on(card)]
    assert "The claim of Ben Okafor is nearly over" in text_of(warned)
    await desk.hears(f"extend {case}", from_="hana")
    assert (await desk.case(case)).owner == BEN
