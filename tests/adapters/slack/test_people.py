"""Who is who: every standing, asked once, remembered, and changed at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import PersonId, Role
from bot.ports import ChatError, Place, Undeliverable
from bot.router import zone_of
from tests.adapters.slack.knowing import ANA, ELI, ZOE, Knowing, knowing, policy
from tests.fakes.slack import TEAM, FakeSlack, error, fake_slack, slow, status

HOUR = timedelta(hours=1)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as slack:
        yield slack


@pytest.fixture
async def desk(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Knowing]:
    async with knowing(slack, tmp_path) as desk:
        yield desk


# -- who ----------------------------------------------------------------------------------------------


async def test_a_user_is_the_policys_person_with_the_same_address(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", "Ana@Kettle.example")
    known = await desk.who(ana, TEAM)
    assert known.person == desk.policy.people[ANA]
    assert (known.user, known.why) == (ana, None)


async def test_a_colleague_whom_the_policy_does_not_name_has_no_role_but_a_name(
    desk: Knowing, slack: FakeSlack
) -> None:
    zoe = slack.add_user("Zoe Quill", ZOE, tz="Asia/Tokyo")
    person = (await desk.who(zoe)).person
    assert person is not None
    assert (person.id, person.name, person.zone.key, person.roles) == (ZOE, "Zoe Quill", "Asia/Tokyo", {})
    assert ZOE not in desk.policy.people
    assert desk.policy.people.known(ZOE) == person


async def test_a_zone_that_does_not_exist_is_the_companys(desk: Knowing, slack: FakeSlack) -> None:
    person = (await desk.who(slack.add_user("Zoe", ZOE, tz="../../etc/passwd"))).person
    assert person is not None
    assert person.zone == desk.policy.company.zone


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"is_restricted": True}, "guests cannot act.*Ira Lind.*ana@kettle.example as external"),
        ({"is_ultra_restricted": True}, "guests cannot act"),
        ({"team_id": "T0OTHER"}, "listens to people of Kettle & Co's own workspace"),
        ({"is_stranger": True}, "own workspace"),
        ({"is_bot": True}, "people only"),
        ({"is_workflow_bot": True}, "people only"),
        ({"deleted": True}, "deactivated"),
        ({"is_email_confirmed": False}, "not confirmed your e-mail"),
    ],
)
async def test_whoever_is_no_colleague_has_no_power_and_is_told_why(
    desk: Knowing, slack: FakeSlack, flags: dict[str, Any], told: str
) -> None:
    """Even with the address of a lead."""
    said = await desk.says(slack.add_user("anna", ANA, **flags))
    assert re.search(told, said), said


async def test_an_address_from_elsewhere_is_nobody(desk: Knowing, slack: FakeSlack) -> None:
    assert "not one of Kettle & Co's" in await desk.says(slack.add_user("x", "x@elsewhere.example"))
    assert "not one of" in await desk.says(slack.add_user("y", "ana@kettle.example.evil.example"))
    assert "not one of" in await desk.says(slack.add_user("z", "ana@notkettle.example"))


async def test_strangers_are_told_no_names(desk: Knowing, slack: FakeSlack) -> None:
    said = await desk.says(slack.add_user("x", "x@elsewhere.example", team_id="T0OTHER"))
    assert "Ira" not in said


async def test_without_its_scope_the_desk_knows_nobody_and_says_what_to_do(tmp_path: Path) -> None:
    async with fake_slack(scopes=["users:read"]) as slack, knowing(slack, tmp_path) as desk:
        assert "users:read.email" in await desk.says(slack.add_user("anna", ANA))


async def test_nobody_at_all(desk: Knowing) -> None:
    assert "own workspace" in await desk.says("U0NOBODY")


async def test_a_call_from_another_workspace_is_a_strangers(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    assert (await desk.who(ana, TEAM)).person is not None
    assert "own workspace" in await desk.says(ana, "T0OTHER")
    assert (await desk.who(ana)).person is not None


async def test_an_external_may_be_a_guest_and_is_no_more_than_that(slack: FakeSlack, tmp_path: Path) -> None:
    both = policy(
        ('roles = { sales = "external" }', 'roles = { sales = ["external", "lead"], support = "lead" }')
    )
    eli = slack.add_user("Eli", ELI, is_restricted=True)
    async with knowing(slack, tmp_path, known=both) as desk:
        person = (await desk.who(eli)).person
        assert person is not None
        assert person.roles == {"sales": frozenset({Role.EXTERNAL})}
        assert person.communities == ("x-kettle",)
        desk.time.at += timedelta(days=500)  # his last day has passed
        assert "guests cannot act" in await desk.says(eli)


async def test_an_external_may_be_a_member_with_an_address_from_elsewhere(
    desk: Knowing, slack: FakeSlack
) -> None:
    person = (await desk.who(slack.add_user("Eli", ELI))).person
    assert person is not None
    assert person.roles == {"sales": frozenset({Role.EXTERNAL})}


@pytest.mark.parametrize(
    "flags", [{"team_id": "T0AGENCY"}, {"is_email_confirmed": False}, {"deleted": True}, {"is_bot": True}]
)
async def test_the_address_of_an_external_is_not_enough(
    desk: Knowing, slack: FakeSlack, flags: dict[str, Any]
) -> None:
    assert await desk.says(slack.add_user("Eli", ELI, is_restricted=True, **flags))


async def test_who_is_named_but_not_as_external_needs_an_address_of_the_company(
    slack: FakeSlack, tmp_path: Path
) -> None:
    moved = policy(('domains = ["kettle.example"]', 'domains = ["other.example"]'))
    async with knowing(slack, tmp_path, known=moved) as desk:
        assert "not one of" in await desk.says(slack.add_user("anna", ANA))


async def test_where_the_policy_names_no_domains_every_member_is_a_colleague(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with knowing(slack, tmp_path, known=policy(('domains = ["kettle.example"]', ""))) as desk:
        assert (await desk.who(slack.add_user("x", "x@elsewhere.example"))).person is not None
        assert "guests" in await desk.says(slack.add_user("y", "y@x.example", is_restricted=True))


# -- asking and remembering ----------------------------------------------------------------------------


async def test_slack_is_asked_once_however_many_want_to_know(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    slack.trouble("users.info", slow(0.05))
    found = await asyncio.gather(*(desk.who(ana) for _ in range(30)))
    assert {each.person.id for each in found if each.person} == {ANA}
    assert desk.asked() == 1
    await desk.who(ana)
    assert (desk.asked(), desk.asked("auth.test")) == (1, 1)


async def test_a_caller_who_gives_up_does_not_stop_the_question(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    slack.trouble("users.info", slow(2))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03):
            await desk.who(ana)
    assert (await desk.who(ana)).person is not None
    assert desk.asked() == 1


async def test_a_restart_knows_who_is_who_without_asking(slack: FakeSlack, tmp_path: Path) -> None:
    ana, zoe = slack.add_user("anna", ANA), slack.add_user("Zoe Quill", ZOE)
    guest = slack.add_user("g", "g@x.example", is_restricted=True)
    async with knowing(slack, tmp_path) as desk:
        for user in (ana, zoe, guest):
            await desk.who(user)
    before = len(slack.calls)
    slack.down()
    async with knowing(slack, tmp_path) as desk:
        await desk.directory.open()
        known = desk.policy.people.known(ZOE)
        assert known is not None and known.name == "Zoe Quill"
        assert (await desk.who(ana)).person == desk.policy.people[ANA]
        assert (await desk.who(zoe, TEAM)).person == known
        assert "guests" in await desk.says(guest)
        assert await desk.directory.user_of(ANA) == ana
    assert len(slack.calls) == before


async def test_slack_down_is_told_for_whom_nobody_knows(desk: Knowing, slack: FakeSlack) -> None:
    ana, ben = slack.add_user("anna", ANA), slack.add_user("ben", "ben@kettle.example")
    await desk.who(ana)
    slack.down()
    assert (await desk.who(ana)).person is not None
    with pytest.raises(ChatError):
        await desk.who(ben)
    slack.down(False)
    assert (await desk.who(ben)).person is not None


async def test_after_a_day_slack_is_asked_again_and_nobody_waits(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    desk.time.at += 23 * HOUR
    await desk.who(ana)
    assert desk.asked() == 1
    desk.time.at += 2 * HOUR
    slack.work.users[ana]["is_restricted"] = True
    assert (await desk.who(ana)).person is not None
    await desk.directory.book.settle()
    assert desk.asked() == 2
    assert "guests" in await desk.says(ana)


async def test_after_a_long_absence_the_answer_is_waited_for(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    desk.time.at += timedelta(days=8)
    slack.trouble("users.info", status(500))
    assert (await desk.who(ana)).person is not None, "what is old is better than no answer"
    slack.work.users[ana]["is_restricted"] = True
    assert "guests" in await desk.says(ana)


async def test_what_was_missing_may_be_mended(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA, is_email_confirmed=False)
    assert "confirm" in await desk.says(ana)
    slack.work.users[ana]["is_email_confirmed"] = True
    assert "confirm" in await desk.says(ana)
    assert desk.asked() == 1, "not with every press"
    desk.time.at += timedelta(minutes=2)
    assert (await desk.who(ana)).person is not None


# -- changes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"deleted": True}, "deactivated"),
        ({"is_restricted": True}, "guests"),
        ({"is_bot": True}, "people only"),
    ],
)
async def test_power_is_lost_at_once(
    desk: Knowing, slack: FakeSlack, change: dict[str, Any], told: str
) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    slack.work.users[ana] |= change
    slack.trouble("users.info", slow(0.2))
    await desk.directory.changed(slack.work.users[ana])
    assert told in await desk.says(ana)


async def test_a_change_that_comes_late_gives_nobody_power(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    late = dict(slack.work.users[ana])
    slack.trouble("users.info", slow(0.2), slow(0.2))
    slack.work.users[ana]["deleted"] = True
    await desk.directory.changed(slack.work.users[ana])
    await desk.directory.changed(late)
    assert "deactivated" in await desk.says(ana)
    await desk.directory.book.settle()
    assert "deactivated" in await desk.says(ana)


async def test_an_answer_that_was_on_its_way_before_the_change_does_not_undo_it(
    desk: Knowing, slack: FakeSlack
) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    desk.time.at += 25 * HOUR
    # Slack answers with what it knew when it was asked.
    before = {"ok": True, "user": {**slack.work.users[ana], "profile": slack.work.users[ana]["profile"]}}
    call, held, go = desk.api.call, asyncio.Event(), asyncio.Event()

    async def old_answer(method: str, *args: Any, **more: Any) -> Any:
        if held.is_set():
            return await call(method, *args, **more)
        held.set()
        await go.wait()
        return before

    desk.api.call = old_answer  # type: ignore[method-assign]
    await desk.who(ana)
    await held.wait()
    slack.work.users[ana]["deleted"] = True
    await desk.directory.changed(slack.work.users[ana])
    go.set()
    await desk.directory.book.settle()
    assert "deactivated" in await desk.says(ana)


async def test_power_that_is_given_back_is_asked_for(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA, is_restricted=True)
    assert "guests" in await desk.says(ana)
    slack.work.users[ana]["is_restricted"] = False
    await desk.directory.changed(slack.work.users[ana])
    await desk.directory.book.settle()
    assert (await desk.who(ana)).person is not None


async def test_a_new_address_is_another_person(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    slack.work.users[ana]["profile"] = {**slack.work.users[ana]["profile"], "email": ZOE}
    await desk.directory.changed(slack.work.users[ana])
    await desk.directory.book.settle()
    person = (await desk.who(ana)).person
    assert person is not None and person.id == ZOE
    assert await desk.directory.user_of(ZOE) == ana
    with pytest.raises(Undeliverable):
        await desk.directory.user_of(ANA)


async def test_an_event_without_the_address_takes_nothing(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    bare = {**slack.work.users[ana], "profile": {"real_name": "Ana R."}}
    slack.down()
    await desk.directory.changed(bare)
    assert (await desk.who(ana)).person is not None


async def test_changes_of_people_whom_the_desk_never_met_are_not_its_business(
    desk: Knowing, slack: FakeSlack
) -> None:
    await desk.directory.changed(slack.work.users[slack.add_user("x", "x@kettle.example")])
    await desk.directory.changed({})
    assert slack.calls == []


# -- writing to people ----------------------------------------------------------------------------------


async def test_a_person_is_found_by_address(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", "Ana@kettle.example")
    assert await desk.directory.user_of(ANA) == ana
    assert await desk.directory.user_of(ANA) == ana
    assert (desk.asked("users.lookupByEmail"), desk.asked()) == (1, 0)
    assert (await desk.who(ana)).person is not None
    assert desk.asked() == 0, "what was looked up is known"


async def test_whom_slack_does_not_know_cannot_be_written_to(desk: Knowing, slack: FakeSlack) -> None:
    for _ in range(3):
        with pytest.raises(Undeliverable, match=r"knows nobody with the e-mail ana@kettle\.example"):
            await desk.directory.user_of(ANA)
    assert desk.asked("users.lookupByEmail") == 1
    slack.add_user("anna", ANA)
    desk.time.at += HOUR
    assert await desk.directory.user_of(ANA)


async def test_whoever_left_is_not_written_to(desk: Knowing, slack: FakeSlack) -> None:
    ana = slack.add_user("anna", ANA)
    await desk.who(ana)
    slack.work.users[ana]["deleted"] = True
    await desk.directory.changed(slack.work.users[ana])
    with pytest.raises(Undeliverable, match="knows nobody"):
        await desk.directory.user_of(ANA)


async def test_whose_address_is_not_confirmed_is_not_written_to(desk: Knowing, slack: FakeSlack) -> None:
    slack.add_user("mallory", ANA, is_email_confirmed=False)
    with pytest.raises(Undeliverable, match="not confirmed"):
        await desk.directory.user_of(ANA)


async def test_other_errors_of_the_look_up_are_told(desk: Knowing, slack: FakeSlack) -> None:
    slack.trouble("users.lookupByEmail", error("missing_scope"))
    with pytest.raises(ChatError, match="permission"):
        await desk.directory.user_of(ANA)
    slack.add_user("anna", ANA)
    assert await desk.directory.user_of(PersonId(ANA))


async def test_a_colleagues_wall_clock_is_their_own(slack: FakeSlack, tmp_path: Path) -> None:
    async with knowing(slack, tmp_path) as desk:
        zoe = slack.add_user("Zoe", ZOE, tz="Asia/Tokyo")
        known = await desk.who(zoe)
        place = Place(platform="slack", conversation="D1", person=ZOE)
        assert zone_of(desk.policy, place, known.person).key == "Asia/Tokyo"
