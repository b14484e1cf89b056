"""Slack's user object as an identity."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.user import Workspace, lowered, read_user
from bot.ports import Standing
from tests.desk import MONDAY

OURS = Workspace(team="T1", enterprise="E1")


def user(**fields: Any) -> dict[str, Any]:
    profile = {"email": "Zoe@Kettle.Example", "real_name": "Zoe Quill", **fields.pop("profile", {})}
    return {"id": "U1", "team_id": "T1", "tz": "Asia/Tokyo", "profile": profile, **fields}


def standing(**fields: Any) -> Standing:
    return read_user(user(**fields), OURS, MONDAY).standing


def test_a_member_with_name_address_and_zone() -> None:
    found = read_user(user(is_email_confirmed=True), OURS, MONDAY)
    assert (found.user, found.email, found.name, found.zone) == (
        "U1",
        "zoe@kettle.example",
        "Zoe Quill",
        "Asia/Tokyo",
    )
    assert (found.standing, found.team, found.checked_at) == (Standing.MEMBER, "T1", MONDAY)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"is_bot": True}, Standing.BOT),
        ({"is_workflow_bot": True}, Standing.BOT),
        ({"is_connector_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"is_app_user": True}, Standing.MEMBER),
        ({"team_id": "T2"}, Standing.STRANGER),
        ({"is_stranger": True}, Standing.STRANGER),
        ({"team_id": None}, Standing.STRANGER),
        ({"team_id": None, "profile": {"team": "T1"}}, Standing.MEMBER),
        ({"deleted": True}, Standing.DELETED),
        ({"is_email_confirmed": False}, Standing.UNCONFIRMED),
        ({"is_invited_user": True}, Standing.UNCONFIRMED),
        ({"profile": {"email": None}}, Standing.NO_EMAIL),
        ({"profile": {"email": " "}}, Standing.NO_EMAIL),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_ultra_restricted": True}, Standing.GUEST),
        ({"is_restricted": True, "is_email_confirmed": False}, Standing.UNCONFIRMED),
        ({"is_restricted": True, "team_id": "T2"}, Standing.STRANGER),
    ],
)
def test_every_standing(fields: dict[str, Any], expected: Standing) -> None:
    assert standing(**fields) is expected


def test_people_of_our_organisation_are_ours_where_they_were_let_into_our_workspace() -> None:
    let_in = {"enterprise_id": "E1", "teams": ["T2", "T1"]}
    assert standing(team_id="T2", enterprise_user=let_in) is Standing.MEMBER
    assert read_user(user(team_id="T2", enterprise_user=let_in), OURS, MONDAY).team == ""
    assert (
        standing(team_id="T2", enterprise_user={"enterprise_id": "E1", "teams": ["T2"]}) is Standing.STRANGER
    )
    # Another organisation may write what it likes into its own people.
    assert (
        standing(team_id="T2", enterprise_user={"enterprise_id": "E2", "teams": ["T1"]}) is Standing.STRANGER
    )
    alone = Workspace(team="T1")
    said = user(team_id="T2", enterprise_user={"enterprise_id": "", "teams": ["T1"]})
    assert read_user(said, alone, MONDAY).standing is Standing.STRANGER


def test_a_name_is_one_short_line_and_never_empty() -> None:
    def name(**profile: str) -> str:
        return read_user(user(profile=profile), OURS, MONDAY).name

    assert name(real_name="Zoe\n\u202eQuill") == "Zoe Quill"
    assert len(name(real_name="Z" * 500)) <= 61
    assert name(real_name="", display_name="zo") == "zo"
    assert name(real_name=" ") == "zoe"


def test_letters_that_only_look_like_others_make_no_address_of_somebody_else() -> None:
    assert lowered(" Kate@Kettle.Example ") == "kate@kettle.example"
    assert lowered("\u212aate@kettle.example") != "kate@kettle.example"  # the sign for Kelvin becomes a k


@pytest.mark.parametrize("odd", [{}, {"profile": None}, {"profile": [], "tz": 3, "enterprise_user": "x"}])
def test_whatever_slack_leaves_out_makes_nobody(odd: dict[str, Any]) -> None:
    assert read_user({"id": "U1", **odd}, OURS, MONDAY).standing is Standing.STRANGER
