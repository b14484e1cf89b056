"""A lawyer writes at three in the morning, and nobody answers: not the duty person, not the champion, not her deputy.

Everybody's phone rings in the policy's order and once each step, a customer's hot kettle wakes nobody, and whoever comes
first in the morning finds out what happened, and answers from the page of the night.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.cards.card import Card
from tests.desk import MONDAY, Story, Time, a_desk, text_of, words_on

NIGHT = MONDAY + timedelta(hours=18)
"""Tuesday 03:00."""
LADDER = [
    ("03:00", ["cleo"]),  # Legal's duty person,
    ("03:05", ["cleo"]),  # its lead, who is the same,
    ("03:10", ["dana"]),  # the champion,
    ("03:20", ["cleo"]),  # the deputy;
    ("03:30", ["cleo"]),  # and once more from the start.
    ("03:35", ["cleo"]),
    ("03:40", ["dana"]),
    ("03:50", ["cleo"]),
    ("04:00", ["ana", "cleo", "finn"]),  # Every lead there is.
]
ASKS = "asks you to look now"
ALARM = "Nobody on the ladder answered; every lead was paged."


@asynccontextmanager
async def at_night(folder: Path, time: Time | None = None) -> AsyncIterator[tuple[Story, int]]:
    """The desk at 03:00 on Tuesday, with a threat that has just arrived; its number."""
    async with a_desk(folder, time=time) as desk:
        await desk.passes(NIGHT - desk.time.at)
        yield desk, await desk.mention("My lawyer will sue you over this kettle.")


async def pages(desk: Story, case: int) -> list[tuple[str, list[str]]]:
    """Who was paged when, as the case knows it."""
    escalation = (await desk.case(case)).escalation
    assert escalation is not None
    found: dict[datetime, list[str]] = {}
    for page in escalation.pages:
        found.setdefault(page.at, []).append(page.person.partition("@")[0])
    return [(f"{at:%H:%M}", sorted(people)) for at, people in found.items()]


async def asked(desk: Story, who: str, case: int) -> list[Card]:
    """The pages of that case in somebody's direct messages, answered or not."""
    return [
        card for card in await desk.direct(who) if card.title.startswith(f"{case} ") and ASKS in text_of(card)
    ]


async def alarms(desk: Story) -> list[Card]:
    return [card for card in await desk.channel("legal") if ALARM in text_of(card).splitlines()[1]]


async def until(desk: Story, hour: int, minute: int = 0) -> None:
    await desk.passes(desk.time.at.replace(hour=hour, minute=minute) - desk.time.at)


async def test_it_climbs_to_every_lead_while_she_sleeps(tmp_path: Path) -> None:
    async with at_night(tmp_path) as (desk, case):
        assert not await desk.direct("dana"), "the ladder has steps"
        await until(desk, 3, 9)
        assert await pages(desk, case) == LADDER[:2]
        await until(desk, 3, 10)
        (page,) = await asked(desk, "dana", case)
        assert "Paged before: Cleo Hart 03:05" in text_of(page)
        assert words_on(page) == [f"ack {case}", f"take {case}", f"pass {case}", f"show {case}"]

        await until(desk, 3, 59)
        assert (await pages(desk, case), await alarms(desk)) == (LADDER[:-1], [])
        await until(desk, 4)
        assert await pages(desk, case) == LADDER
        (alarm,) = await alarms(desk)
        assert f"take {case}" in words_on(alarm)

        # That is the end of it: nobody is asked again, and each was asked as often as the ladder says.
        await until(desk, 8, 30)
        assert await pages(desk, case) == LADDER and len(await alarms(desk)) == 1
        for who, times in {"dana": 2, "cleo": 7, "ana": 1, "finn": 1}.items():
            assert len(await asked(desk, who, case)) == times, who
        for who in ("ben", "gil", "hana", "ira", "vera", "eli"):
            assert not await desk.direct(who), who


async def test_the_desk_dies_in_between_and_nobody_is_asked_twice(tmp_path: Path) -> None:
    time = Time()
    async with at_night(tmp_path, time) as (desk, case):
        await until(desk, 3, 10)
    for minute in (10, 10, 20, 41):
        time.at = time.at.replace(minute=minute)
        async with a_desk(tmp_path, time=time) as desk:
            await desk.settles()
    async with a_desk(tmp_path, time=time) as desk:
        await until(desk, 5)
        found = await pages(desk, case)
        # Late by the minutes it was down, in the same order, to the same end.
        assert [people for _, people in found] == [people for _, people in LADDER]
        assert len(await asked(desk, "dana", case)) == 2 and len(await asked(desk, "cleo", case)) == 7
        assert len(await alarms(desk)) == 1


async def test_what_can_wait_until_morning_wakes_nobody(tmp_path: Path) -> None:
    async with at_night(tmp_path) as (desk, threat):
        spout = await desk.mention("urgent, the spout of my kettle melted")
        await desk.hears(f"escalate {spout} it melts", from_="gil")
        press = await desk.mention("What do you say about the kettles?", bio="journalist", followers=50_000)
        await desk.hears(f"escalate {press} they print at noon", from_="gil")
        assert (await desk.case(spout)).priority == (await desk.case(press)).priority == "P2"
        await until(desk, 6, 59)
        assert (await pages(desk, spout), await pages(desk, press)) == ([], [])
        assert len(await pages(desk, threat)) == len(LADDER)

        # Support opens at seven, where Ana is on duty and leads; the champion comes at nine, and waits for neither.
        await until(desk, 8, 59)
        assert await pages(desk, spout) == [("07:00", ["ana"]), ("07:05", ["ana"])]
        assert await pages(desk, press) == []
        await until(desk, 9, 5)
        assert (await pages(desk, spout))[2:] == [("09:00", ["dana"])]
        assert await pages(desk, press) == [("09:00", ["cleo"])]
        # Press has the calm ladder: half an hour for the duty person, an hour for the lead.
        await until(desk, 10, 30)
        assert await pages(desk, press) == [("09:00", ["cleo"]), ("09:30", ["cleo"]), ("10:30", ["dana"])]


async def test_the_morning_shows_what_happened(tmp_path: Path) -> None:
    async with at_night(tmp_path) as (desk, case):
        await until(desk, 8, 50)
        home = await desk.says("home", from_="dana")
        assert home.index("Pages for you") < home.index(f"{case} · P1")
        assert "unclaimed, escalated" in home and "5 h 35 min late" in home

        digest = text_of((await desk.channel("legal"))[-1])
        assert "Legal · daily digest · Tue 3 Mar 2026" in digest
        assert "Missed: 1\n" in digest and "Escalations: 1\n" in digest
        assert f"{case} · P1" in digest and "waits 5 h 45 min, unclaimed, escalated" in digest

        shown = await desk.says(f"show {case}", from_="dana")
        assert f"{ALARM} 04:00" in shown
        assert "Dana Voss was paged. 03:40" in shown and "due 03:15 (5 h 35 min late)" in shown
        assert "paged: Dana Voss 03:40, Cleo Hart 04:00, Ana Ruiz 04:00 and Finn Moss 04:00" in shown


async def test_she_answers_from_the_page_of_the_night(tmp_path: Path) -> None:
    async with at_night(tmp_path) as (desk, case):
        await until(desk, 8, 30)
        # What she presses says what the oldest page says.
        oldest = (await asked(desk, "dana", case))[0]
        await desk.hears(words_on(oldest)[0], from_="dana")
        for who in ("dana", "cleo", "ana", "finn"):
            for page in await asked_or_answered(desk, who, case):
                assert "Answered by Dana Voss at 08:30 (acknowledged)" in text_of(page), who
                assert words_on(page) == [] or words_on(page) == [f"show {case}"], who
        # Cleo comes a minute later, and hears who was first.
        assert "Dana Voss" in await desk.says(f"ack {case}", from_="cleo")
        assert (await desk.kinds(case)).count("acknowledged") == 1

        # A note is an answer: it climbs no more, and nobody is told anything about a page.
        await desk.hears(f"note {case} I call the lawyers at nine", from_="dana")
        await until(desk, 12)
        assert await pages(desk, case) == LADDER and len(await alarms(desk)) == 1
        assert not (await desk.case(case)).escalating


async def test_an_answer_without_work_rings_with_every_lead_again(tmp_path: Path) -> None:
    async with at_night(tmp_path) as (desk, case):
        await until(desk, 8, 30)
        await desk.hears(f"ack {case}", from_="dana")
        await until(desk, 8, 59)
        assert await pages(desk, case) == LADDER
        await until(desk, 9, 30)
        assert await pages(desk, case) == [*LADDER, ("09:00", ["ana", "cleo", "finn"])]
        assert len(await alarms(desk)) == 2
        await desk.hears(f"take {case} it burns", from_="finn")
        told = await desk.says(f"take {case}", from_="cleo")
        assert (await desk.case(case)).owner == "cleo@kettle.example", told
        assert not (await desk.case(case)).escalating


async def asked_or_answered(desk: Story, who: str, case: int) -> list[Card]:
    """The pages of that case, which say other words once they are answered."""
    found = [c for c in await desk.direct(who) if c.title.startswith(f"{case} ")]
    pages = [c for c in found if ASKS in text_of(c) or "Answered by" in text_of(c)]
    assert pages, who
    return pages
