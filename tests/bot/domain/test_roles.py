"""Who may do what: the whole table, so that a change of it is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.people import COMPANY, Role
from bot.domain.refusals import NotAllowed
from bot.domain.roles import ALLOWED, DESK, Actor
from tests.bot.domain.made import NOBODY, actor

READ = "show list search digest who away"
ANSWER = "claim release extend handoff handover accept decline consult answer notours snooze wait resolve dismiss reopen tag undo reply"
DECIDE = "assign priority merge split restrict freeze thaw publish approve"
MAY = {
    Role.VIEWER: READ,
    Role.MEMBER: f"{READ} {ANSWER} note take ack pass cover",
    Role.LEAD: f"{READ} {ANSWER} note take ack pass cover {DECIDE}",
    Role.DUTY: f"{READ} {ANSWER} note take ack pass cover {DECIDE}",
    Role.CHAMPION: f"{READ} note take ack pass cover freeze thaw",
    Role.EXTERNAL: f"{READ} note reply",
    Role.ADMIN: READ,
}


@pytest.mark.parametrize("role", list(Role))
def test_the_table(role: Role) -> None:
    somebody = actor("somebody", support=role)
    assert {verb for verb in ALLOWED if somebody.may(verb, "support", "x-kettle")} == (
        set() if role is Role.EXTERNAL else set(MAY[role].split())
    )
    in_community = replace(somebody, communities=("x-kettle",))
    assert {verb for verb in ALLOWED if in_community.may(verb, "support", "x-kettle")} == set(
        MAY[role].split()
    )


@pytest.mark.parametrize("verb", ["file", "escalate"])
def test_anyone_may(verb: str) -> None:
    assert NOBODY.may(verb, "support")


def test_a_role_counts_where_it_is_held() -> None:
    lead = actor("lead", sales=Role.LEAD)
    assert not lead.may("claim", "support")
    assert lead.may("claim", "sales")
    assert lead.may("claim", None)
    assert actor("boss", company=Role.LEAD).leads("support")


def test_several_roles_add_up() -> None:
    both = Actor(
        id=NOBODY.id,
        name="Both",
        roles={"support": frozenset({Role.EXTERNAL}), COMPANY: frozenset({Role.MEMBER})},
    )
    assert both.may("claim", "support", "elsewhere")


def test_a_refusal_names_who_may() -> None:
    with pytest.raises(NotAllowed) as refused:
        NOBODY.must("assign", "support")
    assert refused.value.roles == (Role.LEAD, Role.DUTY)
    assert refused.value.department == "support"


def test_the_desk_may_everything() -> None:
    assert all(DESK.may(verb, "support") for verb in ALLOWED)
