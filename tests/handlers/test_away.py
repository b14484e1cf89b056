"""After an outage of the desk: told once, and only where there is something to tell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cards.card import Card
from bot.ports import Incoming
from tests.desk import MONDAY, Story, Time, a_desk, text_of, words_on
from tests.fakes.chat import FakeChat

NOON = MONDAY + timedelta(hours=3)
DOWN = timedelta(hours=2)


def post(number: int, text: str, at: datetime, **fields: Any) -> Incoming:
    return Incoming(
        source="x",
        external_id=f"p{number}",
        community="x-kettle",
        created_at=at,
        handle=f"writer{number}",
        text=text,
        **fields,
    )


@asynccontextmanager
async def after_two_hours(folder: Path, *written: str, stopped: bool = False) -> AsyncIterator[Story]:
    """The desk is back at two in the afternoon, where it finds what the public wrote meanwhile."""
    time = Time(NOON)
    async with a_desk(folder, time=time) as desk:
        await desk.desk.pulse.beat()
        await desk.mention("A parcel before it all")
        if stopped:
            await desk.desk.pulse.stop()
    time.at += DOWN
    async with a_desk(folder, time=time) as desk:
        await desk.desk.pulse.beat()
        posts = [post(n, text, NOON + timedelta(minutes=n + 1)) for n, text in enumerate(written)]
        await desk.desk.store.intake.append(posts)
        await desk.passes(minutes=1)
        yield desk


def summaries(cards: list[Card]) -> list[Card]:
    return [card for card in cards if card.title.startswith("While you were away")]


async def test_where_nothing_was_missed_nothing_is_said(tmp_path: Path) -> None:
    async with after_two_hours(tmp_path) as desk:
        for department in ("support", "sales", "legal", "pr"):
            assert summaries(await desk.channel(department)) == []
        assert await desk.direct("dana") == []


async def test_stopped_on_purpose_is_said_so(tmp_path: Path) -> None:
    async with after_two_hours(tmp_path, "Where is my refund", stopped=True) as desk:
        (card,) = summaries(await desk.channel("support"))
        assert card.title == "While you were away · Mon 12:00 to Mon 14:00"
        said = text_of(card)
        assert "The desk was stopped for 2 h. What came meanwhile is filed now." in said
        assert "Came meanwhile: 1 post" in said
        assert "Nobody had at 14:00 GMT: 2 cases" in said
        assert "0 of 2 taken" in said
        assert {"claim next", "list open support"} <= set(words_on(card))
        assert summaries(await desk.channel("sales")) == []


async def test_a_quiet_champion_is_told_at_work_and_once(tmp_path: Path) -> None:
    async with after_two_hours(tmp_path, "Where is my refund") as desk:
        (card,) = await desk.direct("dana")
        assert "Nothing urgent waits for you." in text_of(card)
        assert words_on(card) == ["list escalated"]


async def test_the_worst_come_first_by_reach(tmp_path: Path) -> None:
    async with after_two_hours(tmp_path) as desk:
        assert summaries(await desk.channel("support")) == []
    time = Time(NOON)
    async with a_desk(tmp_path, time=time, database="other.db") as desk:
        await desk.desk.pulse.beat()
        time.at += DOWN
        # A process that was frozen asks its pulse before it takes anything.
        await desk.desk.worker.refresh()
        texts = ("amber refund lantern", "copper refund jungle", "quarry refund ribbon")
        reach = zip(texts, (10, 90_000, 500), strict=True)
        posts = [
            post(n, text, NOON + timedelta(hours=1), followers=many) for n, (text, many) in enumerate(reach)
        ]
        await desk.desk.store.intake.append(posts)
        await desk.passes(minutes=1)
        (card,) = summaries(await desk.channel("support"))
        order = [line for line in text_of(card).splitlines() if "refund" in line]
        assert [line.split()[3] for line in order] == ["copper", "quarry", "amber"]
        assert (await desk.hears("claim next", from_="ben")) is not None
        await desk.passes(seconds=5)
        (card,) = summaries(await desk.channel("support"))
        assert "1 of 3 taken" in text_of(card)
        assert "copper refund jungle Support · Ben Okafor" in text_of(card)


async def test_urgent_posts_make_one_page_and_their_echo_another(tmp_path: Path) -> None:
    words = ("amber lantern", "copper jungle", "quarry ribbon", "violin oyster", "saddle pepper")
    async with after_two_hours(tmp_path, *(f"urgent {each} please" for each in words)) as desk:
        assert await desk.direct("ana") == [], "nothing of it is late yet"
        await desk.passes(minutes=45)
        (page,) = summaries(await desk.direct("ana"))
        assert "asked to look now at 5 urgent cases" in text_of(page)
        (first, *_) = [words for words in words_on(page) if words.startswith("take ")]
        await desk.hears(first, from_="ana")
        await desk.passes(seconds=30)
        (page,) = summaries(await desk.direct("ana"))
        assert "4 urgent cases" in text_of(page)
        assert "1 case answered meanwhile." in text_of(page)
        assert (await desk.says("ack all", from_="ana")).startswith("4 cases acknowledged")
        await desk.passes(seconds=30)
        (page,) = summaries(await desk.direct("ana"))
        assert "Nothing urgent waits for you." in text_of(page)


async def test_legal_threats_are_one_page_that_climbs_as_one(tmp_path: Path) -> None:
    words = ("amber lantern", "copper jungle", "quarry ribbon")
    async with after_two_hours(tmp_path, *(f"my lawyer {each}" for each in words)) as desk:
        (page,) = summaries(await desk.direct("cleo"))
        assert "asked to look now at 3 urgent cases" in text_of(page)
        (told,) = summaries(await desk.direct("dana"))
        assert "You would have been paged about 3 urgent cases." in text_of(told)
        await desk.passes(minutes=11)
        assert len(summaries(await desk.direct("cleo"))) == 2, "the duty step, and the lead's"
        assert len(summaries(await desk.direct("dana"))) == 2, "told, and then paged once for all"


async def test_one_page_that_reaches_nobody_makes_all_its_cases_climb(tmp_path: Path) -> None:
    time, chat = Time(NOON), FakeChat(unreachable={"cleo@kettle.example"})
    async with a_desk(tmp_path, time=time, chats={"web": chat}) as desk:
        await desk.desk.pulse.beat()
        time.at += DOWN
        await desk.desk.pulse.beat()
        texts = ("my lawyer amber lantern", "my lawyer copper jungle")
        await desk.desk.store.intake.append([post(n, text, NOON) for n, text in enumerate(texts)])
        await desk.passes(minutes=2)
        shown = [text_of(m.card) for m in chat.messages.values() if m.conversation == "@dana@kettle.example"]
        assert any("You are asked to look now at 2 urgent cases." in text for text in shown)
        assert "escalation_exhausted" not in await desk.kinds(1001)


async def test_late_posts_of_that_time_wait_folded_and_follow(tmp_path: Path) -> None:
    async with after_two_hours(tmp_path, "Where is my refund") as desk:
        cards = len(await desk.channel("support"))
        late = await desk.mention(
            "zebra parcel with an umbrella", created_at=NOON + timedelta(minutes=9), settle=True
        )
        assert len(await desk.channel("support")) == cards, "it waits for its turn"
        await desk.passes(minutes=10)
        assert (await desk.card(late, "support")).case == late
        fresh = await desk.mention("needle parcel in the harbour")
        assert (await desk.card(fresh, "support")).case == fresh, "what comes now is shown at once"


async def test_only_what_one_was_paged_about_is_acknowledged(desk: Story) -> None:
    assert await desk.says("ack all", from_="ben") == "No page waits for your answer."
    number = await desk.mention("my lawyer calls")
    assert (await desk.says("ackall", from_="cleo")).startswith("1 case acknowledged")
    assert "acknowledged" in await desk.kinds(number)


async def test_claim_next_says_when_there_is_nothing(desk: Story) -> None:
    assert "nothing" in (await desk.says("claim next", from_="ben")).lower()
    assert "You may not claim" in await desk.says("claim next", from_="vera")
