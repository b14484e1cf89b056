"""Whether we are let in: what Slack tells of channels and of the workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.slack.membership import ARCHIVED, DELETED, LEFT, MOVED, REVOKED
from tests.adapters.slack.listening import BOT, LOBBY, SUPPORT, Office, an_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("member_joined_channel", {"user": BOT, "channel_type": "C"}),
        ("channel_unarchive", {"user": "U0ANA"}),
        ("group_unarchive", {"user": "U0ANA"}),
    ],
)
async def test_let_in_again_what_waits_may_go(office: Office, kind: str, event: dict[str, Any]) -> None:
    await office.told(kind, channel=SUPPORT, **event)
    (place,) = office.sent.opened
    assert (str(place), place.department) == (f"slack:{SUPPORT}", "support")


async def test_others_come_and_go_without_us(office: Office) -> None:
    with capture_logs() as logs:
        await office.told("member_joined_channel", user="U0ANA", channel=SUPPORT)
        await office.told("member_left_channel", user="U0ANA", channel=SUPPORT)
    assert office.sent.opened == []
    assert logs == []


@pytest.mark.parametrize(
    ("kind", "event", "said"),
    [
        ("member_left_channel", {"user": BOT}, LEFT),
        ("channel_left", {}, LEFT),
        ("group_left", {}, LEFT),
        ("channel_archive", {"user": "U0ANA"}, ARCHIVED),
        ("group_archive", {"user": "U0ANA"}, ARCHIVED),
        ("channel_deleted", {}, DELETED),
        ("group_deleted", {}, DELETED),
    ],
)
async def test_a_department_shut_out_is_logged_with_what_to_do(
    office: Office, kind: str, event: dict[str, Any], said: str
) -> None:
    with capture_logs() as logs:
        await office.told(kind, channel=SUPPORT, **event)
        await office.told(kind, channel=LOBBY, **event)
    assert [(log["event"], log["department"], log["log_level"]) for log in logs] == [
        (said, "support", "warning")
    ]


async def test_a_new_id_is_told_with_the_line_to_write(office: Office) -> None:
    with capture_logs() as logs:
        await office.told("channel_id_changed", old_channel_id=SUPPORT, new_channel_id="C0NEW")
        await office.told("channel_id_changed", old_channel_id=LOBBY, new_channel_id="C0OTHER")
    (log,) = logs
    assert (log["event"], log["log_level"]) == (MOVED, "warning")
    assert log["write"] == 'departments.support: channels = { slack = "C0NEW" }'


async def test_a_new_name_needs_nothing(office: Office) -> None:
    with capture_logs() as logs:
        await office.told("channel_rename", channel={"id": SUPPORT, "name": "help"})
    assert [log["log_level"] for log in logs] == ["info"]


@pytest.mark.parametrize(
    ("kind", "event"),
    [("tokens_revoked", {"tokens": {"oauth": [], "bot": [BOT]}}), ("app_uninstalled", {})],
)
async def test_shut_out_of_the_workspace_is_an_error_and_counted(
    office: Office, kind: str, event: dict[str, Any]
) -> None:
    with capture_logs() as logs:
        await office.told(kind, **event)
    assert [(log["event"], log["log_level"]) for log in logs] == [(REVOKED, "error")]
    assert office.counted == [kind]


async def test_somebody_elses_token_is_no_matter(office: Office) -> None:
    with capture_logs() as logs:
        await office.told("tokens_revoked", tokens={"oauth": ["U0ANA"], "bot": []})
    assert logs == []
