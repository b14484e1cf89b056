"""User groups as departments: who is in the group has the role, at once, and after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.people import PersonId, Role
from bot.policy.actors import actor_of
from bot.policy.duty import members, on_duty
from bot.policy.places import speaking
from bot.ports import ChatError
from tests.adapters.slack.knowing import ANA, BEN, ELI, GROUP, ZOE, Knowing, knowing, policy, running, until
from tests.fakes.slack import FakeSlack, error, fake_slack, status, too_many

SALES = ("finn@kettle.example", "gil@kettle.example", "eli@agency.example")
"""Those whom the policy itself names there."""


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as slack:
        slack.add_user("Zoe Quill", ZOE, id="U0ZOE")
        slack.add_user("Ben", BEN, id="U0BEN")
        slack.add_user("Ana", ANA, id="U0ANA")
        slack.add_group(GROUP, "sales", ["U0ZOE", "U0BEN"])
        yield slack


@pytest.fixture
async def desk(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Knowing]:
    async with knowing(slack, tmp_path) as desk:
        yield desk


def joined(desk: Knowing) -> set[str]:
    """Who is in Sales because of the group."""
    return {str(who) for who in members(desk.policy, "sales") if who not in SALES}


async def test_who_is_in_the_group_is_a_member_of_the_department(desk: Knowing) -> None:
    assert joined(desk) == set()
    await desk.groups.refresh()
    assert joined(desk) == {ZOE, BEN}
    assert desk.policy.people[ZOE].name == "Zoe Quill"
    assert desk.policy.people[ZOE].roles == {"sales": frozenset({Role.MEMBER})}
    assert desk.policy.people[BEN].roles == {
        "support": frozenset({Role.MEMBER}),
        "sales": frozenset({Role.MEMBER}),
    }
    known = await desk.who("U0ZOE")
    assert known.person is not None
    assert actor_of(desk.policy, known.person, desk.time.at).may("claim", "sales")
    assert not actor_of(desk.policy, known.person, desk.time.at).may("claim", "support")


async def test_every_copy_of_the_policy_sees_it(desk: Knowing) -> None:
    before = speaking(desk.policy, {"slack"})
    await desk.groups.refresh()
    assert ZOE in before.people
    assert ZOE in replace(desk.policy, digests=()).people


async def test_who_leaves_the_group_loses_the_role_and_who_comes_has_it(
    desk: Knowing, slack: FakeSlack
) -> None:
    await desk.groups.refresh()
    slack.work.groups[GROUP].members = ["U0ANA"]
    await desk.groups.refresh()
    assert joined(desk) == {ANA}
    assert ZOE not in desk.policy.people
    person = (await desk.who("U0ZOE")).person
    assert person is not None and person.roles == {}, "still a colleague"
    known = desk.policy.people.known(ZOE)
    assert known is not None and known.name == "Zoe Quill"


async def test_nobody_gets_a_role_who_is_no_verified_colleague(desk: Knowing, slack: FakeSlack) -> None:
    others = [
        slack.add_user("g", "g@kettle.example", is_restricted=True),
        slack.add_user("b", "b@kettle.example", is_bot=True),
        slack.add_user("u", "u@kettle.example", is_email_confirmed=False),
        slack.add_user("s", "s@kettle.example", team_id="T0OTHER"),
        slack.add_user("e", "e@elsewhere.example"),
        slack.add_user("eli", ELI),
    ]
    slack.add_group(GROUP, "sales", [*others, "U0ZOE"])
    await desk.groups.refresh()
    assert joined(desk) == {ZOE}
    assert desk.policy.people[ELI].roles == {"sales": frozenset({Role.EXTERNAL})}


async def test_an_external_with_an_address_of_ours_stays_external(slack: FakeSlack, tmp_path: Path) -> None:
    ours = policy(("eli@agency.example", "eli@kettle.example"))
    eli = slack.add_user("eli", "eli@kettle.example")
    slack.add_group(GROUP, "sales", [eli])
    async with knowing(slack, tmp_path, known=ours) as desk:
        await desk.groups.refresh()
        roles = desk.policy.people[PersonId("eli@kettle.example")].roles
        assert roles == {"sales": frozenset({Role.EXTERNAL})}


async def test_a_restart_knows_the_members_without_asking(slack: FakeSlack, tmp_path: Path) -> None:
    async with knowing(slack, tmp_path) as desk:
        await desk.groups.refresh()
    slack.down()
    asked = len(slack.calls)
    async with knowing(slack, tmp_path) as desk:
        await desk.groups.open()
        assert joined(desk) == {ZOE, BEN}
        with pytest.raises(ChatError):
            await desk.groups.refresh()
        assert joined(desk) == {ZOE, BEN}
    assert len(slack.calls) <= asked + 1


async def test_a_group_that_the_policy_does_not_name_any_more_gives_nothing(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with knowing(slack, tmp_path) as desk:
        await desk.groups.refresh()
    other = policy((GROUP, "S0OTHER"))
    async with knowing(slack, tmp_path, known=other) as desk:
        await desk.groups.open()
        assert joined(desk) == set()


async def test_a_group_that_is_gone_has_no_members(desk: Knowing, slack: FakeSlack) -> None:
    await desk.groups.refresh()
    del slack.work.groups[GROUP]
    await desk.groups.refresh()
    assert joined(desk) == set()


@pytest.mark.parametrize("code", ["plan_upgrade_required", "missing_scope"])
async def test_a_group_that_cannot_be_read_keeps_its_members(
    desk: Knowing, slack: FakeSlack, code: str
) -> None:
    await desk.groups.refresh()
    slack.trouble("usergroups.users.list", error(code))
    await desk.groups.refresh()
    assert joined(desk) == {ZOE, BEN}


async def test_slacks_pace_is_kept(desk: Knowing, slack: FakeSlack) -> None:
    slack.add_group(GROUP, "sales", [slack.add_user(f"p{n}", f"p{n}@kettle.example") for n in range(60)])
    slack.trouble("usergroups.users.list", too_many(30))
    began = desk.time.at
    await desk.groups.refresh()
    assert len(joined(desk)) == 60
    assert desk.time.at - began >= timedelta(seconds=30 + 20)


async def test_who_left_loses_the_role_before_anybody_new_is_looked_up(
    desk: Knowing, slack: FakeSlack
) -> None:
    await desk.groups.refresh()
    slack.work.groups[GROUP].members = ["U0ANA"]
    slack.trouble("users.info", status(503))
    with pytest.raises(ChatError):
        await desk.groups.refresh()
    assert joined(desk) == set()


async def test_a_member_who_is_deactivated_or_demoted_loses_the_role_at_once(
    desk: Knowing, slack: FakeSlack
) -> None:
    await desk.groups.refresh()
    slack.work.users["U0ZOE"]["is_restricted"] = True
    await desk.directory.changed(slack.work.users["U0ZOE"])
    assert joined(desk) == {BEN}


async def test_a_change_is_read_at_once_and_a_failure_tried_again(slack: FakeSlack, tmp_path: Path) -> None:
    async with knowing(slack, tmp_path) as desk:
        slept: list[timedelta] = []

        async def sleep(delay: timedelta) -> None:
            slept.append(delay)
            if delay == timedelta(hours=1):
                await asyncio.Event().wait()

        desk.store.clock.sleep = sleep  # type: ignore[method-assign]
        slack.trouble("usergroups.users.list", status(503))
        async with running(desk.groups.run()):
            await until(lambda: joined(desk) == {ZOE, BEN})
            assert slept[0] == timedelta(minutes=1)
            slack.work.groups[GROUP].members = ["U0ANA"]
            await desk.directory.group_changed("S0OTHER")
            await desk.directory.group_changed(GROUP)
            await until(lambda: joined(desk) == {ANA})


async def test_without_groups_slack_is_not_asked(slack: FakeSlack, tmp_path: Path) -> None:
    async with knowing(slack, tmp_path, known=policy((f'\ngroups = {{ slack = "{GROUP}" }}', ""))) as desk:
        await desk.groups.run()
        await desk.groups.refresh()
    assert slack.calls == []


async def test_duty_of_a_group_follows_the_group(slack: FakeSlack, tmp_path: Path) -> None:
    """Whom the policy has on duty in a department that is a group, needs no role written down."""
    duty = policy(('duty = ["finn@kettle.example"]', 'duty = ["ben@kettle.example", "finn@kettle.example"]'))
    async with knowing(slack, tmp_path, known=duty) as desk:
        await desk.groups.refresh()
        assert on_duty(desk.policy, "sales", desk.time.at) == BEN
        slack.work.groups[GROUP].members = []
        await desk.groups.refresh()
        assert on_duty(desk.policy, "sales", desk.time.at) == "finn@kettle.example"
