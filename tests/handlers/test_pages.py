"""A page on its way: asked, answered, over, replaced."""

from __future__ import annotations

from bot.cards.card import Tone
from bot.ports import Place
from bot.router import Shown
from tests.desk import Story, text_of, words_on


async def page(desk: Story, case: int, number: int, person: str) -> Shown:
    who = desk.person(person).id
    place = Place(platform="web", conversation=f"@{who}", person=who)
    return await desk.desk.router.show("page", f"{case}:{number}", place)


async def test_a_page_says_why_and_asks(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    (card,) = await desk.direct("cleo")
    assert card.tone is Tone.ALARM
    assert 'the rule "threat of a lawsuit"' in text_of(card)
    assert "Due: 09:15" in text_of(card)
    assert words_on(card) == [f"ack {case}", f"take {case}", f"pass {case}", f"show {case}"]


async def test_an_acknowledged_page_says_by_whom(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    await desk.passes(minutes=2)
    await desk.hears(f"ack {case}", from_="cleo")
    (card,) = await desk.direct("cleo")
    assert "Answered by Cleo Hart at 09:02 (acknowledged)" in text_of(card)
    assert words_on(card) == []
    assert (await page(desk, case, 1, "cleo")).only_edit


async def test_a_later_page_names_who_was_asked_before(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"escalate {case} it is the minister", from_="ben")
    await desk.passes(minutes=16)
    cards = await desk.direct("dana")
    assert "Paged before: Ana Ruiz 09:05" in text_of(cards[0])
    assert "Ben Okafor asks you to look now: it is the minister" in text_of(cards[0])


async def test_a_claim_ends_the_page_and_says_how(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"escalate {case} look", from_="ben")
    await desk.hears(f"claim {case}", from_="ben")
    shown = await page(desk, case, 1, "ana")
    assert shown.only_edit
    assert "Answered by Ben Okafor at 09:00 (claimed)" in text_of(shown.card)


async def test_after_it_climbed_an_old_page_can_be_answered_still(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    await desk.hears(f"ack {case}", from_="cleo")
    await desk.passes(minutes=31)
    shown = await page(desk, case, 1, "cleo")
    assert not shown.only_edit
    assert f"ack {case}" in words_on(shown.card)


async def test_a_page_of_an_older_escalation_is_over(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    await desk.hears(f"escalate {case} look", from_="ben")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} legal", from_="ben")
    await desk.hears(f"accept {case}", from_="cleo")
    await desk.hears(f"escalate {case} again", from_="ben")
    # The first page of the new escalation is Cleo's; Ana's was of the old one.
    assert not (await page(desk, case, 1, "cleo")).only_edit
    shown = await page(desk, case, 1, "ana")
    assert shown.only_edit
    assert words_on(shown.card) == []
