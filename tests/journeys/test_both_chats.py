"""One case live in two chats: Support lives in Slack, Press in Teams, Legal and Sales in both."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.http import serve
from bot.config import Config
from bot.domain.parts import State
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.wiring import application, connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.contracts.ports import free_port
from tests.desk import Story, Time
from tests.fakes.slack import FakeSlack, fake_slack, labels
from tests.fakes.slack.reading import read as read_slack
from tests.fakes.teams import FakeTeams, fake_teams
from tests.fakes.teams import read as read_teams

SLACK = {"support": "C0SUPPORT", "legal": "C0LEGAL", "sales": "C0SALES"}
TEAMS = {name: f"19:{name}@thread.tacv2" for name in ("pr", "legal", "sales")}
TEAM = "19:kettle@thread.tacv2"
PEOPLE = {
    "ana": "Ana Ruiz",
    "ben": "Ben Okafor",
    "cleo": "Cleo Hart",
    "dana": "Dana Voss",
    "finn": "Finn Moss",
    "gil": "Gil Park",
}


@dataclass
class Company:
    """Two chats, one desk."""

    desk: Story
    slack: FakeSlack
    teams: FakeTeams
    in_teams: dict[str, str]

    async def settles(self) -> None:
        """Until nothing more follows, in either chat."""
        assert self.desk.desk.slack is not None and self.desk.desk.teams is not None
        for _ in range(2):
            await self.slack.settle()
            await self.desk.desk.slack.settle()
            await self.desk.desk.teams.settle()
            await self.desk.settles()

    async def later(self) -> None:
        """Some seconds pass: people are no machines."""
        self.desk.time.at += timedelta(seconds=5)
        await self.settles()

    def slack_card(self, case: int, department: str) -> tuple[str, str, list[str]]:
        """(its name, what it says, what can be pressed); there must be one."""
        (found,) = [
            message
            for message in self.slack.messages(SLACK[department])
            if str(case) in read_slack(message).text.splitlines()[0]
        ]
        return found["ts"], read_slack(found).text, labels(found["blocks"])

    def teams_card(self, case: int, department: str) -> tuple[str, str, list[str]]:
        (found,) = [
            message
            for message in self.teams.messages(TEAMS[department])
            if str(case) in read_teams(message).text.splitlines()[0]
        ]
        shown = read_teams(found)
        return found["id"], shown.text, list(shown.buttons)

    def in_slack_thread(self, department: str, ts: str) -> str:
        return "\n".join(read_slack(each).text for each in self.slack.thread(SLACK[department], ts))

    def in_teams_thread(self, department: str, id: str) -> str:
        return "\n".join(read_teams(each).text for each in self.teams.thread(TEAMS[department], id))


def policy_of_both() -> Policy:
    text = (Path(__file__).parents[1] / "policy.toml").read_text(encoding="utf-8")

    def moved(found: re.Match[str]) -> str:
        chats = {"slack": SLACK.get(found[1]), "teams": TEAMS.get(found[1])}
        named = ", ".join(f'{platform} = "{id}"' for platform, id in chats.items() if id)
        return f"channels = {{ {named} }}"

    text = re.sub(r'channels = \{ web = "(\w+)" \}', moved, text)
    text = text.replace(
        'title = "Chief Customer Officer"', 'title = "Chief Customer Officer"\nprefers = "teams"'
    )
    reading = parse(text, "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    time, port = Time(), free_port()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(fake_slack(now=time.real))
        teams = await stack.enter_async_context(fake_teams(now=time.real))
        for channel in SLACK.values():
            slack.add_channel(channel)
        teams.add_team(TEAM, reads_all=True)
        for channel in TEAMS.values():
            teams.add_channel(channel, TEAM)
        in_teams = {}
        for who, name in PEOPLE.items():
            slack.add_user(name, f"{who}@kettle.example", id=f"U0{who.upper()}")
            in_teams[who] = teams.add_user(name, f"{who}@kettle.example")
        config = Config(
            database_url=f"sqlite:///{tmp_path / 'desk.db'}", slack=slack.settings(), teams=teams.settings()
        )
        clock = SqlClock(real=time.real, sleep=time.sleep)
        desk = await stack.enter_async_context(connect(config, policy=policy_of_both(), clock=clock))
        await set_standing_jobs(desk)
        await stack.enter_async_context(serve(application(desk), "127.0.0.1", port))
        assert desk.workspace is not None
        await desk.workspace.open()
        stack.push_async_callback(desk.workspace.hush)
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        teams.endpoint = f"http://127.0.0.1:{port}/api/messages"
        company = Company(Story(desk, time), slack, teams, in_teams)
        await teams.add_bot(TEAM, by=in_teams["cleo"])
        for who in ("cleo", "dana"):
            await teams.install(in_teams[who])
        await company.later()
        yield company


async def test_a_claim_in_teams_takes_the_button_away_in_slack(company: Company) -> None:
    case = await company.desk.mention("What is the price for 40 kettles?")
    await company.later()
    in_slack, in_teams = company.slack_card(case, "sales"), company.teams_card(case, "sales")
    assert "40 kettles" in in_slack[1] and "40 kettles" in in_teams[1]
    assert "Claim" in in_slack[2] and "Claim" in in_teams[2]
    await company.teams.press(company.in_teams["finn"], TEAMS["sales"], in_teams[0], "Claim")
    await company.later()
    assert (await company.desk.case(case)).owner == "finn@kettle.example"
    for _, says, buttons in (company.slack_card(case, "sales"), company.teams_card(case, "sales")):
        assert "Finn Moss" in says
        assert "Claim" not in buttons and "Resolve" in buttons


async def test_two_presses_at_the_same_moment_in_both_chats_have_one_winner(company: Company) -> None:
    case = await company.desk.mention("What is the price for 40 kettles?")
    await company.later()
    ts, id = company.slack_card(case, "sales")[0], company.teams_card(case, "sales")[0]
    await asyncio.gather(
        company.slack.press("U0GIL", SLACK["sales"], ts, "Claim"),
        company.teams.press(company.in_teams["finn"], TEAMS["sales"], id, "Claim"),
    )
    await company.later()
    assert (await company.desk.kinds(case)).count("claimed") == 1
    owner = (await company.desk.case(case)).owner
    assert owner in ("gil@kettle.example", "finn@kettle.example")
    name = PEOPLE[owner.partition("@")[0]]
    assert name in company.slack_card(case, "sales")[1] and name in company.teams_card(case, "sales")[1]


async def test_in_teams_people_of_the_department_get_the_card_with_their_own_buttons(
    company: Company,
) -> None:
    """Teams asks for it when they look: who may decide more sees more."""
    case = await company.desk.mention("What is the price for 40 kettles?")
    await company.later()
    await company.teams.mention(company.in_teams["gil"], TEAMS["sales"], f"claim {case}")
    await company.later()
    id = company.teams_card(case, "sales")[0]
    await company.teams.mention(company.in_teams["finn"], TEAMS["sales"], "home")
    await company.teams.mention(company.in_teams["gil"], TEAMS["sales"], f"note {case} on it")
    await company.later()
    for who in ("gil", "finn"):
        answer = await company.teams.refresh(company.in_teams[who], TEAMS["sales"], id)
        assert answer.ok and PEOPLE["gil"] in str(answer.body)
    nobody = await company.teams.refresh(company.in_teams["dana"], TEAMS["sales"], id)
    assert not nobody.ok


async def test_notes_written_in_either_chat_stand_in_both(company: Company) -> None:
    case = await company.desk.mention("My lawyer will call you.")
    await company.later()
    ts, id = company.slack_card(case, "legal")[0], company.teams_card(case, "legal")[0]
    said = await company.slack.say("U0CLEO", SLACK["legal"], "I know this customer.", thread_ts=ts)
    await company.later()
    assert "I know this customer." in company.in_teams_thread("legal", id)
    await company.teams.say(company.in_teams["cleo"], TEAMS["legal"], "Called her back.", reply_to=id)
    await company.later()
    assert "Called her back." in company.in_slack_thread("legal", ts)
    await company.slack.edit("U0CLEO", SLACK["legal"], said.ts, "I know this customer well.")
    await company.later()
    assert "I know this customer well." in company.in_teams_thread("legal", id)
    assert (await company.desk.kinds(case)).count("noted") == 2


async def test_a_handoff_from_slack_to_teams_and_back_keeps_the_whole_history(company: Company) -> None:
    case = await company.desk.mention("My parcel never came, and I am a journalist.")
    await company.later()
    await company.slack.command("U0BEN", SLACK["support"], "/baton", f"claim {case}")
    await company.later()
    ts = company.slack_card(case, "support")[0]
    await company.slack.say("U0BEN", SLACK["support"], "Third time for her.", thread_ts=ts)
    await company.later()
    await company.slack.command(
        "U0BEN", SLACK["support"], "/baton", f"handoff {case} pr she writes for a paper"
    )
    await company.later()
    id, says, buttons = company.teams_card(case, "pr")
    assert "she writes for a paper" in says and {"Accept", "Decline"} <= set(buttons)
    assert (await company.desk.case(case)).owner == "ben@kettle.example"
    await company.teams.press(company.in_teams["cleo"], TEAMS["pr"], id, "Accept")
    await company.later()
    assert (await company.desk.case(case)).department == "pr"
    assert "Press" in company.slack_card(case, "support")[1]
    await company.teams.mention(
        company.in_teams["cleo"], TEAMS["pr"], f"handoff {case} support yours after all"
    )
    await company.later()
    assert "Accept" in company.slack_card(case, "support")[2]
    await company.slack.press("U0BEN", SLACK["support"], company.slack_card(case, "support")[0], "Accept")
    await company.later()
    await company.slack.command("U0BEN", SLACK["support"], "/baton", f"resolve {case} refunded")
    await company.later()
    found = await company.desk.case(case)
    assert (found.state, found.department) == (State.RESOLVED, "support")
    history = await company.desk.kinds(case)
    assert [kind for kind in history if kind in ("claimed", "noted", "offered", "accepted", "resolved")] == [
        "claimed", "noted", "offered", "accepted", "offered", "accepted", "resolved",
    ]  # fmt: skip


async def test_the_champion_is_paged_where_she_prefers_and_everybody_sees_her_answer(
    company: Company,
) -> None:
    case = await company.desk.mention("Urgent: the kettle burned my hand.")
    await company.later()
    await company.slack.command("U0BEN", SLACK["support"], "/baton", f"escalate {case} somebody was hurt")
    await company.desk.passes(minutes=25)
    await company.later()
    dana = company.in_teams["dana"]
    pages = [read_teams(message) for message in company.teams.private(dana)]
    assert any(str(case) in page.text and "Acknowledge" in page.buttons for page in pages)
    assert company.slack.messages(company.slack.direct("U0DANA")) == []
    (page,) = [
        message for message in company.teams.private(dana) if "Acknowledge" in read_teams(message).buttons
    ]
    await company.teams.press(dana, company.teams.direct(dana), page["id"], "Acknowledge")
    await company.later()
    assert "Dana Voss" in company.slack_card(case, "support")[1]
    assert (
        "Acknowledge" not in read_teams(company.teams.message(company.teams.direct(dana), page["id"])).buttons
    )


async def test_a_person_without_the_app_in_teams_is_reached_in_slack(company: Company) -> None:
    dana = company.in_teams["dana"]
    await company.teams.uninstall(dana)
    case = await company.desk.mention("Urgent: the kettle burned my hand.")
    await company.later()
    await company.slack.command("U0BEN", SLACK["support"], "/baton", f"escalate {case} somebody was hurt")
    await company.desk.passes(minutes=25)
    await company.later()
    told = "\n".join(read_slack(each).text for each in company.slack.messages(company.slack.direct("U0DANA")))
    assert str(case) in told
