"""The way in: whose payloads are heard, when they are acknowledged, and how the connection is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.bolt import bolt_app
from adapters.slack.inbound import ORGANIZATION
from adapters.slack.socket_mode import SocketMode
from bot.ports import Failed, Overloaded, Stale
from tests.adapters.slack.front import SUPPORT, Front, a_front, text_in
from tests.fakes.slack import error, fake_slack


@pytest.fixture(params=["http", "socket"])
async def front(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Front]:
    async with a_front(tmp_path, socket=request.param == "socket") as made:
        yield made


# -- events ----------------------------------------------------------------------------------------------


async def test_a_note_in_the_thread_is_kept_when_slack_hears_back(front: Front) -> None:
    case = await front.story.mention()
    answer = await front.slack.say(front.users["ana"], SUPPORT, "the depot has it", front.card(case))
    assert answer.ok and answer.attempts == 1
    assert (await front.story.kinds(case)).count("noted") == 1


@pytest.mark.parametrize("trouble", [Overloaded(), Stale(), Failed("who?"), RuntimeError("a surprise")])
async def test_an_event_that_could_not_be_done_comes_again(front: Front, trouble: Exception) -> None:
    case = await front.story.mention()
    front.busy.append(trouble)
    front.slack.delivery.patience = 1.5
    answer = await front.slack.say(front.users["ana"], SUPPORT, "the depot has it", front.card(case))
    assert answer.ok and answer.attempts == 2
    assert (await front.story.kinds(case)).count("noted") == 1


async def test_the_same_event_three_times_has_one_effect(front: Front) -> None:
    case = await front.story.mention()
    await front.slack.say(front.users["ana"], SUPPORT, "the depot has it", front.card(case))
    first = next(sent for sent in front.slack.sent if "thread_ts" in sent.payload.get("event", {}))
    for retry in (1, 2):
        assert (await front.slack.redeliver(first, retry=retry)).ok
    assert (await front.story.kinds(case)).count("noted") == 1


async def test_events_of_another_workspace_are_dropped(front: Front) -> None:
    case = await front.story.mention()
    event = {
        "type": "message",
        "channel": SUPPORT,
        "user": front.users["ana"],
        "text": "a note",
        "ts": "1.2",
        "thread_ts": front.card(case),
    }
    other = {"team_id": "T0OTHER", "enterprise_id": None, "user_id": "U1", "is_enterprise_install": False}
    whole = {"team_id": "T0KETTLE001", "enterprise_id": "E1", "user_id": "U1", "is_enterprise_install": True}
    for authorization in (other, whole):
        assert (await front.slack.event(event, authorizations=[authorization])).ok
    assert front.heard == []
    assert (await front.slack.event(event)).ok and len(front.heard) == 1


async def test_what_we_say_ourselves_is_not_heard_but_its_deletion_is(front: Front) -> None:
    case = await front.story.mention()
    card = front.card(case)
    await front.slack.settle()
    mine = {
        "type": "message",
        "channel": SUPPORT,
        "user": "U0BATON0001",
        "bot_id": "B0BATON0001",
        "ts": "1.2",
    }
    assert (await front.slack.event({**mine, "text": "x", "thread_ts": card})).ok
    assert front.heard == []
    with pytest.MonkeyPatch.context() as patch:
        taken: list[str] = []

        async def gone(_self: object, posted: object) -> None:
            taken.append(posted.message)  # type: ignore[attr-defined]

        patch.setattr(type(front.parts.sent), "gone", gone)
        await front.slack.delete(front.users["ana"], SUPPORT, card)
    assert taken == [card]


async def test_what_nobody_needs_is_acknowledged(front: Front) -> None:
    assert (await front.slack.event({"type": "emoji_changed"})).ok
    assert (await front.slack.delivery.attempt("interactive", {"type": "view_closed"})).ok
    assert (await front.slack.delivery.attempt("interactive", {"type": "of another time"})).ok


# -- who we are ------------------------------------------------------------------------------------------


async def test_a_desk_starts_while_slack_is_away_and_works_when_it_is_back(tmp_path: Path) -> None:
    async with a_front(tmp_path, opened=False) as front:
        front.slack.trouble("auth.test", *[error("internal_error")] * 20)
        await front.frontend.open()
        case = await front.story.mention()
        await front.slack.settle()
        front.slack.server.troubles.clear()
        front.slack.trouble("auth.test", error("internal_error"))
        answer = await front.slack.say(front.users["ana"], SUPPORT, "the depot has it", front.card(case))
        assert answer.ok and answer.attempts == 2
        assert (await front.story.kinds(case)).count("noted") == 1


async def test_a_revoked_token_keeps_nobody_from_starting(tmp_path: Path) -> None:
    async with a_front(tmp_path, opened=False) as front:
        front.slack.work.revoked = True
        await front.frontend.open()
        front.slack.restore_tokens()
        assert (await front.types("ana", "list")).ok


async def test_an_installation_for_an_organization_has_no_power(front: Front) -> None:
    case = await front.story.mention()
    await front.types("ana", "help")
    sent = front.slack.sent[-1]
    sent.payload.update(text=f"claim {case}", trigger_id="1.2.x", is_enterprise_install="true")
    answer = await front.slack.redeliver(sent)
    assert ORGANIZATION.split(".", maxsplit=1)[0] in text_in(answer.body["blocks"])
    assert await front.owner(case) is None


# -- the socket ------------------------------------------------------------------------------------------


@pytest.fixture
async def socket(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path, socket=True) as made:
        yield made


async def test_a_connection_that_slack_ends_is_opened_anew(socket: Front) -> None:
    case = await socket.story.mention()
    await socket.slack.sockets.refresh()
    await socket.slack.sockets.connected()
    assert socket.slack.sockets.opened == 2
    assert (await socket.types("ana", f"claim {case}")).ok
    assert await socket.owner(case) == "ana@kettle.example"


async def test_a_connection_that_breaks_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.socket_mode.PING_EVERY", 0.1)
    async with a_front(tmp_path, socket=True) as front:
        front.slack.down()
        await asyncio.sleep(0.3)
        front.slack.down(False)
        await front.slack.sockets.connected()
        assert (await front.types("ana", "list")).ok


async def test_closing_lets_what_is_under_way_end_and_leaves_nothing_behind(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with a_front(tmp_path, socket=True) as front:
        case = await front.story.mention()
        under_way = asyncio.create_task(
            front.slack.command(front.users["ana"], SUPPORT, "/baton", f"claim {case}")
        )
        await front.hearing.wait()
        await front.frontend.close()
        assert (await under_way).ok and await front.owner(case) == "ana@kettle.example"
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == before


async def test_closing_while_slack_is_away_ends_at_once(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with a_front(tmp_path, socket=True) as front:
        front.slack.down()
        await asyncio.sleep(0.1)
        async with asyncio.timeout(20):
            await front.frontend.close()
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == before


async def test_an_acknowledgement_that_was_lost_has_its_effect_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.socket_mode.PING_EVERY", 0.1)
    async with a_front(tmp_path, socket=True) as socket:
        await _loses_an_acknowledgement(socket)


async def _loses_an_acknowledgement(socket: Front) -> None:
    case = await socket.story.mention()
    sent = asyncio.create_task(
        socket.slack.command(socket.users["ana"], SUPPORT, "/baton", f"note {case} once")
    )
    await socket.hearing.wait()
    socket.slack.sockets.drop()
    sent.cancel()
    await socket.slack.sockets.connected(10)
    again = await socket.slack.redeliver(socket.slack.sent[-1])
    assert again.ok
    assert (await socket.story.kinds(case)).count("noted") == 1


async def test_closing_before_slack_ever_answered_ends_at_once() -> None:
    async def hear(_request: object) -> BoltResponse:
        return BoltResponse(status=200)

    async with fake_slack() as slack:
        slack.down()
        settings = slack.settings(app_token=True)
        before = asyncio.all_tasks()
        app = bolt_app(settings, us=lambda: None, hear=hear)
        connection = SocketMode(app, app_token=settings.app_token, web=AsyncWebClient(base_url=slack.url))
        connection.open()
        while not slack.calls:  # noqa: ASYNC110  # the fake tells nobody that it was asked
            await asyncio.sleep(0.01)
        async with asyncio.timeout(20):
            await connection.close()
        slack.down(False)
        await asyncio.sleep(0.05)
        assert asyncio.all_tasks() == before
