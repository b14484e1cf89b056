"""Home: what waits for one person."""

from __future__ import annotations

from bot.cards.card import Tone
from tests.desk import Story, text_of, words_on


async def test_home_is_what_one_reads_who_says_nothing_else(desk: Story) -> None:
    card = await desk.hears("", from_="ben")
    assert card is not None
    assert card.title == "Your desk, Ben Okafor"
    assert "Nothing waits for you" in text_of(card)
    assert words_on(card) == [
        "list open support",
        "next",
        "list mine",
        "list",
        "oncall",
        "help",
        "mute",
        "home",
    ]


async def test_home_shows_claims_offers_and_queues(desk: Story) -> None:
    claimed, free, offered = await desk.mention(), await desk.mention(), await desk.mention("the price?")
    await desk.hears(f"claim {claimed}", from_="ben")
    await desk.hears(f"handoff {offered} support", from_="gil")
    await desk.passes(hours=1)
    card = await desk.hears("home", from_="ben")
    said = text_of(card)
    assert "Your claims" in said
    assert f"{claimed} · P3" in said
    assert "Offered to your departments" in said
    assert f"accept {offered}" in words_on(card)
    assert "Support: 1 unclaimed, oldest 1 h · 1 claimed on call: Ana Ruiz" in said
    assert "Sales:" not in said
    assert {f"resolve {claimed}", f"claim {free}"} <= set(words_on(card))
    assert "As of 10:00" in said


async def test_a_claim_whose_promise_breaks_soon_stands_first(desk: Story) -> None:
    early = await desk.mention()
    await desk.passes(hours=3, minutes=5)
    late = await desk.mention("urgent: my parcel")
    await desk.hears(f"claim {late}", from_="ben")
    await desk.hears(f"claim {early}", from_="ben")
    await desk.hears(f"wait {late} customer", from_="ben")
    said = await desk.says("home", from_="ben")
    assert "Your claims (1 due soon)" in said
    assert said.index(f"{early} · P3") < said.index(f"{late} · P2")


async def test_what_is_due_soon_is_not_listed_again_as_free(desk: Story) -> None:
    soon = await desk.mention()
    await desk.passes(hours=3, minutes=5)
    free = await desk.mention()
    said = await desk.says("home", from_="ben")
    assert said.count(f"{soon} · P3") == said.count(f"{free} · P3") == 1
    assert said.index("Due soon") < said.index(f"{soon} · P3") < said.index("Unclaimed")
    await desk.hears(f"handoff {free} sales", from_="ben")
    assert "Unclaimed" not in await desk.says("home", from_="ben")


async def test_what_is_due_soon_and_free_is_shown_with_claim(desk: Story) -> None:
    case = await desk.mention()
    assert "Due soon" not in await desk.says("home", from_="ben")
    await desk.passes(hours=3, minutes=5)
    card = await desk.hears("home", from_="ben")
    assert "Due soon, nobody has them" in text_of(card)
    assert f"claim {case}" in words_on(card)


async def test_a_page_stands_first_until_it_is_answered(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    card = await desk.hears("home", from_="cleo")
    assert card is not None
    assert card.tone is Tone.ALARM
    assert "Pages for you" in text_of(card)
    await desk.hears(f"ack {case}", from_="cleo")
    assert "Pages for you" not in await desk.says("home", from_="cleo")


async def test_a_champion_sees_every_department(desk: Story) -> None:
    said = await desk.says("home", from_="dana")
    assert all(f"{title}:" in said for title in ("Support", "Press", "Legal", "Sales"))
