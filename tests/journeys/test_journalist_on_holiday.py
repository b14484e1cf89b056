"""A journalist asks on Christmas Day, when Press is closed, and the company with it, until Monday.

Nobody's holiday is broken for what can wait until Monday; what cannot (P1) is another matter. The promises count as they
were made: an hour is an hour, but a working hour needs somebody at work. And the first digest tells of all the days since the
last one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.desk import Story, Time, a_desk, text_of, words_on

CHRISTMAS = datetime(2026, 12, 25, 12, 30, tzinfo=UTC)
"""A Friday, and a holiday of the whole company."""
REPORTER: dict[str, Any] = {"bio": "Journalist at the Herald", "followers": 90_000, "name": "Jo Reed"}
LEADS = ("ana", "cleo", "dana", "finn")


@asynccontextmanager
async def on_christmas(folder: Path) -> AsyncIterator[Story]:
    """The desk since Wednesday afternoon; now it is Friday, 25 December, 12:30."""
    async with a_desk(folder, time=Time(CHRISTMAS - timedelta(days=2))) as desk:
        await desk.passes(days=2)
        yield desk


async def until(desk: Story, day: int, hour: int, minute: int = 0) -> None:
    await desk.passes(datetime(2026, 12, day, hour, minute, tzinfo=UTC) - desk.time.at)


async def first_due(desk: Story, case: int) -> datetime:
    return (await desk.case(case)).service.first_due


async def asks(desk: Story, who: str, case: int) -> int:
    said = [text_of(card) for card in await desk.direct(who) if card.title.startswith(f"{case} ")]
    return sum("asks you to look now" in text for text in said)


async def paged(desk: Story, case: int) -> list[tuple[str, str]]:
    escalation = (await desk.case(case)).escalation
    return [(f"{p.at:%a %H:%M}", p.person.partition("@")[0]) for p in escalation.pages] if escalation else []


async def test_it_is_marked_and_stands_with_press(tmp_path: Path) -> None:
    async with on_christmas(tmp_path) as desk:
        number = await desk.mention("Do your kettles explode?", **REPORTER)
        case = await desk.case(number)
        assert (case.department, case.priority, case.marks) == ("pr", "P2", ("press",))
        card = text_of(await desk.card(number, "pr"))
        assert "Jo Reed" in card and "90 k followers" in card and "P2 · press" in card
        assert 'the word "journalist" in the author\'s bio and 90,000 followers' in card
        # The department is not there, and says so to whoever asks.
        assert "opens Mon 09:00" in await desk.says("oncall pr", from_="ben")
        assert [await asks(desk, who, number) for who in LEADS] == [0, 0, 0, 0]


async def test_nobody_is_called_from_the_table_for_what_can_wait(tmp_path: Path) -> None:
    async with on_christmas(tmp_path) as desk:
        number = await desk.mention("Do your kettles explode?", **REPORTER)
        await until(desk, 28, 8, 59)
        assert await paged(desk, number) == []
        assert [await asks(desk, who, number) for who in LEADS] == [0, 0, 0, 0]
        # Its hour broke on the holiday, as the promise is one to the customer; Monday begins with it.
        case = await desk.case(number)
        assert case.escalating and "sla_missed" in await desk.kinds(number)
        await until(desk, 28, 9)
        assert await paged(desk, number) == [("Mon 09:00", "cleo")]
        assert [await asks(desk, who, number) for who in LEADS] == [0, 1, 0, 0]
        page = next(c for c in await desk.direct("cleo") if "asks you to look" in text_of(c))
        assert "Do your kettles explode?" in text_of(page) and "Due: Fri 13:30" in text_of(page)
        await desk.hears(words_on(page)[1], from_="cleo")
        await until(desk, 28, 12)
        assert await paged(desk, number) == [("Mon 09:00", "cleo")]


async def test_a_lawyer_wakes_people_all_the_same(tmp_path: Path) -> None:
    async with on_christmas(tmp_path) as desk:
        number = await desk.mention("My lawyer will sue you over what the Herald writes.", **REPORTER)
        case = await desk.case(number)
        assert (case.department, case.priority) == ("legal", "P1") and "legal" in case.marks
        assert await paged(desk, number) == [("Fri 12:30", "cleo")]
        await desk.passes(minutes=10)
        assert ("Fri 12:40", "dana") in await paged(desk, number)


async def test_hours_of_work_pass_over_the_holiday_and_other_hours_do_not(tmp_path: Path) -> None:
    async with on_christmas(tmp_path) as desk:
        press = await desk.mention("Do your kettles explode?", **REPORTER)
        price = await desk.mention("What is the price of forty?")
        parcel = await desk.mention("My parcel never came.")
        assert await first_due(desk, press) == CHRISTMAS + timedelta(hours=1)
        # Four working hours: Sales works Mon-Fri 9-18, Support every day from seven; both kept the holiday.
        assert await first_due(desk, price) == datetime(2026, 12, 28, 13, tzinfo=UTC)
        assert await first_due(desk, parcel) == datetime(2026, 12, 26, 11, tzinfo=UTC)


async def test_whoever_offers_it_to_press_is_told_when_it_opens_and_chooses(tmp_path: Path) -> None:
    async with on_christmas(tmp_path) as desk:
        number = await desk.mention("My parcel never came, and my readers shall know.")
        asked = await desk.hears(f"handoff {number} pr a reporter", from_="ana", in_="support")
        assert "Press is closed until Mon 09:00: nothing was done yet" in text_of(asked)
        assert (await desk.case(number)).offer is None
        anyway, paging = words_on(asked)[:2]
        assert (" anyway " in anyway, " paging " in paging) == (True, True)
        await desk.hears(anyway, from_="ana", in_="support")
        offer = (await desk.case(number)).offer
        assert offer is not None and offer.to == "pr"
        # Its clock is the receiver's: it has not run out when Press comes back, and the giver holds it meanwhile.
        await until(desk, 28, 9, 30)
        assert (await desk.case(number)).offer is not None
        await desk.hears(f"accept {number}", from_="cleo")
        assert (await desk.case(number)).department == "pr"


async def test_mondays_digest_covers_the_holiday_and_the_weekend(tmp_path: Path) -> None:
    async with on_christmas(tmp_path) as desk:
        number = await desk.mention("Do your kettles explode?", **REPORTER)
        await until(desk, 28, 8, 44)
        digests = [text_of(card) for card in await desk.channel("pr") if "daily digest" in card.title]
        assert [text.splitlines()[0] for text in digests] == ["Press · daily digest · Thu 24 Dec 2026"]
        await until(desk, 28, 8, 46)
        digest = text_of((await desk.channel("pr"))[-1])
        assert digest.startswith(
            "Press · daily digest · Mon 28 Dec 2026\nThu 24 Dec 08:45 to Mon 28 Dec 08:45"
        )
        assert "Opened: 1\n" in digest and "Missed: 1\n" in digest and "Escalations: 1\n" in digest
        assert "Changes are against" not in digest, "nothing happened the week before"
        assert f"{number} · P2" in digest and "waits 2 d 20 h, unclaimed, escalated" in digest
