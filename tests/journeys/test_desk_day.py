"""One day at the desk, from the post to the digest."""

from __future__ import annotations

from bot.domain.parts import State
from tests.desk import Story, text_of, words_on


async def test_a_mention_is_claimed_answered_and_settled(desk: Story) -> None:
    number = await desk.mention("My parcel never came, three weeks!", handle="marta")
    card = await desk.card(number, "support")
    assert "My parcel never came" in text_of(card)
    assert f"claim {number}" in words_on(card)

    await desk.hears(f"claim {number}", from_="ben", in_="support")
    assert "Ben Okafor" in text_of(await desk.card(number, "support"))
    assert f"claim {number}" not in words_on(await desk.card(number, "support"))

    refused = await desk.says(f"claim {number}", from_="ana", in_="support")
    assert "Ben Okafor has had case" in refused

    await desk.hears(f"wait {number} customer 3h", from_="ben", in_="support")
    case = await desk.case(number)
    assert case.service.responded_at is not None
    await desk.mention("It was order 4711.", handle="marta")
    assert (await desk.case(number)).mentions == 2
    assert (await desk.case(number)).waiting is None

    await desk.hears(f"resolve {number} refunded sent again", from_="ben", in_="support")
    case = await desk.case(number)
    assert (case.state, case.outcome) == (State.RESOLVED, "refunded")
    assert len([c for c in await desk.channel("support") if str(number) in c.title]) == 1


async def test_a_handoff_is_never_in_nobodys_hands(desk: Story) -> None:
    number = await desk.mention("What is the price for 40 desks? Also my parcel is broken")
    assert (await desk.case(number)).department == "sales"
    await desk.hears(f"claim {number}", from_="gil", in_="sales")
    await desk.hears(f"handoff {number} support broken parcel, not a quote", from_="gil", in_="sales")
    case = await desk.case(number)
    assert case.offer is not None and case.owner == desk.person("gil").id and case.department == "sales"
    offered = await desk.card(number, "support")
    assert f"accept {number}" in words_on(offered) and "broken parcel" in text_of(offered)

    await desk.hears(f"decline {number} we are full today", from_="ben", in_="support")
    case = await desk.case(number)
    assert case.offer is None and case.owner == desk.person("gil").id
    assert any("we are full today" in text_of(card) for card in await desk.direct("gil"))

    await desk.hears(f"handoff {number} support please", from_="gil", in_="sales")
    await desk.hears(f"accept {number}", from_="ben", in_="support")
    case = await desk.case(number)
    assert (case.department, case.owner, case.offer) == ("support", desk.person("ben").id, None)
    assert "Support" in text_of(await desk.card(number, "sales"))


async def test_an_offer_nobody_answers_comes_back(desk: Story) -> None:
    number = await desk.mention("price of a kettle?")
    await desk.hears(f"claim {number}", from_="gil", in_="sales")
    await desk.hears(f"handoff {number} pr maybe yours", from_="gil", in_="sales")
    await desk.passes(hours=2, minutes=1)
    case = await desk.case(number)
    assert case.offer is None and case.owner == desk.person("gil").id
    assert "offer_expired" in await desk.kinds(number)


async def test_a_claim_lapses_with_a_warning_first(desk: Story) -> None:
    number = await desk.mention("urgent: parcel lost")
    await desk.hears(f"claim {number}", from_="ben", in_="support")
    await desk.passes(minutes=46)
    warned = [card for card in await desk.direct("ben") if f"extend {number}" in words_on(card)]
    assert len(warned) == 1
    await desk.passes(minutes=15)
    case = await desk.case(number)
    assert (case.state, case.owner) == (State.OPEN, None)
    assert any(str(number) in text_of(card) for card in await desk.direct("ana"))


async def test_a_legal_threat_climbs_to_the_champion(desk: Story) -> None:
    number = await desk.mention("You will hear from my lawyer.", handle="angry")
    case = await desk.case(number)
    assert case.department == "legal" and case.escalating and "legal" in case.marks
    assert [p.person for p in case.escalation.pages] == [desk.person("cleo").id]  # type: ignore[union-attr]
    pages = await desk.direct("cleo")
    assert any(f"ack {number}" in words_on(card) for card in pages)
    assert await desk.direct("dana") == []

    await desk.passes(minutes=11)
    page = (await desk.direct("dana"))[-1]
    assert f"ack {number}" in words_on(page) and "lawyer" in text_of(page)

    await desk.hears(f"ack {number}", from_="dana")
    assert "Dana Voss" in text_of((await desk.direct("cleo"))[-1]) or "Dana" in text_of(
        (await desk.direct("dana"))[0]
    )
    climbing = (await desk.case(number)).escalation
    assert climbing is not None and climbing.acked_by == desk.person("dana").id

    await desk.passes(minutes=31)
    assert "climbed" in await desk.kinds(number)

    await desk.hears(f"take {number}", from_="dana")
    assert not (await desk.case(number)).escalating
    pages_before = len((await desk.case(number)).escalation.pages)  # type: ignore[union-attr]
    await desk.passes(minutes=19)
    assert len((await desk.case(number)).escalation.pages) == pages_before  # type: ignore[union-attr]
