"""Eli writes for an agency until Tuesday: in one community, with notes only. What the company keeps to itself they never
see, and at the midnight of their last day everything ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.http import serve
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.wiring import application
from handlers import all_routes
from tests.desk import MONDAY, Story, a_desk, text_of, words_on
from tests.handlers.test_sight_everywhere import words_for

LAST_DAY = date(2026, 3, 3)
_POLICY = Path(__file__).parents[1] / "policy.toml"
ENDED = "ended with your last day, 3 March 2026"
MAY = {
    "home",
    "list",
    "search",
    "show",
    "who",
    "oncall",
    "board",
    "digest",
    "note",
    "escalate",
    "help",
    "file",
}
MAY |= {"away", "back", "mute", "unmute"}
MAY |= {"reply", "replypost", "use", "discard", "publish", "cancel"}  # drafts, which somebody else approves
"""What an agency's writer may say. The rest is refused with a word about who may, or finds nothing of theirs."""
REFUSED = (
    "Who may: ",
    "waits for your answer",
    "Nobody asks you",
    "can be taken back",
    "Nothing is frozen",
    "No escalation",
    "into itself",
    "No offer",
    "No question",
    "There is no department",
    "waits for approval",
    "is in doubt",
)


def policy(zone: str = "Europe/London") -> Policy:
    text = _POLICY.read_text(encoding="utf-8")
    assert 'until = "2027-03-31"' in text
    text = text.replace('until = "2027-03-31"', f'until = "{LAST_DAY}"\ntimezone = "{zone}"')
    reading = parse(text, "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@dataclass
class Cases:
    theirs: int
    elsewhere: int
    supports: int
    secret: int


@asynccontextmanager
async def a_week(folder: Path, zone: str = "Europe/London") -> AsyncIterator[tuple[Story, Cases]]:
    """Monday: a question that is theirs, one of another community, one for Support, and one that Sales restricted."""
    async with a_desk(folder, policy=policy(zone)) as desk:
        cases = Cases(
            theirs=await desk.mention("What is the price of forty kettles?"),
            elsewhere=await desk.mention("Where can I buy the zebra kettle?", source="mail"),
            supports=await desk.mention("The kettle in my parcel is broken."),
            secret=await desk.mention("Price of the giraffe kettle, as the minister asked?"),
        )
        assert (await desk.case(cases.elsewhere)).community == "everywhere"
        await desk.hears(f"restrict {cases.secret} to sales", from_="finn")
        yield desk, cases


async def test_they_see_their_community_and_nothing_else(tmp_path: Path) -> None:
    async with a_week(tmp_path) as (desk, cases):
        for words in (
            "home",
            "list",
            "list open",
            "list open sales",
            "search kettle",
            "digest",
            "digest sales",
            "board",
        ):
            said = await desk.says(words, from_="eli")
            assert "zebra" not in said and "giraffe" not in said, words
            assert not {str(cases.elsewhere), str(cases.secret)} & set(said.split()), words
        assert f"{cases.theirs} · P3" in await desk.says("home", from_="eli")
        assert f"{cases.theirs} · P3" in await desk.says("list", from_="eli")
        assert "Support" not in await desk.says("board", from_="eli")
        assert "may not read digests in Support" in await desk.says("digest support", from_="eli")

        shown = await desk.hears(f"show {cases.theirs}", from_="eli")
        assert "What is the price" in text_of(shown)
        assert words_on(shown) == [f"escalate {cases.theirs}"], "no button that would refuse them"
        said = await desk.says(f"show {cases.elsewhere}", from_="eli")
        assert "another community than those you work in" in said and "zebra" not in said
        said = await desk.says(f"show {cases.secret}", from_="eli")
        assert said == f"{cases.secret} is restricted. Ask Sales (Finn Moss is on duty)."


async def test_they_write_notes_and_every_other_verb_is_refused_politely(tmp_path: Path) -> None:
    async with a_week(tmp_path) as (desk, cases):
        await desk.hears(f"note {cases.theirs} Draft: forty are 12 % off.", from_="eli")
        assert "Draft: forty are 12 % off." in await desk.says(f"show {cases.theirs}", from_="finn")
        before = await desk.case(cases.theirs)
        for name, verb in all_routes().verbs.items():
            if name in MAY:
                continue
            said = await desk.says(words_for(verb, cases.theirs), from_="eli", settle=False)
            assert any(words in said for words in REFUSED), (name, said)
            assert "Eli Moss" not in said.partition("Who may: ")[2], (name, "nobody is sent to themselves")
        assert await desk.case(cases.theirs) == before


async def test_what_they_may_not_read_they_may_not_escalate_or_note(tmp_path: Path) -> None:
    async with a_week(tmp_path) as (desk, cases):
        for case in (cases.elsewhere, cases.secret):
            for words in (f"escalate {case} it burns", f"note {case} hello"):
                await desk.hears(words, from_="eli")
            assert await desk.kinds(case) in (["opened"], ["opened", "restricted"])
        await desk.hears(f"escalate {cases.theirs} they buy today", from_="eli")
        assert (await desk.case(cases.theirs)).escalating
        assert any("Eli Moss asks you to look now" in text_of(card) for card in await desk.direct("finn"))


async def test_the_web_chat_shows_them_no_channel_and_completes_no_names(tmp_path: Path) -> None:
    async with a_week(tmp_path) as (desk, _), AsyncExitStack() as stack:
        serving = await stack.enter_async_context(serve(application(desk.desk), "127.0.0.1", 0))
        async with ClientSession() as session:

            async def get(path: str, **query: Any) -> tuple[int, str]:
                query["as"] = "eli@agency.example"
                async with session.get(f"{serving.url}/web/{path}", params=query) as response:
                    return response.status, await response.text()

            _, listed = await get("conversations")
            assert "@eli@agency.example" in listed and "sales" not in listed and "support" not in listed
            status, _ = await get("messages", conversation="sales")
            assert status in (403, 404)
            for typed in ("handover ", "assign 1001 ", "show zebra", "show giraffe"):
                _, found = await get("complete", conversation="@eli@agency.example", text=typed)
                assert "zebra" not in found.replace(typed, "") and "giraffe" not in found.replace(typed, "")
                assert "Dana" not in found and "Cleo" not in found, typed


@pytest.mark.parametrize(
    ("zone", "hours"), [("Europe/London", 0), ("Asia/Tokyo", -9), ("America/New_York", 5)]
)
async def test_at_midnight_of_their_last_day_it_ends(tmp_path: Path, zone: str, hours: int) -> None:
    async with a_week(tmp_path, zone) as (desk, cases):
        midnight = MONDAY.replace(hour=0) + timedelta(days=2, hours=hours)
        await desk.passes(midnight - desk.time.at - timedelta(minutes=1))
        await desk.hears(f"note {cases.theirs} Draft: the last one.", from_="eli")
        assert (await desk.kinds(cases.theirs)).count("noted") == 1

        told = await desk.direct("eli")
        await desk.passes(minutes=1)
        before = {number: await desk.kinds(number) for number in (cases.theirs, cases.supports)}
        for name, verb in all_routes().verbs.items():
            answer = await desk.hears(words_for(verb, cases.theirs), from_="eli", settle=False)
            assert ENDED in text_of(answer), name
            assert not words_on(answer)
        assert {number: await desk.kinds(number) for number in before} == before
        assert await desk.says("list", from_="finn") and await newest(desk) == cases.secret, (
            "nothing was filed"
        )

        # Nothing comes to them any more, and nobody is sent to them.
        await desk.passes(days=7)
        assert await desk.direct("eli") == told
        assert "Eli Moss" not in await desk.says(f"note {cases.supports} x", from_="finn")


async def newest(desk: Story) -> int:
    case = await desk.mention("One more")
    return case - 1
