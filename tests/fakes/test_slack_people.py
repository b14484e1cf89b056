"""What people do in the fake Slack reaches an app in Slack's shapes, signed, and again when the app is slow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.asking import FORM, MODAL
from tests.fakes.slack import BOT, SIGNING_SECRET, FakeSlack, fake_slack

C = "C0SUPPORT"


@dataclass
class App:
    """Hears what Slack tells it; `answers` are its next answers, then it agrees silently."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not SignatureVerifier(SIGNING_SECRET).is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        self.headers.append(request.headers)
        if request.content_type == "application/json":
            self.heard.append(json.loads(body))
        else:
            form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            self.heard.append(json.loads(form["payload"]) if "payload" in form else form)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, int):
            return web.Response(status=answer)
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return web.Response()
        return web.Response() if answer is None else web.json_response(answer)


@pytest.fixture
async def app() -> App:
    return App()


@pytest.fixture
async def slack(app: App) -> AsyncIterator[FakeSlack]:
    async with fake_slack(patience=1.5) as slack:
        slack.add_user("Ana Ruiz", "ana@kettle.example", id="U1")
        slack.add_channel(C)
        served = web.Application()
        served.router.add_post("/slack/events", app.handle)
        async with TestServer(served) as server:
            slack.request_url = str(server.make_url("/slack/events"))
            yield slack


async def our(slack: FakeSlack, method: str, **arguments: Any) -> Any:
    client = AsyncWebClient(token=slack.settings().bot_token, base_url=slack.url)
    answer = await client.api_call(method, json=arguments)
    await slack.settle()
    return answer


async def test_a_message_is_an_event_and_a_mention_is_two(slack: FakeSlack, app: App) -> None:
    answer = await slack.say("U1", C, "is 1 < 2 & https://kettle.example ok?")
    (body,) = app.heard
    assert answer.ok and body["type"] == "event_callback" and body["event_id"] and body["authorizations"]
    event = body["event"]
    assert (event["type"], event["user"], event["channel"]) == ("message", "U1", C)
    assert event["ts"] == answer.ts and event["channel_type"] == "channel"
    assert event["text"] == "is 1 &lt; 2 &amp; <https://kettle.example> ok?"
    await slack.mention("U1", C, "next", thread_ts=answer.ts)
    said, mentioned = (body["event"] for body in app.heard[1:])
    assert (said["type"], mentioned["type"]) == ("message", "app_mention")
    assert said["ts"] == mentioned["ts"] and mentioned["thread_ts"] == answer.ts
    assert mentioned["text"] == f"<@{BOT}> next"
    assert app.heard[1]["event_id"] != app.heard[2]["event_id"]


async def test_changes_of_messages_are_events(slack: FakeSlack, app: App) -> None:
    ts = (await slack.say("U1", C, "one")).ts
    await slack.edit("U1", C, ts, "two")
    await slack.react("U1", C, ts, "eyes")
    await slack.delete("U1", C, ts)
    _, edited, reacted, deleted = (body["event"] for body in app.heard)
    assert edited["subtype"] == "message_changed" and edited["message"]["text"] == "two"
    assert edited["previous_message"]["text"] == "one" and edited["message"]["ts"] == ts
    assert (reacted["type"], reacted["item"]["ts"], reacted["item_user"]) == ("reaction_added", ts, "U1")
    assert deleted["subtype"] == "message_deleted" and deleted["deleted_ts"] == ts


async def test_an_app_is_told_of_its_own_messages(slack: FakeSlack, app: App) -> None:
    posted = await our(slack, "chat.postMessage", channel=C, text="x")
    await our(slack, "chat.update", channel=C, ts=posted["ts"], text="y")
    assert [b["event"].get("subtype") for b in app.heard] == [None, "message_changed"]
    assert app.heard[0]["event"]["bot_id"]


async def test_a_command_is_answered_in_private(slack: FakeSlack, app: App) -> None:
    app.answers = [{"response_type": "ephemeral", "text": "done"}, 500]
    answer = await slack.command("U1", C, "/baton", "claim 1042")
    (form,) = app.heard
    assert (form["command"], form["text"], form["user_id"]) == ("/baton", "claim 1042", "U1")
    assert (form["channel_id"], form["team_id"]) == (C, "T0KETTLE001")
    assert form["trigger_id"] and form["response_url"].startswith("http")
    assert answer.ok and [m["text"] for m in slack.ephemerals(C, "U1")] == ["done"]
    assert (await slack.command("U1", C, "/baton")).status == 500
    assert slack.toasts == ["/baton failed with the error “http_error”"] and len(app.heard) == 2


async def test_a_press_tells_what_was_pressed_and_where(slack: FakeSlack, app: App) -> None:
    ts = (await our(slack, "chat.postMessage", channel=C, text="x", blocks=FORM))["ts"]
    await slack.press("U1", C, ts, "Go", values={"Department": "Sales", "f1": "hello"})
    payload = app.heard[-1]
    assert payload["type"] == "block_actions" and payload["user"]["team_id"] == "T0KETTLE001"
    assert payload["container"] == {
        "type": "message", "message_ts": ts, "channel_id": C, "is_ephemeral": False,
    }  # fmt: skip
    (action,) = payload["actions"]
    assert (action["action_id"], action["value"], action["type"]) == ("say:0:0", "claim 1", "button")
    values = payload["state"]["values"]
    assert values["f0"]["v"]["selected_option"]["value"] == "sales" and values["f1"]["v"]["value"] == "hello"
    assert payload["message"]["ts"] == ts and payload["response_url"] and payload["trigger_id"]
    with pytest.raises(AssertionError, match="no 'Stop' to press"):
        await slack.press("U1", C, ts, "Stop")


async def test_an_address_takes_five_answers_within_half_an_hour(slack: FakeSlack, app: App) -> None:
    await slack.command("U1", C, "/baton", "x")
    url = app.heard[0]["response_url"]
    async with ClientSession() as session:
        for number in range(5):
            async with session.post(url, json={"text": str(number)}) as response:
                assert response.status == 200
        async with session.post(url, json={"text": "6"}) as response:
            assert (response.status, (await response.json())["error"]) == (404, "used_url")
    assert [m["text"] for m in slack.ephemerals(C, "U1")] == ["0", "1", "2", "3", "4"]


async def test_an_answer_may_be_longer_than_a_message(slack: FakeSlack, app: App) -> None:
    await slack.command("U1", C, "/baton", "x")
    text = {"type": "plain_text", "text": "x" * 2900}
    body = {"text": "x", "blocks": [{"type": "section", "text": text} for _ in range(6)]}
    async with ClientSession() as session, session.post(app.heard[0]["response_url"], json=body) as response:
        assert response.status == 200
    assert len(slack.ephemerals(C, "U1")) == 1


async def test_an_answer_replaces_or_deletes_what_was_pressed(slack: FakeSlack, app: App) -> None:
    await our(slack, "chat.postEphemeral", channel=C, user="U1", text="x", blocks=FORM)
    (shown,) = slack.ephemerals(C, "U1")
    await slack.press("U1", C, shown["ts"], "say:0:0")
    payload = app.heard[-1]
    assert payload["container"]["is_ephemeral"] and "message" not in payload
    async with ClientSession() as session:
        await session.post(payload["response_url"], json={"text": "done", "replace_original": True})
        assert [(m["text"], m.get("blocks")) for m in slack.ephemerals(C, "U1")] == [("done", None)]
        await session.post(payload["response_url"], json={"delete_original": True})
    assert slack.ephemerals(C, "U1") == []


async def test_a_dialog_is_filled_in_and_sent(slack: FakeSlack, app: App) -> None:
    await slack.command("U1", C, "/baton", "x")
    await our(slack, "views.open", trigger_id=app.heard[0]["trigger_id"], view=MODAL)
    with pytest.raises(AssertionError, match="'Department' is empty"):
        await slack.submit("U1")
    with pytest.raises(AssertionError, match="not offered"):
        await slack.submit("U1", {"Department": "Moon"})
    app.answers = [{"response_action": "errors", "errors": {"f1": "Say more."}}]
    await slack.submit("U1", {"Department": "Press"})
    assert slack.modal("U1") and slack.errors["U1"] == {"f1": "Say more."}
    await slack.submit("U1", {"f0": "press", "Note": "please"})
    payload = app.heard[-1]
    values = payload["view"]["state"]["values"]
    assert payload["type"] == "view_submission" and payload["view"]["callback_id"] == "form"
    assert values["f0"]["v"]["selected_option"]["value"] == "press" and values["f1"]["v"]["value"] == "please"
    assert slack.modal("U1") is None and slack.errors == {}


async def test_shortcuts_home_and_the_workspace_are_told(slack: FakeSlack, app: App) -> None:
    ts = (await slack.say("U1", C, "broken kettle")).ts
    await slack.shortcut("U1", C, ts, "file_case")
    assert app.heard[-1]["type"] == "message_action" and app.heard[-1]["message"]["text"] == "broken kettle"
    await slack.open_home("U1")
    assert app.heard[-1]["event"]["type"] == "app_home_opened"
    await slack.change_user("U1", deleted=True)
    assert app.heard[-1]["event"]["user"]["deleted"]
    await slack.archive(C)
    assert app.heard[-1]["event"]["type"] == "channel_archive"
    await slack.remove_bot(C)
    assert [b["event"]["type"] for b in app.heard[-2:]] == ["member_left_channel", "channel_left"]
    before = len(app.heard)
    assert not (await slack.say("U1", C, "alone")).ok and len(app.heard) == before
    await slack.revoke_tokens()
    assert app.heard[-1]["event"]["tokens"]["bot"] == [BOT]


async def test_an_event_is_repeated_until_it_is_taken(slack: FakeSlack, app: App) -> None:
    app.answers = [500, 4.0, None]
    answer = await slack.say("U1", C, "hello")
    assert answer.ok and answer.attempts == 3
    assert len({body["event_id"] for body in app.heard}) == 1
    told = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h in app.headers]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_timeout")]
    app.answers = [500] * 9
    assert (await slack.say("U1", C, "again")).attempts == 4


async def test_signatures_can_be_wrong(slack: FakeSlack, app: App) -> None:
    for how in ("wrong", "missing", "stale"):
        slack.signs(how)
        assert (await slack.command("U1", C, "/baton")).status == 401
    slack.signs("right")
    assert (await slack.command("U1", C, "/baton")).ok
    assert (await slack.replay()).ok and app.heard[0] == app.heard[1]
    assert app.headers[0]["X-Slack-Signature"] == app.headers[1]["X-Slack-Signature"]
    await slack.redeliver(retry=2)
    assert app.headers[2]["X-Slack-Retry-Num"] == "2"
    assert (await slack.verify_url("abc")).ok and app.heard[-1]["challenge"] == "abc"
