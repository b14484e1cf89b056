"""Monday, nine o'clock, after a weekend in which the desk itself was down.

On Friday at 17:40 it dies with claims, an offer, a snooze and an escalation under way; the public goes on writing, and
on Monday at 08:52 somebody starts it again. Nobody is to find a hundred messages, and nothing is to be forgotten.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.cards.card import Card
from bot.domain.alarms.outage import Outage
from bot.domain.case import Case
from bot.domain.events import Event
from bot.domain.parts import State
from bot.ports import CaseFilter, Incoming, Origin, Tally
from tests.desk import MONDAY, Story, Time, a_desk, text_of, words_on

FRIDAY = MONDAY + timedelta(days=4, hours=8)
"""Friday 17:00."""
KILLED = FRIDAY + timedelta(minutes=40)
BACK = MONDAY + timedelta(days=7, minutes=-8)
"""Monday 08:52."""

POSTS = 200
_SAID = (
    ("My lawyer hears of this", 6),
    ("This is urgent", 14),
    ("What would be the price", 30),
    ("Where is my parcel", 80),
    ("Just saying", 70),
)
_WORDS = """
    amber bridge candle desert engine feather garden harbour island jacket kettle lantern mirror needle
    orchard pencil quarry ribbon saddle temple umbrella violin window yellow zebra anchor basket copper donkey
    ember falcon guitar hammer iron jungle kitten ladder marble napkin oyster pepper rocket silver tunnel valley
"""


def posts() -> list[Incoming]:
    """What the public wrote from Friday 18:00 to Monday 08:30: no two of them alike."""
    chance = random.Random(7)
    kinds = [beginning for beginning, number in _SAID for _ in range(number)]
    chance.shuffle(kinds)
    written = []
    for number, beginning in enumerate(kinds):
        at = FRIDAY + timedelta(hours=1) + (BACK - FRIDAY - timedelta(hours=1, minutes=22)) * number / POSTS
        written.append(
            Incoming(
                source="x",
                external_id=f"w{number}",
                community="x-kettle",
                created_at=at,
                handle=f"somebody{number}",
                text=f"{beginning} {' '.join(chance.sample(_WORDS.split(), 9))}",
                followers=chance.randrange(50_000),
                bio="journalist" if number in (11, 90) else None,
            )
        )
    return written


@asynccontextmanager
async def at_work(folder: Path, time: Time) -> AsyncIterator[Story]:
    """The desk's process: it says that it works before anything else, and dies without a word."""
    async with a_desk(folder, time=time) as desk:
        await desk.desk.pulse.beat()
        yield desk


async def friday(desk: Story) -> dict[str, int]:
    """What is under way when the desk dies."""
    cases = {
        "claimed": await desk.mention("The parcel of my aunt is lost"),
        "offered": await desk.mention("Urgent: how do I descale it"),
        "snoozed": await desk.mention("A refund for the broken lid, please"),
        "asked": await desk.mention("My refund went to the wrong bank account"),
    }
    for number in cases.values():
        await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"snooze {cases['snoozed']} saturday 10:00", from_="ben")
    await desk.hears(f"consult {cases['asked']} legal who is liable?", from_="ben")
    await desk.passes(minutes=36)
    await desk.hears(f"handoff {cases['offered']} sales anyway please help", from_="ben")
    cases["escalated"] = await desk.mention("My lawyer will sue you over this kettle")
    await desk.passes(KILLED - desk.time.at)
    # The story's hours passed in one step: all the while it was up.
    assert await desk.desk.store.pulse.beat(timedelta(days=1)) is None
    cases["unfiled"] = await desk.mention("Parcel, where are you hiding from me?", settle=False)
    return cases


async def outages(desk: Story) -> list[Outage]:
    async with desk.desk.store.work(Origin()) as work:
        return list(await work.outages.between(MONDAY - timedelta(days=30), desk.now + timedelta(days=1)))


async def history(desk: Story, number: int) -> list[Event]:
    async with desk.desk.store.work(Origin()) as work:
        return list(reversed(await work.cases.history(number, limit=500)))


async def everything(desk: Story) -> list[Case]:
    async with desk.desk.store.work(Origin()) as work:
        return list(await work.cases.find(CaseFilter(states=tuple(State)), limit=1000))


def summaries(cards: list[Card]) -> list[Card]:
    return [card for card in cards if card.title.startswith("While you were away")]


async def said(desk: Story, person: str) -> Counter[str]:
    """How many direct messages of each title."""
    return Counter(card.title for card in await desk.direct(person))


@asynccontextmanager
async def monday(folder: Path) -> AsyncIterator[tuple[Story, dict[str, int], dict[str, Any]]]:
    """The desk on Monday at 08:55, caught up; with what was under way, and what had been said until Friday."""
    time = Time(FRIDAY)
    async with at_work(folder, time) as desk:
        cases = await friday(desk)
        before = {
            "support": len(await desk.channel("support")),
            "sales": len(await desk.channel("sales")),
            "ben": len(await desk.direct("ben")),
            "cleo": len(await desk.direct("cleo")),
            "dana": len(await desk.direct("dana")),
        }
    time.at = BACK
    half = posts()[: POSTS // 2]
    async with at_work(folder, time) as desk:
        await desk.desk.store.intake.append(half)
        await desk.settles()
        assert not summaries(await desk.channel("support")), "it says nothing before it has caught up"
    time.at += timedelta(seconds=3)
    # It dies once more in the middle of it, and the network sends everything again.
    async with at_work(folder, time) as desk:
        for start in range(0, POSTS, 50):
            await desk.desk.store.intake.append(posts()[start : start + 50])
        await desk.passes(minutes=3)
        # Friday's platform events are known by their numbers.
        desk._numbers = itertools.count(1000)
        yield desk, cases, before


async def test_a_weekend_is_told_once_and_worked_off(tmp_path: Path) -> None:
    async with monday(tmp_path) as (desk, cases, before):
        (outage,) = await outages(desk)
        assert (outage.since, outage.until, outage.stopped) == (KILLED, BACK, False)
        assert outage.caught_up_at is not None
        found = await everything(desk)
        assert len(found) == POSTS + len(cases)

        await channels_are_readable(desk, before)
        await the_champion_has_one_page(desk, before)
        await clocks_went_on(desk, cases, before)
        await misses_name_the_outage(desk, cases)
        await people_work_it_off(desk, cases)
        await the_rest_follows_a_few_at_a_time(desk)


async def channels_are_readable(desk: Story, before: dict[str, Any]) -> None:
    for department, most in (("support", 22), ("sales", 14)):
        cards = await desk.channel(department)
        (summary,) = summaries(cards)
        assert summary.title == "While you were away · Fri 17:40 to Mon 08:52"
        shown = text_of(summary)
        assert "The desk was down for 2 d 15 h" in shown
        assert "claim next" in words_on(summary)
        assert len([words for words in words_on(summary) if words.startswith("claim 1")]) == 10
        assert len(cards) - before[department] <= most, [card.title for card in cards]
        numbers = [card.case for card in cards if card.case]
        assert len(numbers) == len(set(numbers)), "no case twice"
    support = text_of(summaries(await desk.channel("support"))[0])
    assert "0 of 10 taken" in support
    assert "· P2" in support
    assert "· P3" not in support, "the worst ten are more urgent than that"
    digests = [card.title for card in await desk.channel("support") if "daily digest" in card.title]
    assert digests == ["Support · daily digest · Mon 9 Mar 2026"]


async def the_champion_has_one_page(desk: Story, before: dict[str, Any]) -> None:
    new = (await desk.direct("dana"))[before["dana"] :]
    (page,) = [card for card in new if "digest" not in card.title]
    shown = text_of(page)
    assert "You would have been paged about 8 urgent cases. Nobody has answered yet." in shown
    assert "ack all" in words_on(page)
    pages = (await desk.direct("cleo"))[before["cleo"] :]
    asked = [card for card in pages if "urgent" in text_of(card)]
    assert len(asked) <= 2, "the step that was due, and the first of what came meanwhile"
    assert any("asked to look now at 7 urgent cases" in text_of(card) for card in asked)


async def clocks_went_on(desk: Story, cases: dict[str, int], before: dict[str, Any]) -> None:
    claimed = await desk.case(cases["claimed"])
    assert claimed.owner == "ben@kettle.example"
    assert claimed.lease is not None
    assert claimed.lease.until > desk.now
    offered = await desk.case(cases["offered"])
    assert offered.offer is not None
    assert timedelta(0) < offered.offer.until - BACK <= timedelta(minutes=31)
    snoozed = await desk.case(cases["snoozed"])
    assert snoozed.snoozed_until is None
    assert snoozed.owner == "ben@kettle.example"
    assert (await desk.direct("ben"))[before["ben"] :] == [], "nobody is disturbed before nine"
    escalated = await history(desk, cases["escalated"])
    paged = [event for event in escalated if event.kind == "paged" and event.at >= BACK]
    assert len(paged) == 1, "exactly one step"


async def misses_name_the_outage(desk: Story, cases: dict[str, int]) -> None:
    (outage,) = await outages(desk)
    for name in ("claimed", "offered", "escalated"):
        missed = [e for e in await history(desk, cases[name]) if e.kind == "sla_missed"]
        assert missed, name
        assert {event.data.get("outage") for event in missed} == {outage.id}, name
    assert "was missed because the desk was down" in await desk.says(
        f"show {cases['escalated']}", from_="cleo"
    )
    async with desk.desk.store.work(Origin()) as work:
        tally: Tally = await work.tallies.between("support", BACK, desk.now)
    assert tally.missed == 0
    assert tally.missed_in_outage == 5, "the four of Friday, and what waited to be filed"


async def people_work_it_off(desk: Story, cases: dict[str, int]) -> None:
    assert (await desk.says("ack all", from_="cleo")).startswith("7 cases acknowledged")
    assert (await desk.says("ack all", from_="ana")).startswith("1 case acknowledged")
    assert (await desk.says("ack all", from_="ana")) == "No page waits for your answer."
    await desk.passes(minutes=10)
    (page,) = summaries(await desk.direct("dana"))
    assert "Nothing urgent waits for you" in text_of(page)
    assert "8 cases answered meanwhile" in text_of(page)
    (mine,) = summaries(await desk.direct("ben"))
    assert "Your claims and their clocks went on" in text_of(mine)
    for taken in range(1, 8):
        await desk.hears("claim next", from_="ben", in_="support")
        await desk.passes(seconds=5)
        assert f"{taken} of 10 taken" in text_of(summaries(await desk.channel("support"))[0])
    await desk.hears(f"resolve {cases['offered']} answered", from_="ben")
    for _ in range(7):
        claimed = await desk.hears("claim next", from_="cleo", in_="legal")
        assert claimed is not None
        await desk.hears(f"wait {claimed.case} customer", from_="cleo")


async def the_rest_follows_a_few_at_a_time(desk: Story) -> None:
    """Nothing is said twice, and never do more than ten cards wait for somebody."""
    for _ in range(20):
        await desk.hears("claim next", from_="ana", in_="support")
    await desk.passes(minutes=30)
    cards = await desk.channel("support")
    numbers = [card.case for card in cards if card.case]
    assert len(numbers) == len(set(numbers))
    free = [number for number in numbers if (await desk.case(int(number or 0))).state is State.OPEN]
    assert 5 <= len(free) <= 10
    assert len(summaries(cards)) == 1
    assert len(summaries(await desk.direct("dana"))) == 1
    assert len(summaries(await desk.direct("cleo"))) <= 2
