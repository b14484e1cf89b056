"""Whether we are let in: what waits goes out at once, and what is shut is in the log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.teams.membership import ARCHIVED, DELETED, LEFT
from bot.ports import Overloaded
from tests.adapters.teams.front import LEGAL, LOBBY, PR, SALES, SUPPORT, TEAM, Front, a_front


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


async def test_added_to_a_team_its_channels_are_open_again(front: Front) -> None:
    await front.teams.add_bot(TEAM, front.users["ana"])
    assert {place.conversation for place in front.sent.opened} == {SUPPORT, PR, SALES, LEGAL}
    assert {place.department for place in front.sent.opened} == {"support", "pr", "sales", "legal"}


async def test_who_has_the_app_again_is_reached_again(front: Front) -> None:
    await front.teams.install(front.users["ben"])
    assert [place.person for place in front.sent.opened] == ["ben@kettle.example"] * 2


async def test_words_that_waited_for_the_team_go_out(front: Front) -> None:
    await front.teams.remove_bot(TEAM, front.users["ana"])
    case = await front.story.mention()
    assert front.teams.messages(SUPPORT) == []
    await front.teams.add_bot(TEAM, front.users["ana"])
    await front.settles()
    assert front.card(case)


@pytest.mark.parametrize(
    ("event", "channel", "said"),
    [
        ("channelDeleted", SUPPORT, DELETED),
        ("channelArchived", SUPPORT, ARCHIVED),
        ("teamArchived", LOBBY, ARCHIVED),
        ("teamDeleted", LOBBY, DELETED),
    ],
)
async def test_what_is_shut_is_in_the_log(front: Front, event: str, channel: str, said: str) -> None:
    with capture_logs() as logs:
        await front.teams.channel_event(TEAM, front.users["ana"], event, channel)
    (entry,) = [entry for entry in logs if entry["event"] == said]
    assert "support" in entry["departments"]
    assert front.sent.opened == []


async def test_channels_of_nobody_are_of_no_interest(front: Front) -> None:
    with capture_logs() as logs:
        await front.teams.channel_event(TEAM, front.users["ana"], "channelDeleted", LOBBY)
    assert [entry for entry in logs if entry["log_level"] == "warning"] == []


async def test_removed_from_a_team_it_is_in_the_log(front: Front) -> None:
    with capture_logs() as logs:
        await front.teams.remove_bot(TEAM, front.users["ana"])
    assert LEFT in [entry["event"] for entry in logs]


@pytest.mark.parametrize(("event", "opens"), [("channelRestored", [SUPPORT]), ("channelRenamed", [])])
async def test_a_channel_comes_back_or_gets_a_name(front: Front, event: str, opens: list[str]) -> None:
    await front.teams.channel_event(TEAM, front.users["ana"], event, SUPPORT)
    assert [place.conversation for place in front.sent.opened] == opens


async def test_colleagues_come_and_go(front: Front) -> None:
    told = front.teams.activity("conversationUpdate", front.users["ana"], SUPPORT)
    told["membersAdded"] = [{"id": "29:new"}, "x"]
    assert (await front.teams.event(told)).status == 200
    assert (front.sent.opened, front.replies(told["id"])) == ([], [])


async def test_on_a_busy_day_teams_is_asked_to_tell_it_again(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_place: object) -> None:
        raise Overloaded

    with monkeypatch.context() as patched:
        patched.setattr(front.sent, "open_again", full)
        answer = await front.teams.add_bot(TEAM, front.users["ana"])
    assert answer.status == 503
    assert (await front.teams.redeliver()).status == 200
    assert len(front.sent.opened) == 4
