"""A page is acknowledged, or it climbs."""

from __future__ import annotations

import pytest

from tests.desk import Story, text_of, words_on

ANA, CLEO, DANA, FINN = (f"{name}@kettle.example" for name in ("ana", "cleo", "dana", "finn"))


async def _paged(desk: Story, number: int) -> list[str]:
    escalation = (await desk.case(number)).escalation
    return [page.person for page in escalation.pages] if escalation else []


async def test_anyone_may_and_duty_is_paged_at_once(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number} a journalist is asking", from_="vera")
    assert await _paged(desk, number) == [ANA]
    (page,) = await desk.direct("ana")
    assert "a journalist is asking" in text_of(page)
    assert f"ack {number}" in words_on(page)
    assert "is being escalated already" in await desk.says(f"escalate {number}", from_="ben")


async def test_it_climbs_to_the_end_and_then_everybody_knows(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.passes(minutes=5)
    assert await _paged(desk, number) == [ANA, ANA]
    await desk.passes(minutes=5)
    assert await _paged(desk, number) == [ANA, ANA, DANA]
    await desk.passes(minutes=10)
    assert await _paged(desk, number) == [ANA, ANA, DANA, CLEO]
    await desk.passes(minutes=9)
    assert len(await _paged(desk, number)) == 4
    await desk.passes(minutes=1)
    assert len(await _paged(desk, number)) == 5  # once more from the top
    await desk.passes(minutes=30)
    assert (await _paged(desk, number))[8:] == [ANA, CLEO, FINN]
    assert (await desk.kinds(number)).count("escalation_exhausted") == 1
    assert any("take" in word for card in await desk.channel("support") for word in words_on(card))
    assert "nobody left to pass it to" in await desk.says(f"pass {number}", from_="cleo")


async def test_acknowledging_stops_it_for_half_an_hour(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"ack {number}", from_="ana")
    await desk.passes(minutes=29)
    assert await _paged(desk, number) == [ANA]
    await desk.passes(minutes=1)
    assert await _paged(desk, number) == [ANA, ANA]  # the lead's step: it goes on, not from the start
    assert "climbed" in await desk.kinds(number)
    await desk.passes(minutes=5)
    assert (await _paged(desk, number))[-1] == DANA


@pytest.mark.parametrize(
    "words", ["claim {}", "note {} I call them now", "take {} it is mine", "resolve {}", "dismiss {} spam"]
)
async def test_what_follows_the_acknowledgement_ends_it(desk: Story, words: str) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"ack {number}", from_="ana")
    await desk.hears(words.format(number), from_="ana")
    assert not (await desk.case(number)).escalating
    await desk.passes(minutes=31)
    assert await _paged(desk, number) == [ANA]


async def test_a_note_without_an_acknowledgement_ends_nothing(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"note {number} hm", from_="ben")
    assert (await desk.case(number)).escalating


async def test_passing_pages_the_next_who_did_not_pass(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"pass {number} I am on a plane", from_="ana")
    # Ana leads the department as well: she is not asked again.
    assert await _paged(desk, number) == [ANA, DANA]


async def test_nobody_passes_what_another_acknowledged(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"ack {number}", from_="ana")
    assert "Ana Ruiz acknowledged" in await desk.says(f"pass {number}", from_="ben")
    assert "Ana Ruiz acknowledged" in await desk.says(f"ack {number}", from_="ben")


async def test_who_was_paged_may_answer_and_take_it_from_anywhere(desk: Story) -> None:
    number = await desk.mention("urgent parcel")
    await desk.hears(f"escalate {number}", from_="ben")
    assert "You may not ack" in await desk.says(f"ack {number}", from_="cleo")
    assert "You may not take" in await desk.says(f"take {number}", from_="cleo")
    await desk.passes(minutes=20)
    assert (await _paged(desk, number))[-1] == CLEO
    await desk.hears(f"ack {number}", from_="cleo")
    await desk.hears(f"take {number}", from_="cleo")
    case = await desk.case(number)
    assert (case.owner, case.escalating) == (CLEO, False)
    await desk.hears(f"resolve {number}", from_="cleo")
    assert (await desk.case(number)).closed


async def test_calm_cases_wait_for_the_morning(desk: Story) -> None:
    number = await desk.mention("urgent: what is the price")  # P2 of Sales: the calm ladder
    await desk.passes(hours=12)
    await desk.hears(f"priority {number} P3", from_="finn")
    await desk.passes(minutes=1)
    case = await desk.case(number)
    if case.escalating:
        await desk.hears(f"take {number}", from_="finn")
        await desk.hears(f"release {number}", from_="finn")
    await desk.hears(f"escalate {number}", from_="gil")
    assert await _paged(desk, number) == []
    await desk.passes(hours=11, minutes=59)
    assert await _paged(desk, number) == [FINN]


async def test_there_is_nothing_to_acknowledge(desk: Story) -> None:
    number = await desk.mention()
    for verb in ("ack", "pass"):
        assert "No escalation" in await desk.says(f"{verb} {number}", from_="ana")
