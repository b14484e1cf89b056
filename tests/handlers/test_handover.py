"""All my claims to one colleague: asked once, answered together or one by one, and never in nobody's hands."""

from __future__ import annotations

from datetime import timedelta

from tests.desk import Story, text_of, words_on

ANA, BEN, HANA = "ana@kettle.example", "ben@kettle.example", "hana@kettle.example"


SAID = (
    "My parcel never came.",
    "Where is the refund you promised in spring?",
    "A parcel with somebody else's shoes!",
)
"""So different that no two of them are the same matter."""


async def claims(desk: Story, number: int, *, by: str = "ben") -> list[int]:
    cases = [await desk.mention(said) for said in SAID[:number]]
    for case in cases:
        await desk.hears(f"claim {case}", from_=by)
    return cases


async def test_the_receiver_gets_one_message_with_all_of_them(desk: Story) -> None:
    first, second = await claims(desk, 2)
    await desk.hears(f"note {first} she calls back at three", from_="ben")
    said = await desk.says("handover hana I leave early", from_="ben")
    assert "Hana Sato is asked to take over 2 cases, until 11:00. Until then they stay yours." in said
    (asked,) = await desk.direct("hana")
    text = text_of(asked)
    assert "Ben Okafor hands 2 cases over to you" in text
    assert "I leave early" in text and "My parcel never came." in text and "she calls back at three" in text
    assert {f"accept {first}", f"decline {second}", f"acceptall {BEN}", f"declineall {BEN}"} <= set(
        words_on(asked)
    )
    case = await desk.case(first)
    assert (case.owner, case.lease.left is not None if case.lease else None) == (BEN, True)
    assert "Handover: Ben Okafor asks Hana Sato until 11:00" in text_of(await desk.card(first, "support"))
    assert "Handed over to you" in await desk.says("home", from_="hana")


async def test_accept_all(desk: Story) -> None:
    first, second = await claims(desk, 2)
    await desk.hears("handover hana", from_="ben")
    said = await desk.says("accept all ben", from_="hana")
    assert "are yours now" in said
    for number in (first, second):
        case = await desk.case(number)
        assert (case.owner, case.handover) == (HANA, None)
        assert case.lease is not None and case.lease.until == desk.now + timedelta(hours=4)
    (asked,) = await desk.direct("hana")
    assert "everything is answered" in text_of(asked)
    assert f"accept {first}" not in words_on(asked)
    (told,) = await desk.direct("ben")
    assert "taken over by Hana Sato" in text_of(told)


async def test_some_are_accepted_and_some_declined(desk: Story) -> None:
    first, second = await claims(desk, 2)
    await desk.hears("handover hana", from_="ben")
    await desk.hears(f"accept {first}", from_="hana")
    await desk.hears(f"decline {second} I know nothing of it", from_="hana")
    assert (await desk.case(first)).owner == HANA
    case = await desk.case(second)
    assert (case.owner, case.handover) == (BEN, None)
    assert case.lease is not None and case.lease.left is None
    assert any("I know nothing of it" in text_of(card) for card in await desk.direct("ben"))


async def test_only_who_is_asked_may_answer(desk: Story) -> None:
    (case,) = await claims(desk, 1)
    await desk.hears("handover hana", from_="ben")
    assert "No offer" in await desk.says(f"accept {case}", from_="ana")
    assert "Nobody asks you" in await desk.says("acceptall", from_="gil")
    assert (await desk.case(case)).owner == BEN


async def test_the_clock_is_that_of_the_most_urgent_case(desk: Story) -> None:
    (calm,) = await claims(desk, 1)
    urgent = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {urgent}", from_="ben")
    await desk.hears("handover hana", from_="ben")
    for number in (calm, urgent):
        asked = (await desk.case(number)).handover
        assert asked is not None and asked.until == desk.now + timedelta(minutes=30)
    await desk.passes(minutes=30)
    assert (await desk.case(calm)).handover is None
    assert (await desk.case(calm)).owner == BEN
    told = [text_of(card) for card in await desk.direct("ben") if "not answered in time" in text_of(card)]
    assert len(told) == 1
    assert f"{calm} not answered in time" in told[0] and f"{urgent} not answered in time" in told[0]


async def test_past_the_givers_hours_it_comes_back_to_the_duty_person(desk: Story) -> None:
    (case,) = await claims(desk, 1)
    await desk.hears("handover hana", from_="ben")
    await desk.hears("away until tomorrow", from_="ben")
    await desk.passes(hours=2)
    found = await desk.case(case)
    assert (found.owner, found.state) == (ANA, "claimed")
    assert any("went to Ana Ruiz" in text_of(card) for card in await desk.direct("ana"))


async def test_other_moves_withdraw_it(desk: Story) -> None:
    for words, by in (
        ("extend {}", "ben"),
        ("take {} she called me", "ana"),
        ("release {}", "ben"),
        ("handoff {} sales anyway", "ben"),
        ("resolve {} answered", "ben"),
        ("snooze {} 2h", "ben"),
        ("assign {} hana", "ana"),
        ("dismiss {} spam", "ben"),
    ):
        (case,) = await claims(desk, 1)
        await desk.hears("handover hana", from_="ben")
        assert (await desk.case(case)).handover is not None, words
        await desk.hears(words.format(case), from_=by)
        assert (await desk.case(case)).handover is None, words
        assert "handover_withdrawn" in await desk.kinds(case), words
        await desk.passes(hours=3)
        await desk.hears(f"release {case}", from_="ben")


async def test_an_offer_and_a_handover_are_never_both_pending(desk: Story) -> None:
    offered, held = await claims(desk, 2)
    await desk.hears(f"handoff {offered} sales", from_="ben")
    said = await desk.says("handover hana", from_="ben")
    assert "1 claim is not handed over" in said
    assert (await desk.case(offered)).handover is None
    assert (await desk.case(held)).handover is not None


async def test_who_may_not_claim_there_cannot_take_over(desk: Story) -> None:
    await claims(desk, 1)
    assert "None of your 1 claims" in await desk.says("handover gil", from_="ben")
    assert "yours already" in await desk.says("handover me", from_="ben")
    assert "You have claimed nothing" in await desk.says("handover ben", from_="hana")


async def test_who_is_away_is_not_asked_but_their_cover_is(desk: Story) -> None:
    await claims(desk, 1)
    await desk.hears("away until friday with ana", from_="hana")
    answer = await desk.hears("handover hana", from_="ben")
    assert "Hana Sato is away until Fri" in text_of(answer)
    assert words_on(answer) == [f"handover {ANA}"]


async def test_a_receiver_who_goes_away_gives_it_back_at_once(desk: Story) -> None:
    (case,) = await claims(desk, 1)
    await desk.hears("handover hana", from_="ben")
    await desk.hears("away", from_="hana")
    assert (await desk.case(case)).handover is None
    assert any("declined by Hana Sato: away" in text_of(card) for card in await desk.direct("ben"))


async def test_it_warns_when_the_receiver_does_not_work_now(desk: Story) -> None:
    await claims(desk, 1)
    await desk.passes(hours=1)
    await desk.hears("extend 1001", from_="ben")
    said = await desk.says("handover hana", from_="ben")
    assert "not at work" not in said
