"""Notices and notes, as their readers get them."""

from __future__ import annotations

from bot.cards.card import Tone
from bot.ports import Place
from tests.desk import Story, text_of, words_on


async def test_who_lost_a_case_is_told_by_whom_and_why(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"take {case} he is ill", from_="hana")
    (card,) = await desk.direct("ben")
    assert "Hana Sato took it from you: he is ill." in text_of(card)
    assert card.summary.startswith(f"{case}: ")


async def test_a_claim_that_ends_soon_is_extended_with_one_press(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(minutes=46)
    (card, *_) = [c for c in await desk.direct("ben") if "Your claim" in text_of(c)]
    assert "Your claim is nearly over: it runs until 10:00." in text_of(card)
    assert words_on(card)[0] == f"extend {case}"
    await desk.hears(f"extend {case}", from_="ben")
    who = desk.person("ben").id
    seq = (await desk.kinds(case)).index("lease_warned") + 1
    place = Place(platform="web", conversation=f"@{who}", person=who)
    shown = await desk.desk.router.show("notice", f"{case}:{seq}:{who}", place)
    # Sent again after a failure, it would only disturb.
    assert shown.only_edit
    assert words_on(shown.card) == [f"show {case}"]


async def test_a_lapse_is_told_to_the_owner_and_to_who_is_on_duty(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(hours=1, minutes=1)
    mine = [text_of(c) for c in await desk.direct("ben")]
    duty = [text_of(c) for c in await desk.direct("ana")]
    assert any("Your claim ran out; the case is back in the queue of Support." in said for said in mine)
    assert any("The claim of Ben Okafor ran out" in said for said in duty)


async def test_a_declined_offer_comes_back_with_the_reason(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales", from_="ben")
    await desk.hears(f"decline {case} nothing to sell", from_="gil")
    card = (await desk.direct("ben"))[-1]
    assert "Gil Park declined it for Sales: nothing to sell." in text_of(card)
    assert f"handoff {case}" in words_on(card)


async def test_a_reader_is_not_offered_what_they_may_not_do(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales", from_="ben")
    await desk.hears(f"accept {case}", from_="gil")
    card = (await desk.direct("ben"))[-1]
    assert "Gil Park accepted it from Support." in text_of(card)
    assert words_on(card) == [f"show {case}"]


async def test_the_customers_new_words_are_quoted_to_the_owner(desk: Story) -> None:
    case = await desk.mention("My parcel.", external_id="p1", thread="p1", handle="ellie")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.mention("Hello??", external_id="p2", thread="p1", handle="ellie")
    assert "Hello??" in text_of((await desk.direct("ben"))[-1])


async def test_a_ladder_without_an_answer_alarms_the_channel(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    await desk.passes(hours=3)
    alarms = [c for c in await desk.channel("legal") if "Nobody on the ladder answered" in c.summary]
    assert len(alarms) == 1
    assert alarms[0].tone is Tone.ALARM
    assert words_on(alarms[0])[:2] == [f"ack {case}", f"take {case}"]


async def test_a_note_stands_in_the_thread_of_the_card(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"note {case} rang them", from_="ben")
    place = Place(platform="web", conversation="support", department="support")
    seq = (await desk.kinds(case)).index("noted") + 1
    shown = await desk.desk.router.show("note", f"{case}:{seq}", place)
    assert text_of(shown.card) == "Ben Okafor · 09:00 GMT\nrang them"
