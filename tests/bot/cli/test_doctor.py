"""`baton doctor`: everything that is examined, how it looks, and its exit code."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import run
from bot.config import SlackSettings, TeamsSettings
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.fakes.slack import FakeSlack, fake_slack
from tests.fakes.teams import FakeTeams, fake_teams

POLICY = Path(__file__).parents[2] / "policy.toml"


def ends(*args: str) -> int:
    """The exit code of that command."""
    with pytest.raises(SystemExit) as ended:
        run(args)
    assert isinstance(ended.value.code, int)
    return ended.value.code


class Patient:
    """The desk that is examined, by its environment."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.url = f"sqlite:///{folder / 'desk.db'}"
        self._patch = patch
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.set(PORT=str(free.getsockname()[1]))
        self.set(POLICY=str(POLICY), DATABASE_URL=self.url)

    def set(self, **env: str) -> None:
        for name, value in env.items():
            self._patch.setenv(f"BATON_{name}", value)

    def policy(self, change: Callable[[str], str]) -> None:
        file = self.folder / "policy.toml"
        file.write_text(change(POLICY.read_text(encoding="utf-8")), encoding="utf-8")
        self.set(POLICY=str(file))

    def slack(self, settings: SlackSettings) -> None:
        self.set(SLACK_BOT_TOKEN=settings.bot_token, SLACK_API_URL=settings.api_url)
        self.set(SLACK_SIGNING_SECRET=settings.signing_secret)

    def teams(self, settings: TeamsSettings) -> None:
        self.set(TEAMS_APP_ID=settings.app_id, TEAMS_TENANT_ID=",".join(settings.tenants))
        self.set(TEAMS_APP_PASSWORD=settings.password, TEAMS_LOGIN_URL=settings.login_url)
        self.set(TEAMS_OPENID_URL=settings.openid_url)

    def examined(self) -> tuple[int, str]:
        code = ends("doctor")
        said = self.capsys.readouterr()
        assert said.err == ""
        return code, said.out

    def as_json(self) -> tuple[int, list[dict[str, str]]]:
        code = ends("doctor", "--json")
        said = self.capsys.readouterr()
        assert said.err == ""
        found: list[dict[str, str]] = json.loads(said.out)
        return code, found


@pytest.fixture
def patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Patient:
    return Patient(tmp_path, monkeypatch, capsys)


def test_a_local_desk_is_well(patient: Patient) -> None:
    patient.set(WEB_CHAT="local")
    code, said = patient.examined()
    assert code == 0
    assert "ok     Policy:" in said
    assert "ok     Database: There is no database yet; the first start makes it." in said
    assert not (patient.folder / "desk.db").exists()
    upgrade(patient.url)
    assert "ok     Database: The database is there" in patient.examined()[1]


def test_no_chat_at_all_is_broken_and_both_chats_are_named(patient: Patient) -> None:
    code, said = patient.examined()
    assert code == 1
    assert "BROKEN Chat: No chat is switched on" in said
    assert "BATON_SLACK_BOT_TOKEN" in said
    assert "BATON_TEAMS_APP_ID" in said


def test_a_broken_policy_stops_no_other_check(patient: Patient) -> None:
    patient.policy(lambda text: text.replace('timezone = "Europe/London"', 'timezone = "Nowhere"', 1))
    code, said = patient.examined()
    assert code == 1
    assert "BROKEN Policy: " in said
    assert "Nowhere" in said
    assert "baton policy check" in said
    assert "ok     Database:" in said


def test_an_older_database_is_to_be_looked_at(patient: Patient) -> None:
    patient.set(WEB_CHAT="local")
    upgrade(patient.url, "0001")
    code, said = patient.examined()
    assert code == 0
    assert "look   Database: The database is at revision 0001" in said
    assert "baton migrate" in said


def test_a_database_that_is_none_is_broken(patient: Patient) -> None:
    patient.set(WEB_CHAT="local", DATABASE_URL=f"sqlite:///{patient.folder / 'text.db'}")
    (patient.folder / "text.db").write_text("not a database at all, but text", encoding="utf-8")
    code, said = patient.examined()
    assert code == 1
    assert "BROKEN Database: The database cannot be used" in said


def test_as_json(patient: Patient) -> None:
    code, found = patient.as_json()
    assert code == 1
    assert next(each["area"] for each in found if each["health"] == "well") == "Machine"
    assert all(set(each) == {"area", "health", "says", "mend"} for each in found)
    assert (found[-1]["area"], found[-1]["health"]) == ("Chat", "broken")


async def test_slack_is_examined(patient: Patient) -> None:
    async with fake_slack() as slack:
        _people(slack)
        patient.slack(slack.settings())
        code, said = await asyncio.to_thread(patient.examined)
    assert "ok     Slack: The bot token works" in said
    assert "Teams" not in said
    assert code in (0, 1)


async def test_teams_is_examined_before_the_desk_ever_ran(patient: Patient) -> None:
    async with fake_teams() as teams:
        patient.teams(teams.settings())
        code, said = await asyncio.to_thread(patient.examined)
    assert code == 0
    assert "ok     Teams: The credential works" in said
    assert "look   Teams: Where Teams' channels and people are reached is not known" in said
    assert not (patient.folder / "desk.db").exists()


async def test_teams_with_what_the_desk_knows(patient: Patient) -> None:
    patient.policy(
        lambda text: text.replace(
            'channels = { web = "support" }', 'channels = { teams = "19:s@thread.tacv2" }'
        )
    )
    async with fake_teams() as teams:
        team = _team(teams)
        await _remembered(patient, teams, team)
        before = (patient.folder / "desk.db").read_bytes()
        patient.teams(teams.settings())
        code, found = await asyncio.to_thread(patient.as_json)
        assert (patient.folder / "desk.db").read_bytes() == before
    teams_says = [each["says"] for each in found if each["area"] == "Teams"]
    assert any(says.startswith("Support speaks in support") for says in teams_says), teams_says
    assert "Teams has spoken to this desk before." in teams_says
    assert code == 0


async def test_beside_slack_nobody_is_missed_in_teams_who_does_not_prefer_it(patient: Patient) -> None:
    upgrade(patient.url)
    async with fake_slack() as slack, fake_teams() as teams:
        _people(slack)
        await _remembered(patient, teams, teams.add_team())
        patient.slack(slack.settings())
        patient.teams(teams.settings())
        _, found = await asyncio.to_thread(patient.as_json)
    assert {each["area"] for each in found} >= {"Slack", "Teams"}
    assert not [each for each in found if each["area"] == "Teams" and "e-mail" in each["says"]]


async def test_who_prefers_teams_is_not_missed_in_slack(patient: Patient) -> None:
    patient.policy(
        lambda text: text.replace('name = "Cleo Hart"', 'name = "Cleo Hart"\nprefers = "teams"', 1)
    )
    async with fake_slack() as slack, fake_teams() as teams:
        patient.slack(slack.settings())
        _, alone = await asyncio.to_thread(patient.as_json)
        patient.teams(teams.settings())
        _, both = await asyncio.to_thread(patient.as_json)
    assert any("Cleo" in each["says"] for each in alone if each["area"] == "Slack")
    assert not any("Cleo" in each["says"] for each in both if each["area"] == "Slack")


def _people(slack: FakeSlack) -> None:
    for person in test_policy().people.values():
        slack.add_user(person.name, str(person.id))


def _team(teams: FakeTeams) -> str:
    for person in test_policy().people.values():
        teams.add_user(person.name, str(person.id))
    team = teams.add_team()
    teams.add_channel("19:s@thread.tacv2", team, name="support")
    return team


async def _remembered(patient: Patient, teams: FakeTeams, team: str) -> None:
    """The desk ran, and once heard of that team."""
    await asyncio.to_thread(upgrade, patient.url)
    store = SqlStore(patient.url, test_policy())
    said = {
        "service_url": teams.service_url.rstrip("/"),
        "tenant": teams.settings().tenants[0],
        "conversation": team,
        "team": team,
    }
    await store.references.keep("teams", f"channel:{team}", said)
    await store.close()
