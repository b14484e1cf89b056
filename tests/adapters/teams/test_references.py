"""Where people and channels are reached: learned, kept, opened, forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.ports import Down, Failed, Shut, Undeliverable
from tests.adapters.teams.knowing import ANA, BEN, CREATE, DANA, ELI, ROSTER, ZOE, Knowing, knowing
from tests.fakes.teams import BOT, TENANT, FakeTeams, drop_after, error, fake_teams, slow, status
from tests.storage.kit import minutes

TEAM, CHANNEL, OTHER = (f"19:{name}@thread.tacv2" for name in ("team", "support", "sales"))


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with fake_teams(anonymous=True, limits=False) as teams:
        teams.add_team(TEAM)
        teams.add_channel(CHANNEL, TEAM)
        yield teams


@pytest.fixture
async def desk(teams: FakeTeams, tmp_path: Path) -> AsyncIterator[Knowing]:
    async with knowing(teams, tmp_path) as desk:
        yield desk


@pytest.fixture
def ana(teams: FakeTeams) -> str:
    return teams.add_user("Ana Ruiz", ANA)


def team_data(**more: Any) -> dict[str, Any]:
    return {"team": {"id": TEAM}, "tenant": {"id": TENANT}, **more}


async def bot_added(desk: Knowing, by: str) -> None:
    await desk.directory.learned(
        desk.said(by, TEAM, type="conversationUpdate", membersAdded=[{"id": BOT}], channelData=team_data())
    )


# -- people -------------------------------------------------------------------------------------------


async def test_whoever_wrote_is_reached_where_they_wrote(desk: Knowing, teams: FakeTeams, ana: str) -> None:
    await desk.who(ana)
    found = await desk.directory.reference_of(ANA)
    assert (found.about, found.conversation) == (f"person:{ana}", desk.chat(ana))
    assert (found.service_url + "/", found.tenant, found.bot) == (teams.service_url, TENANT, BOT)
    assert found.user == teams.tenant.user(ana).id
    assert await desk.directory.reference_to(desk.chat(ana)) == found, "for an edit of what stands there"
    assert desk.asked(CREATE) == 0


async def test_who_only_spoke_in_a_channel_is_given_a_chat_once(
    desk: Knowing, teams: FakeTeams, ana: str, tmp_path: Path
) -> None:
    await desk.who(ana, CHANNEL)
    teams.trouble(CREATE, slow(0.05))
    found = await asyncio.gather(*(desk.directory.reference_of(ANA) for _ in range(5)))
    assert {each.conversation for each in found} == {desk.chat(ana)}
    (made,) = teams.called(CREATE)
    assert made.body["members"] == [{"id": teams.tenant.user(ana).id}]
    assert (made.body["bot"], made.body["tenantId"]) == ({"id": BOT}, TENANT)
    async with knowing(teams, tmp_path) as desk:
        assert await desk.directory.reference_of(ANA) == found[0]
    assert len(teams.called(CREATE)) == 1


async def test_a_chat_whose_making_was_not_answered_is_asked_for_again(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    await desk.who(ana, CHANNEL)
    teams.trouble(CREATE, drop_after)
    with pytest.raises(Failed):
        await desk.directory.reference_of(ANA)
    assert (await desk.directory.reference_of(ANA)).conversation == desk.chat(ana)


async def test_without_the_app_nobody_is_reached_and_it_is_said_who_can_mend_it(
    desk: Knowing, teams: FakeTeams
) -> None:
    ana = teams.add_user("Ana Ruiz", ANA, installed=False)
    await desk.who(ana, CHANNEL)
    with pytest.raises(Undeliverable, match=r"not installed.*ana@kettle\.example.*admin center"):
        await desk.directory.reference_of(ANA)
    teams.tenant.users[ana].installed = True
    assert (await desk.directory.reference_of(ANA)).conversation


async def test_an_app_that_an_admin_switched_off_is_no_fault_of_the_persons(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    await desk.who(ana, CHANNEL)
    teams.trouble(CREATE, error(403, "BotDisabledByAdmin"))
    with pytest.raises(Shut, match="admin"):
        await desk.directory.reference_of(ANA)


async def test_whoever_removed_the_app_is_not_written_to_until_they_add_it_again(
    desk: Knowing, teams: FakeTeams, ana: str, tmp_path: Path
) -> None:
    await desk.who(ana)
    await desk.directory.learned(desk.said(ana, type="installationUpdate", action="remove"))
    await desk.who(ana, CHANNEL)
    with pytest.raises(Undeliverable, match="removed Baton's app"):
        await desk.directory.reference_of(ANA)
    async with knowing(teams, tmp_path) as desk:
        with pytest.raises(Undeliverable, match="removed Baton's app"):
            await desk.directory.reference_of(ANA)
        await desk.directory.learned(desk.said(ana, type="installationUpdate", action="add"))
        assert (await desk.directory.reference_of(ANA)).conversation == desk.chat(ana)
    assert desk.asked(CREATE) == 0


async def test_a_newer_version_of_the_app_removes_nobody(desk: Knowing, ana: str) -> None:
    await desk.who(ana)
    await desk.directory.learned(desk.said(ana, type="installationUpdate", action="remove-upgrade"))
    assert (await desk.directory.reference_of(ANA)).conversation == desk.chat(ana)


async def test_the_newest_service_address_stands(desk: Knowing, teams: FakeTeams, ana: str) -> None:
    await desk.who(ana)
    old = teams.service_url.replace("127.0.0.1", "localhost")
    assert not desk.directory.known_service(old)
    await desk.who(ana, serviceUrl=old)
    assert (await desk.directory.reference_of(ANA)).service_url == old.rstrip("/")
    assert desk.directory.known_service(old) and desk.directory.known_service(teams.service_url)


async def test_what_did_not_change_is_not_written_again(desk: Knowing, ana: str) -> None:
    await desk.who(ana)
    await desk.who(ana, CHANNEL)
    written: list[str] = []
    keep = desk.store.references.keep

    async def counted(platform: str, about: str, data: Any) -> None:
        written.append(about)
        await keep(platform, about, data)

    desk.store.references.keep = counted  # type: ignore[method-assign]
    await desk.who(ana)
    await desk.who(ana, CHANNEL)
    assert written == []


# -- people who never spoke ------------------------------------------------------------------------------


async def test_a_champion_who_never_spoke_is_found_in_a_team(
    desk: Knowing, teams: FakeTeams, ana: str, tmp_path: Path
) -> None:
    for number in range(60):  # a page is fifty at least, and we ask for five hundred
        teams.add_user(f"p{number}", f"p{number}@kettle.example")
    dana = teams.add_user("Dana Voss", "Dana@kettle.example")
    await bot_added(desk, ana)
    found = await asyncio.gather(*(desk.directory.reference_of(DANA) for _ in range(3)))
    assert {each.conversation for each in found} == {desk.chat(dana)}
    assert (desk.asked(ROSTER), desk.asked(CREATE), desk.asked()) == (1, 1, 0)
    assert (await desk.directory.reference_of(ANA)).about == f"person:{ana}", "found on the way"
    assert desk.asked(ROSTER) == 1
    assert len(await desk.store.identities.everyone("teams")) == 2, "only whom the policy names"
    known = await desk.who(dana, CHANNEL)
    assert known.person is not None and known.person.id == DANA
    async with knowing(teams, tmp_path) as desk:
        assert await desk.directory.reference_of(DANA) == found[0]


async def test_every_page_of_a_roster_is_read(desk: Knowing, teams: FakeTeams, ana: str) -> None:
    for number in range(520):
        teams.add_user(f"p{number}", f"p{number}@kettle.example")
    dana = teams.add_user("Dana Voss", DANA)
    await bot_added(desk, ana)
    assert (await desk.directory.reference_of(DANA)).conversation == desk.chat(dana)
    assert desk.asked(ROSTER) == 2


async def test_whom_no_team_shows_is_not_looked_for_with_every_word(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    await bot_added(desk, ana)
    for person in (DANA, BEN, DANA):
        with pytest.raises(Undeliverable, match=f"nobody with the e-mail {person}"):
            await desk.directory.reference_of(person)
    assert desk.asked(ROSTER) == 1
    dana = teams.add_user("Dana Voss", DANA)
    desk.time.at += minutes(11)
    assert (await desk.directory.reference_of(DANA)).conversation == desk.chat(dana)


async def test_somebody_who_joins_a_team_is_looked_for_again(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    await bot_added(desk, ana)
    with pytest.raises(Undeliverable):
        await desk.directory.reference_of(DANA)
    dana = teams.add_user("Dana Voss", DANA)
    joined = [{"id": teams.tenant.user(dana).id, "aadObjectId": dana}]
    told = desk.said(ana, TEAM, type="conversationUpdate", membersAdded=joined, channelData=team_data())
    await desk.directory.learned(told)
    assert (await desk.directory.reference_of(DANA)).conversation == desk.chat(dana)


async def test_a_team_that_shows_nobody_does_not_hide_the_others(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    dana = teams.add_user("Dana Voss", DANA)
    teams.add_team("19:gone@thread.tacv2")
    data = team_data(team={"id": "19:gone@thread.tacv2"})
    await desk.directory.learned(desk.said(ana, "19:gone@thread.tacv2", channelData=data))
    teams.tenant.teams["19:gone@thread.tacv2"].bot = False
    await bot_added(desk, ana)
    assert (await desk.directory.reference_of(DANA)).conversation == desk.chat(dana)


async def test_a_roster_that_is_not_answered_is_no_answer(desk: Knowing, teams: FakeTeams, ana: str) -> None:
    await bot_added(desk, ana)
    teams.add_user("Dana Voss", DANA)
    teams.trouble(ROSTER, status(500))
    with pytest.raises(Down):
        await desk.directory.reference_of(DANA)
    assert (await desk.directory.reference_of(DANA)).conversation


async def test_a_token_that_is_not_accepted_is_no_reason_to_call_somebody_unknown(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    await bot_added(desk, ana)
    teams.trouble(ROSTER, error(401, "Unauthorized"), error(401, "Unauthorized"))
    with pytest.raises(Shut, match="token"):
        await desk.directory.reference_of(ANA)


async def test_a_new_address_is_seen_in_a_roster(desk: Knowing, teams: FakeTeams, ana: str) -> None:
    teams.tenant.users[ana].email = "ana.old@kettle.example"
    await desk.who(ana)
    teams.tenant.users[ana].email = str(ANA)
    await bot_added(desk, ana)
    assert (await desk.directory.reference_of(ANA)).conversation == desk.chat(ana)


async def test_a_guest_with_the_address_reads_nothing(desk: Knowing, teams: FakeTeams) -> None:
    await desk.who(teams.add_user("Ana Ruiz (Guest)", ANA, role="guest"))
    with pytest.raises(Undeliverable, match="nobody with the e-mail"):
        await desk.directory.reference_of(ANA)
    member = teams.add_user("Ana Ruiz", ANA, object_id="aaaaaaaa-0000-0000-0000-000000000001")
    await desk.who(member, CHANNEL)
    assert (await desk.directory.reference_of(ANA)).about == f"person:{member}"


async def test_a_guest_whom_the_policy_names_as_external_is_reached(desk: Knowing, teams: FakeTeams) -> None:
    eli = teams.add_user("Eli Moss", ELI, role="guest")
    await desk.who(eli, CHANNEL)
    assert (await desk.directory.reference_of(ELI)).conversation == desk.chat(eli)


async def test_strangers_are_not_looked_for(desk: Knowing) -> None:
    with pytest.raises(Undeliverable, match="nobody with the e-mail"):
        await desk.directory.reference_of(ZOE)


# -- channels -------------------------------------------------------------------------------------------


async def test_a_channel_is_reached_where_it_was_heard_of(
    desk: Knowing, teams: FakeTeams, ana: str, tmp_path: Path
) -> None:
    said = desk.said(ana, CHANNEL)
    said["conversation"]["id"] += ";messageid=1700000000000"
    await desk.directory.who(said)
    found = await desk.directory.reference_to(CHANNEL)
    assert (found.about, found.conversation, found.team) == (f"channel:{CHANNEL}", CHANNEL, TEAM)
    assert (found.service_url + "/", found.tenant, found.user) == (teams.service_url, TENANT, "")
    assert await desk.directory.reference_to(f"{CHANNEL};messageid=17") == found
    async with knowing(teams, tmp_path) as desk:
        assert await desk.directory.reference_to(CHANNEL) == found


async def test_while_baton_was_added_to_nothing_its_channels_wait(desk: Knowing) -> None:
    with pytest.raises(Shut, match="never added to a team"):
        await desk.directory.reference_to(CHANNEL)


async def test_a_channel_that_nobody_spoke_in_is_taken_to_be_where_the_others_are(
    desk: Knowing, teams: FakeTeams, ana: str
) -> None:
    await bot_added(desk, ana)
    found = await desk.directory.reference_to(OTHER)
    assert (found.about, found.conversation) == (f"channel:{OTHER}", OTHER)
    assert (found.service_url + "/", found.tenant, found.user, found.team) == (
        teams.service_url,
        TENANT,
        "",
        "",
    )
    await desk.who(ana)
    assert (await desk.directory.reference_to(OTHER)).user == "", "the newest may be a person's"


@pytest.mark.parametrize(
    "told",
    [
        {"type": "installationUpdate", "action": "remove", "channelData": team_data()},
        {"membersRemoved": [{"id": BOT}], "channelData": team_data(eventType="teamMemberRemoved")},
        {"channelData": team_data(eventType="teamDeleted")},
    ],
)
async def test_a_team_that_baton_left_is_forgotten_with_its_channels(
    desk: Knowing, ana: str, tmp_path: Path, told: dict[str, Any]
) -> None:
    await bot_added(desk, ana)
    await desk.who(ana, CHANNEL)
    await desk.directory.learned(desk.said(ana, TEAM, **{"type": "conversationUpdate", **told}))
    assert {about.partition(":")[0] for about in await desk.store.references.everyone("teams")} == {"person"}
    assert desk.directory.addresses.teams() == ()


async def test_channels_come_and_go(desk: Knowing, ana: str) -> None:
    def event(kind: str) -> dict[str, Any]:
        data = team_data(eventType=kind, channel={"id": OTHER})
        return desk.said(ana, TEAM, type="conversationUpdate", channelData=data)

    await desk.directory.learned(event("channelCreated"))
    assert (await desk.directory.reference_to(OTHER)).team == TEAM
    await desk.directory.learned(event("channelDeleted"))
    assert set(await desk.store.references.everyone("teams")) == {f"channel:{TEAM}"}


async def test_another_tenant_teaches_nothing(desk: Knowing, ana: str) -> None:
    said = desk.said(ana, TEAM, type="conversationUpdate", membersAdded=[{"id": BOT}])
    said["channelData"]["tenant"]["id"] = "99999999-8a90-4e21-b6d4-0c9e7f5a2b18"
    await desk.directory.learned(said)
    assert await desk.store.references.everyone("teams") == {}


@pytest.mark.parametrize(
    "odd", [{}, {"conversation": 7}, {"from": [], "channelData": "x"}, {"serviceUrl": None}]
)
async def test_odd_activities_do_no_harm(desk: Knowing, ana: str, odd: dict[str, Any]) -> None:
    await desk.directory.learned({**desk.said(ana, CHANNEL), **odd} if odd else {})
    assert set(await desk.store.references.everyone("teams")) <= {f"channel:{CHANNEL}"}
