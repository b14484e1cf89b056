"""What comes through the door, what is answered, and that no bytes of anybody make us stumble."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.teams import door
from adapters.teams.door import BODY_BYTES, PATH, Answer
from bot.ports import Down, Overloaded, Stale
from tests.adapters.teams.minting import Front, a_front, activity
from tests.fakes.teams.state import APP_ID


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


@pytest.fixture
async def open_front() -> AsyncIterator[Front]:
    async with a_front(anonymous=True, app_id="", tenants=()) as made:
        yield made


# -- what is answered ------------------------------------------------------------------------------------------


async def test_an_invoke_is_answered_with_its_body(front: Front) -> None:
    front.answers.append(Answer(200, {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive"}))
    answer = await front.post(front.mint(), activity(type="invoke", name="adaptiveCard/action"))
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("application/json")
    assert answer.json == {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive"}


@pytest.mark.parametrize("status", [200, 202])
async def test_a_message_is_answered_with_nothing(front: Front, status: int) -> None:
    front.answers.append(Answer(status))
    answer = await front.post(front.mint())
    assert answer.status == status and answer.body == b""


async def test_an_empty_body_is_still_a_body(front: Front) -> None:
    front.answers.append(Answer(200, {}))
    assert (await front.post(front.mint())).json == {}


async def test_what_was_said_is_heard_as_it_was_said(front: Front) -> None:
    said = activity(
        text="naïve 🫖 <at>Baton</at>", value={"a": [1, 2.5, None, True]}, entities=[{"type": "mention"}]
    )
    await front.post(front.mint(), said)
    assert front.heard == [said]


@pytest.mark.parametrize(
    ("error", "after"),
    [(Overloaded(7), "7"), (Stale(), "2"), (Down("the connector does not answer"), "2")],
)
async def test_what_could_not_be_done_now_may_be_sent_again(
    front: Front, error: Exception, after: str
) -> None:
    front.answers.append(error)
    answer = await front.post(front.mint())
    assert answer.status == 503 and answer.headers["Retry-After"] == after
    assert (await front.post(front.mint())).status == 200


@pytest.mark.parametrize("answer", [ZeroDivisionError("secret detail"), Answer(200, {"not json": object()})])
async def test_a_surprise_is_told_without_its_details(front: Front, answer: Any) -> None:
    front.answers.append(answer)
    with capture_logs() as logs:
        said = await front.post(front.mint())
    assert said.status == 500 and "secret" not in said.error
    logged = next(log for log in logs if log["event"] == "an activity of Teams failed")
    assert logged["id"] in said.error and logged["kind"] == "message"


async def test_why_somebody_was_refused_is_in_the_log_and_not_in_the_answer(front: Front) -> None:
    with capture_logs() as logs:
        said = await front.post(front.mint(aud="another"))
        await front.post()
    whys = [log["why"] for log in logs if log["event"] == "refused at the door of Teams"]
    assert whys == ["Audience doesn't match", "there is not exactly one Authorization header"]
    assert "udience" not in said.error and APP_ID not in said.error


async def test_other_methods_are_405(front: Front) -> None:
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        assert (await front.asker.ask(method, PATH)).status == 405


# -- without tokens --------------------------------------------------------------------------------------------


async def test_anonymous_needs_no_token_from_this_machine(open_front: Front) -> None:
    assert (await open_front.post()).status == 200
    assert (await open_front.post("not.a.token")).status == 200
    assert len(open_front.heard) == 2 and open_front.server.asked == 0


@pytest.mark.parametrize("header", ["Origin", "X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_anonymous_is_not_for_browsers_and_proxies(open_front: Front, header: str) -> None:
    answer = await open_front.post(headers={header: "http://127.0.0.1:8080"})
    assert answer.status == 403 and open_front.heard == []


@pytest.mark.parametrize(
    "remote", ["10.0.0.7", "192.168.1.4", "::ffff:10.0.0.7", "2001:db8::1", "", None, "unix"]
)
async def test_anonymous_is_not_for_other_machines(
    open_front: Front, monkeypatch: pytest.MonkeyPatch, remote: str | None
) -> None:
    monkeypatch.setattr("aiohttp.web.Request.remote", remote)
    assert (await open_front.post()).status == 403 and open_front.heard == []


@pytest.mark.parametrize("remote", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_machine_has_several_names(remote: str) -> None:
    assert door._on_this_machine(remote)


async def test_anonymous_wants_an_activity_all_the_same(open_front: Front) -> None:
    assert (await open_front.post(body=b"[]")).status == 400
    assert (await open_front.post(headers={"Content-Type": "text/plain"})).status == 415
    assert (await open_front.post(body=b" " * (BODY_BYTES + 1))).status == 413


async def test_opening_an_anonymous_door_asks_nobody(open_front: Front) -> None:
    await open_front.door.open()
    await asyncio.sleep(0.02)
    assert open_front.server.asked == 0
