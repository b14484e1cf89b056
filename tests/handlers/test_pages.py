"""A page on its way: asked, answered, over, replaced."""

from __future__ import annotations

from datetime import datetime

from bot.cards.card import Tone
from bot.ports import Place
from bot.router import Shown
from tests.desk import Story, text_of, words_on


async def page(desk: Story, case: int, number: int, person: str, started: datetime | None = None) -> Shown:
    """The page of the escalation that began then; else of the last one."""
    who = desk.person(person).id
    place = Place(platform="web", conversation=f"@{who}", person=who)
    if started is None:
        escalation = (await desk.case(case)).escalation
        assert escalation is not None
        started = escalation.started_at
    return await desk.desk.router.show("page", f"{case}:{int(started.timestamp())}:{number}", place)


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


async def test_the_same_persons_page_of_an_older_escalation_never_shows_the_new_one(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    first = desk.now
    await desk.hears(f"escalate {case} the first", from_="ben")
    await desk.passes(minutes=1)
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(minutes=1)
    await desk.hears(f"release {case}", from_="ben")
    await desk.hears(f"escalate {case} the second", from_="ben")
    new = await page(desk, case, 1, "ana")
    assert not new.only_edit
    assert "Ben Okafor asks you to look now: the second" in text_of(new.card)
    old = await page(desk, case, 1, "ana", first)
    assert old.only_edit
    assert words_on(old.card) == []
    assert "Answered by Ben Okafor at 09:01 (claimed)\nThe reason: the first" in text_of(old.card)
    told = [
        text_of(card)
        for card in await desk.direct("ana")
        if "first" in text_of(card) or "second" in text_of(card)
    ]
    assert ["the first" in each for each in told] == [True, False]


async def test_an_older_escalation_that_history_reaches_no_more_is_over(desk: Story) -> None:
    case = await desk.mention("urgent, my parcel")
    first = desk.now
    await desk.hears(f"escalate {case} the first", from_="ben")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(minutes=1)
    for number in range(60):
        await desk.hears(f"note {case} {number}", from_="ben", settle=False)
    await desk.hears(f"escalate {case} the second", from_="ben")
    shown = await page(desk, case, 1, "ana", first)
    assert shown.only_edit
    assert "It is over" in text_of(shown.card)
    assert "second" not in text_of(shown.card)


async def test_a_page_that_was_put_before_pages_named_their_escalation_is_said_still(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    who = desk.person("cleo").id
    place = Place(platform="web", conversation=f"@{who}", person=who)
    shown = await desk.desk.router.show("page", f"{case}:1", place)
    assert f"ack {case}" in words_on(shown.card)
