"""Who is who: every standing, asked once, remembered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import TeamsSettings
from bot.domain.people import Role
from bot.ports import ChatError
from tests.adapters.teams.knowing import ANA, ELI, SETTINGS, ZOE, Knowing, knowing, policy
from tests.fakes.teams import BOT, TENANT, FakeTeams, error, fake_teams, slow

HOUR = timedelta(hours=1)
ELSEWHERE = "99999999-8a90-4e21-b6d4-0c9e7f5a2b18"
CHANNEL = "19:support@thread.tacv2"


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with fake_teams(anonymous=True, limits=False) as teams:
        teams.add_channel(CHANNEL)
        yield teams


@pytest.fixture
async def desk(teams: FakeTeams, tmp_path: Path) -> AsyncIterator[Knowing]:
    async with knowing(teams, tmp_path) as desk:
        yield desk


def change(teams: FakeTeams, user: str, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(teams.tenant.users[user], name, value)


# -- who ----------------------------------------------------------------------------------------------


async def test_a_user_is_the_policys_person_with_the_same_address(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Anna R.", "Ana@Kettle.example")
    known = await desk.who(ana)
    assert known.person == desk.policy.people[ANA]
    assert (known.user, known.why) == (ana, None)
    assert (await desk.who(ana, CHANNEL)).person == known.person


async def test_a_colleague_whom_the_policy_does_not_name_has_no_role_but_a_name(
    desk: Knowing, teams: FakeTeams
) -> None:
    zoe = teams.add_user("Zoe Quill", ZOE)
    person = (await desk.who(zoe, localTimezone="Asia/Tokyo")).person
    assert person is not None
    assert (person.id, person.name, person.zone.key, person.roles) == (ZOE, "Zoe Quill", "Asia/Tokyo", {})
    assert ZOE not in desk.policy.people
    assert desk.policy.people.known(ZOE) == person


async def test_where_somebody_is_stays_known_when_they_are_asked_about_again(
    desk: Knowing, teams: FakeTeams
) -> None:
    zoe = teams.add_user("Zoe Quill", ZOE)
    await desk.who(zoe, localTimezone="Asia/Tokyo")
    desk.time.at += timedelta(days=8)
    person = (await desk.who(zoe, localTimezone=None)).person
    assert person is not None and person.zone.key == "Asia/Tokyo"


async def test_a_zone_that_does_not_exist_is_the_companys(desk: Knowing, teams: FakeTeams) -> None:
    person = (await desk.who(teams.add_user("Zoe", ZOE), localTimezone="../../etc/passwd")).person
    assert person is not None
    assert person.zone == desk.policy.company.zone


@pytest.mark.parametrize(
    ("flags", "said", "told"),
    [
        ({"role": "guest"}, {}, "guests cannot act.*Ira Lind.*ana@kettle.example as external"),
        ({"role": "anonymous"}, {}, "listens to people of Kettle & Co's own organization"),
        ({"tenant": ELSEWHERE}, {}, "own organization"),
        ({}, {"conversation": {"id": CHANNEL, "tenantId": ELSEWHERE}}, "own organization"),
        ({}, {"channelData": {"tenant": {"id": ELSEWHERE}}}, "own organization"),
        ({}, {"channelData": {}, "conversation": {"id": CHANNEL}}, "own organization"),
        ({}, {"from": {"id": "29:1x", "name": "A webhook"}}, "own organization"),
        ({}, {"from": {"id": BOT, "aadObjectId": "x"}}, "people only"),
        ({}, {"from": {"id": "29:1x", "aadObjectId": "x", "role": "bot"}}, "people only"),
        ({}, {"from": {"id": "29:1x", "aadObjectId": "x", "tenantId": ELSEWHERE}}, "own organization"),
        ({}, {"from": None}, "own organization"),
    ],
)
async def test_whoever_is_no_colleague_has_no_power_and_is_told_why(
    desk: Knowing, teams: FakeTeams, flags: dict[str, Any], said: dict[str, Any], told: str
) -> None:
    """Even with the address of a lead."""
    words = await desk.told(teams.add_user("Ana Ruiz", ANA, **flags), CHANNEL, **said)
    assert re.search(told, words), words


async def test_strangers_are_not_asked_about_and_told_no_names(desk: Knowing, teams: FakeTeams) -> None:
    assert "Ira" not in await desk.told(teams.add_user("x", "x@elsewhere.example", tenant=ELSEWHERE))
    assert desk.asked() == 0
    assert await desk.store.references.everyone("teams") == {}
    assert not desk.directory.known_service(teams.service_url)


async def test_who_signs_in_as_a_guest_is_one_whatever_the_roster_calls_them(
    desk: Knowing, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = {"email": ANA, "userPrincipalName": "ana_kettle.example#EXT#@kettle.example", "tenantId": TENANT}
    user = teams.add_user("Ana Ruiz", ANA)
    monkeypatch.setattr(teams.tenant, "member", lambda _: {"id": "29:1x", "userRole": "user", **member})
    assert "guests cannot act" in await desk.told(user)


async def test_an_account_without_an_address_goes_by_the_name_it_signs_in_with(
    desk: Knowing, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = {"id": "29:1x", "email": None, "userPrincipalName": "Ana@kettle.example", "userRole": "user"}
    monkeypatch.setattr(teams.tenant, "member", lambda _: member)
    person = (await desk.who(teams.add_user("Ana", ANA))).person
    assert person is not None and person.id == ANA
    member["userPrincipalName"] = None
    assert "does not tell the desk your e-mail" in await desk.told(teams.add_user("Ben", "b@kettle.example"))


async def test_an_address_from_elsewhere_is_nobody(desk: Knowing, teams: FakeTeams) -> None:
    for email in ("x@elsewhere.example", "ana@kettle.example.evil.example", "ana@notkettle.example"):
        assert "not one of Kettle & Co's" in await desk.told(teams.add_user("x", email))


async def test_an_external_may_be_a_guest_and_is_no_more_than_that(teams: FakeTeams, tmp_path: Path) -> None:
    both = policy(
        ('roles = { sales = "external" }', 'roles = { sales = ["external", "lead"], support = "lead" }')
    )
    eli = teams.add_user("Eli", ELI, role="guest")
    async with knowing(teams, tmp_path, known=both) as desk:
        person = (await desk.who(eli)).person
        assert person is not None
        assert person.roles == {"sales": frozenset({Role.EXTERNAL})}
        desk.time.at += timedelta(days=500)  # his last day has passed
        assert "guests cannot act" in await desk.told(eli)


async def test_who_is_named_but_not_as_external_needs_an_address_of_the_company(
    teams: FakeTeams, tmp_path: Path
) -> None:
    moved = policy(('domains = ["kettle.example"]', 'domains = ["other.example"]'))
    async with knowing(teams, tmp_path, known=moved) as desk:
        assert "not one of" in await desk.told(teams.add_user("Ana", ANA))


async def test_a_tenant_that_the_settings_do_not_name_any_more_is_a_strangers(
    teams: FakeTeams, tmp_path: Path
) -> None:
    ana = teams.add_user("Ana Ruiz", ANA)
    async with knowing(teams, tmp_path) as desk:
        await desk.who(ana)
    other = TeamsSettings(app_id=SETTINGS.app_id, tenants=(ELSEWHERE,), password="x")
    async with knowing(teams, tmp_path, settings=other) as desk:
        assert "own organization" in await desk.told(ana)
        said = desk.said(ana)
        said["conversation"]["tenantId"] = said["channelData"]["tenant"]["id"] = ELSEWHERE
        known = await desk.directory.who(said)
        assert known.person is None and known.why is not None and "organization" in known.why.summary
        assert desk.policy.people.known(ZOE) is None


async def test_in_a_chat_without_baton_the_teams_that_have_it_are_asked(
    desk: Knowing, teams: FakeTeams
) -> None:
    """A message extension is used in any chat."""
    ana, ben = teams.add_user("Ana Ruiz", ANA), teams.add_user("Ben Okafor", "ben@kettle.example")
    chat = teams.add_group_chat("19:two@unq.gbl.spaces", [ana, ben], bot=False)
    assert "Baton is not in this chat" in await desk.told(ana, chat)
    await desk.who(ben, CHANNEL)
    known = await desk.who(ana, chat)
    assert known.person is not None and known.person.id == ANA


# -- asking and remembering ----------------------------------------------------------------------------


async def test_teams_is_asked_once_however_many_want_to_know(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Ana Ruiz", ANA)
    teams.trouble("GET", slow(0.05))
    found = await asyncio.gather(*(desk.who(ana) for _ in range(30)))
    assert {each.person.id for each in found if each.person} == {ANA}
    await desk.who(ana)
    assert desk.asked() == 1


async def test_a_caller_who_gives_up_does_not_stop_the_question(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Ana Ruiz", ANA)
    await desk.directory.learned(desk.said(ana))
    teams.trouble("GET", slow(2), error(500, "ServiceError"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await desk.who(ana)
    assert (await desk.who(ana)).person is not None
    assert desk.asked() == 1


async def test_a_restart_knows_who_is_who_without_asking(teams: FakeTeams, tmp_path: Path) -> None:
    ana, zoe = teams.add_user("Ana Ruiz", ANA), teams.add_user("Zoe Quill", ZOE)
    guest = teams.add_user("g", "g@x.example", role="guest")
    async with knowing(teams, tmp_path) as desk:
        for user in (ana, zoe, guest):
            await desk.who(user)
    before = len(teams.calls)
    teams.down()
    async with knowing(teams, tmp_path) as desk:
        await desk.directory.open()
        known = desk.policy.people.known(ZOE)
        assert known is not None and (known.name, known.zone.key) == ("Zoe Quill", "Europe/London")
        assert (await desk.who(ana)).person == desk.policy.people[ANA]
        assert (await desk.who(zoe, CHANNEL)).person == known
        assert "guests" in await desk.told(guest)
        assert (await desk.directory.reference_of(ANA)).conversation == desk.chat(ana)
        assert desk.directory.known_service(teams.service_url)
    assert len(teams.calls) == before


async def test_a_connector_that_is_down_is_told_for_whom_nobody_knows(
    desk: Knowing, teams: FakeTeams
) -> None:
    ana, ben = teams.add_user("Ana Ruiz", ANA), teams.add_user("ben", "ben@kettle.example")
    await desk.who(ana)
    teams.down()
    assert (await desk.who(ana)).person is not None
    with pytest.raises(ChatError):
        await desk.who(ben)
    teams.up()
    assert (await desk.who(ben)).person is not None


async def test_a_token_that_is_not_accepted_is_no_reason_to_call_somebody_unknown(
    desk: Knowing, teams: FakeTeams
) -> None:
    teams.trouble("GET", error(401, "Unauthorized"), error(401, "Unauthorized"))
    with pytest.raises(ChatError, match="token"):
        await desk.who(teams.add_user("Ana Ruiz", ANA))


async def test_after_a_day_teams_is_asked_again_and_nobody_waits(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Ana Ruiz", ANA)
    await desk.who(ana)
    desk.time.at += 23 * HOUR
    await desk.who(ana)
    assert desk.asked() == 1
    desk.time.at += 2 * HOUR
    change(teams, ana, role="guest")
    assert (await desk.who(ana)).person is not None
    await desk.directory.book.settle()
    assert desk.asked() == 2
    assert "guests" in await desk.told(ana)


async def test_after_a_long_absence_the_answer_is_waited_for(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Ana Ruiz", ANA)
    await desk.who(ana)
    desk.time.at += timedelta(days=8)
    teams.down("connector")
    assert (await desk.who(ana)).person is not None, "what is old is better than no answer"
    teams.up()
    change(teams, ana, role="guest")
    assert "guests" in await desk.told(ana)


async def test_what_was_missing_may_be_mended(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Ana Ruiz", "")
    assert "e-mail" in await desk.told(ana)
    change(teams, ana, email=str(ANA))
    assert "e-mail" in await desk.told(ana)
    assert desk.asked() == 1, "not with every press"
    desk.time.at += timedelta(minutes=2)
    assert (await desk.who(ana)).person is not None


async def test_a_new_address_is_another_person(desk: Knowing, teams: FakeTeams) -> None:
    ana = teams.add_user("Ana Ruiz", ANA)
    await desk.who(ana)
    change(teams, ana, email=str(ZOE))
    desk.time.at += timedelta(days=8)
    person = (await desk.who(ana)).person
    assert person is not None and person.id == ZOE
    with pytest.raises(ChatError):
        await desk.directory.reference_of(ANA)


# -- a stand-in for Teams --------------------------------------------------------------------------------


async def test_in_a_stand_in_people_are_known_by_address_or_else_by_name(
    teams: FakeTeams, tmp_path: Path
) -> None:
    async with knowing(teams, tmp_path, settings=TeamsSettings(anonymous=True)) as desk:
        for name, email, person in (
            ("Alex Wilber", "ana@kettle.example", "ana@kettle.example"),
            ("BEN okafor", "alexw@example.com", "ben@kettle.example"),
            ("Cleo Hart", "", "cleo@kettle.example"),
        ):
            found = (await desk.who(teams.add_user(name, email, tenant="any"))).person
            assert found is not None and found.id == person
        assert "not one of" in await desk.told(teams.add_user("Megan Bowen", "meganb@example.com"))


async def test_a_stand_in_that_tells_nothing_of_people_is_taken_at_its_word(
    teams: FakeTeams, tmp_path: Path
) -> None:
    async with knowing(teams, tmp_path, settings=TeamsSettings(anonymous=True)) as desk:
        user = teams.add_user("Dana Voss", "")
        teams.trouble("GET", error(404, "NotFound"), error(404, "NotFound"))
        said = {**desk.said(user), "from": {"id": "user-id-7", "name": "Dana Voss"}}
        known = await desk.directory.who(said)
        assert known.person is not None and known.person.id == "dana@kettle.example"
        assert known.user == "user-id-7"


async def test_outside_of_a_stand_in_a_name_is_nothing(desk: Knowing, teams: FakeTeams) -> None:
    assert "not one of" in await desk.told(teams.add_user("Dana Voss", "dana@elsewhere.example"))
