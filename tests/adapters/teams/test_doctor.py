"""The doctor says what is wrong with Teams, and how to mend it; it writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.teams.api import TeamsApi
from adapters.teams.doctor import Doctor, Memory
from adapters.teams.people import Directory
from bot.config import TeamsSettings
from bot.domain.people import PersonId
from bot.policy.duty import champions
from bot.policy.model import Policy
from bot.ports import Finding, Health
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.fakes.teams import FakeTeams, drop_before, error, fake_teams, status

SUPPORT = "19:support@thread.tacv2"
CHANNELS = "GET /v3/teams/{id}/conversations"
ROSTER = "GET /v3/conversations/{id}/pagedmembers"


def in_teams(**channels: str) -> Policy:
    """The test company, with these departments in Teams."""
    policy = test_policy()
    departments = {
        name: replace(known, channels={"teams": channels[name]} if name in channels else {})
        for name, known in policy.departments.items()
    }
    return replace(policy, departments=departments)


@dataclass
class Clinic:
    """A desk that knows Teams, and what the doctor says of it."""

    teams: FakeTeams
    store: SqlStore
    users: Mapping[str, str]

    async def heard(self, kind: str, user: str, conversation: str, **more: Any) -> None:
        """What Teams once told the desk."""
        policy, clock, settings = in_teams(support=SUPPORT), SqlClock(), self.teams.settings()
        api = TeamsApi(settings, clock)
        directory = Directory(
            api, policy, self.store.identities, self.store.references, clock, settings=settings
        )
        try:
            told = self.teams.activity(kind, user, conversation, **more)
            await (directory.who(told) if kind == "message" else directory.learned(told))
        finally:
            await directory.close()
            await api.close()

    async def uninstalled(self, user: str) -> None:
        chat = self.teams.tenant.personal(self.teams.tenant.user(user)).id
        await self.heard("message", user, chat, text="hello")
        await self.heard("installationUpdate", user, chat, action="remove")

    async def says(
        self,
        policy: Policy | None = None,
        settings: TeamsSettings | None = None,
        *,
        alone: bool = True,
        memory: bool = True,
    ) -> Sequence[Finding]:
        settings = settings or self.teams.settings()
        clock = SqlClock()
        api = TeamsApi(settings, clock)
        known = Memory(references=self.store.references, identities=self.store.identities)
        doctor = Doctor(
            settings=settings,
            policy=policy or in_teams(support=SUPPORT),
            api=api,
            clock=clock,
            memory=known if memory else None,
            alone=alone,
        )
        try:
            return [finding async for finding in doctor.examine()]
        finally:
            await api.close()


def said(findings: Sequence[Finding], health: Health) -> str:
    assert {finding.area for finding in findings} == {"Teams"}
    return "\n".join(f"{finding.says} {finding.mend}" for finding in findings if finding.health is health)


@asynccontextmanager
async def a_clinic(folder: Path) -> AsyncIterator[Clinic]:
    url = f"sqlite:///{folder / 'desk.db'}"
    await asyncio.to_thread(upgrade, url)
    async with fake_teams() as teams:
        users = {
            str(person.id): teams.add_user(person.name, str(person.id))
            for person in test_policy().people.values()
        }
        teams.add_channel(SUPPORT, name="Support")
        store = SqlStore(url, test_policy())
        try:
            yield Clinic(teams, store, users)
        finally:
            await store.close()


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    """Teams once told of the team's first channel, and of nothing else."""
    async with a_clinic(tmp_path) as clinic:
        general = next(iter(clinic.teams.tenant.teams))
        await clinic.heard("message", clinic.users["ana@kettle.example"], general, text="hello")
        clinic.teams.calls.clear()
        yield clinic


async def test_nothing_is_wrong(clinic: Clinic) -> None:
    findings = await clinic.says()
    assert said(findings, Health.BROKEN) == said(findings, Health.DOUBTFUL) == ""
    well = said(findings, Health.WELL)
    assert "signs in as the app" in well
    assert "1 endorsed for msteams" in well
    assert "Support speaks in Support." in well
    assert "Everybody on duty" in well


async def test_it_writes_nothing(clinic: Clinic) -> None:
    references = await clinic.store.references.everyone("teams")
    people = await clinic.store.identities.everyone("teams")
    await clinic.says()
    assert await clinic.store.references.everyone("teams") == references
    assert await clinic.store.identities.everyone("teams") == people
    assert {call.verb for call in clinic.teams.calls} == {"GET"}


@pytest.mark.parametrize(
    ("changes", "says", "mend"),
    [
        ({"password": "expired"}, "client secret", "BATON_TEAMS_APP_PASSWORD"),
        ({"tenants": ("no-such-tenant",)}, "no such tenant", "BATON_TEAMS_TENANT_ID"),
        ({"app_id": "11111111-2222-3333-4444-555555555555"}, "no app with this id", "BATON_TEAMS_APP_ID"),
    ],
)
async def test_a_wrong_credential_ends_it(
    clinic: Clinic, changes: Mapping[str, Any], says: str, mend: str
) -> None:
    findings = await clinic.says(settings=clinic.teams.settings(**changes))
    (broken,) = [finding for finding in findings if finding.health is Health.BROKEN]
    assert says in broken.says
    assert mend in broken.mend
    assert broken.mend[0].isupper()
    assert clinic.teams.calls == []
    assert clinic.teams.login.secret not in said(findings, Health.BROKEN)


async def test_a_refusal_without_a_known_code_does_not_send_to_the_doctor(clinic: Clinic) -> None:
    clinic.teams.trouble("token", status(400, text="AADSTS50034: no such thing"))
    broken = said(await clinic.says(), Health.BROKEN)
    assert "baton doctor" not in broken
    assert broken


async def test_a_login_that_is_down_names_the_address(clinic: Clinic) -> None:
    clinic.teams.down("login")
    broken = said(await clinic.says(), Health.BROKEN)
    assert "cannot be reached" in broken
    assert clinic.teams.url in broken
    assert "HTTPS_PROXY" in broken


async def test_keys_that_cannot_be_had(clinic: Clinic) -> None:
    clinic.teams.down("keys")
    broken = said(await clinic.says(), Health.BROKEN)
    assert "nobody is let in" in broken
    assert "openidconfiguration" in broken


async def test_keys_for_another_channel(clinic: Clinic) -> None:
    clinic.teams.keys.rotate(endorsements=("webchat",))
    broken = said(await clinic.says(), Health.BROKEN)
    assert "None of the 1 keys" in broken
    assert "BATON_TEAMS_OPENID_URL" in broken


async def test_an_address_of_keys_that_is_not_safe(clinic: Clinic) -> None:
    settings = clinic.teams.settings(openid_url="http://keys.example/")
    broken = said(await clinic.says(settings=settings), Health.BROKEN)
    assert "Write an address that begins with https://" in broken


async def test_a_connector_that_does_not_answer(clinic: Clinic) -> None:
    clinic.teams.down("connector")
    findings = await clinic.says()
    broken = said(findings, Health.BROKEN)
    assert f"{clinic.teams.service_url.rstrip('/')} cannot be used" in broken
    assert "anybody with the e-mail" not in broken
    assert "could not be asked" in said(findings, Health.DOUBTFUL)


async def test_a_token_that_the_connector_does_not_take(clinic: Clinic) -> None:
    for _ in range(3):
        clinic.teams.trouble(ROSTER, status(401))
    broken = said(await clinic.says(), Health.BROKEN)
    assert "does not accept Baton's token" in broken


async def test_a_channel_of_a_team_without_baton(clinic: Clinic) -> None:
    policy = in_teams(support=SUPPORT, pr="19:press@thread.tacv2")
    broken = said(await clinic.says(policy), Health.BROKEN)
    assert "in no team with the channel 19:press@thread.tacv2" in broken
    assert "Add the app to the team" in broken
    assert "Support" not in broken.partition("Add the app")[0]


async def test_a_private_channel_that_spoke_is_known_though_the_team_does_not_list_it(clinic: Clinic) -> None:
    private = clinic.teams.add_channel("19:private@thread.tacv2")
    await clinic.heard("message", clinic.users["ana@kettle.example"], private, text="hello")
    team = next(iter(clinic.teams.tenant.teams.values()))
    team.channels.remove(private)
    findings = await clinic.says(in_teams(support=private))
    assert said(findings, Health.BROKEN) == ""
    assert f"speaks in {private}." in said(findings, Health.WELL)


async def test_a_team_that_took_baton_out_unnoticed(clinic: Clinic) -> None:
    await clinic.heard("message", clinic.users["ana@kettle.example"], SUPPORT, text="hello")
    next(iter(clinic.teams.tenant.teams.values())).bot = False
    broken = said(await clinic.says(), Health.BROKEN)
    assert "takes no cards: Baton is not in this Teams team any more" in broken


async def test_a_team_that_cannot_be_asked(clinic: Clinic) -> None:
    clinic.teams.trouble(CHANNELS, *[status(500)] * 3)
    findings = await clinic.says()
    assert "could not be asked about the team" in said(findings, Health.DOUBTFUL)
    assert "in no team with the channel" not in said(findings, Health.BROKEN)


async def test_a_page_that_would_find_nobody(clinic: Clinic) -> None:
    del clinic.teams.tenant.users[clinic.users["cleo@kettle.example"]]
    broken = said(await clinic.says(), Health.BROKEN)
    assert "No team with Baton has anybody with the e-mail cleo@kettle.example" in broken
    assert "Let Cleo Hart add the app" in broken


async def test_somebody_who_took_the_app_away(clinic: Clinic) -> None:
    await clinic.uninstalled(clinic.users["cleo@kettle.example"])
    broken = said(await clinic.says(), Health.BROKEN)
    assert "Cleo Hart has taken the app away" in broken


async def test_rosters_that_cannot_be_read_are_doubted(clinic: Clinic) -> None:
    clinic.teams.trouble(ROSTER, None, drop_before, drop_before, drop_before)
    findings = await clinic.says()
    assert "could not be asked about" in said(findings, Health.DOUBTFUL)
    assert "anybody with the e-mail" not in said(findings, Health.BROKEN)


async def test_beside_another_chat_only_who_prefers_teams_is_looked_for(clinic: Clinic) -> None:
    policy = in_teams(support=SUPPORT)
    (champion, *_) = champions(policy, next(iter(policy.communities)))
    cleo = PersonId("cleo@kettle.example")
    for lost in (champion, cleo):
        del clinic.teams.tenant.users[clinic.users[lost]]
    person = replace(policy.people[champion], prefers="teams")
    roster = type(policy.people)({**policy.people, champion: person})
    broken = said(await clinic.says(replace(policy, people=roster), alone=False), Health.BROKEN)
    assert f"anybody with the e-mail {champion}" in broken
    assert cleo not in broken


async def test_a_policy_without_a_teams_channel_is_doubted(clinic: Clinic) -> None:
    assert "names no Teams channel" in said(await clinic.says(in_teams()), Health.DOUBTFUL)


async def test_before_teams_ever_spoke_the_endpoint_is_reminded_of(tmp_path: Path) -> None:
    async with a_clinic(tmp_path) as clinic:
        findings = await clinic.says()
        assert "https://…/api/messages" in said(findings, Health.DOUBTFUL)
        assert "in no team with the channel" in said(findings, Health.BROKEN)


async def test_before_the_desk_ever_ran_only_the_settings_are_examined(clinic: Clinic) -> None:
    findings = await clinic.says(memory=False)
    assert said(findings, Health.BROKEN) == ""
    assert "before the desk has run" in said(findings, Health.DOUBTFUL)
    assert clinic.teams.calls == []


async def test_an_anonymous_desk_is_warned_of(clinic: Clinic) -> None:
    findings = await clinic.says(settings=clinic.teams.settings(anonymous=True))
    assert "every program on this machine may be anyone" in said(findings, Health.DOUBTFUL)
    assert said(findings, Health.BROKEN) == ""
    assert clinic.teams.asked.count("openid") == 0


async def test_a_conversation_that_is_gone_is_no_fault_of_the_address(clinic: Clinic) -> None:
    clinic.teams.trouble(ROSTER, error(404, "ConversationNotFound"))
    assert "own address" not in said(await clinic.says(), Health.BROKEN)
