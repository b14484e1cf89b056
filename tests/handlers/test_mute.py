"""`mute`: a person's own digests and other calm words stop; what waits for them never does."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.card import Card
from tests.desk import Story, text_of, words_on


async def monthly(desk: Story) -> list[Card]:
    return [card for card in await desk.direct("dana") if "monthly digest" in card.title]


async def to_the_first(desk: Story) -> None:
    """Over the moment of the monthly digest, whatever else would have been due on the way."""
    await desk.settles()
    desk.time.at += timedelta(days=30)
    await desk.settles()


async def test_a_muted_digest_is_not_sent_and_is_shown_to_who_asks(desk: Story) -> None:
    await desk.hears("mute monthly", from_="dana")
    await to_the_first(desk)
    assert await monthly(desk) == []
    assert "Your communities" in await desk.says("digest monthly", from_="dana")


async def test_not_muted_it_is_sent_with_a_button_that_mutes_it(desk: Story) -> None:
    await to_the_first(desk)
    (card,) = await monthly(desk)
    assert "mute monthly" in words_on(card)


async def test_what_was_put_before_obeys_too(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.mention("And still nothing.", handle="customer1", settle=False)
    await desk.hears("mute joined", from_="ben")
    assert [card for card in await desk.direct("ben") if "more" in text_of(card).lower()] == []


async def test_word_of_new_posts_comes_to_who_did_not_mute_it(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    before = len(await desk.direct("ben"))
    await desk.mention("And still nothing.", handle="customer1")
    assert len(await desk.direct("ben")) == before + 1


async def test_pages_and_offers_cannot_be_muted(desk: Story) -> None:
    await desk.hears("mute digests", from_="finn")
    for what in ("daily", "weekly", "monthly", "promises", "joined"):
        await desk.hears(f"mute {what}", from_="finn")
    case = await desk.mention()
    await desk.hears(f"handoff {case} sales please look", from_="ben")
    assert any(f"{case}" in text_of(card) for card in await desk.direct("finn"))


async def test_the_hourly_list_can_be_muted_for_one_department(desk: Story) -> None:
    await desk.hears("mute promises support", from_="ana")
    await desk.mention()
    await desk.passes(hours=5)
    assert not any("due within a day" in card.title for card in await desk.direct("ana"))


async def test_alone_it_shows_each_switch_and_unmute_brings_back(desk: Story) -> None:
    said = await desk.says("mute digest weekly", from_="ana")
    assert "Your weekly digest muted" in said
    shown = await desk.hears("mute", from_="ana")
    assert {"unmute weekly", "mute daily", "mute joined"} <= set(words_on(shown))
    assert "muted" not in (await desk.says("unmute", from_="ana")).replace("are muted", "")


async def test_a_department_left_out_is_said(desk: Story) -> None:
    assert "you get it, but not for Support" in await desk.says("mute daily support", from_="cleo")
    assert "you get it, but not" not in await desk.says("unmute daily", from_="cleo")
