"""The local Slack starts, and people in it do and see the same as in the fake one, in both transports."""

from __future__ import annotations

import json
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.asking import FORM, MODAL
from tests.fakes.local_slack import LocalSlack, NoLocalSlack, local_slack, or_skip, setup
from tests.fakes.slack import SIGNING_SECRET

C = "C0SUPPORT"
USERS = {"U1": ("Ana Ruiz", "ana@kettle.example"), "U2": ("Ben Okafor", "ben@kettle.example")}


class App:
    """Answers a command with a sentence, a press with a dialog, and a form with an error the first time."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.client = AsyncWebClient()

    async def answer(self, payload: dict[str, Any]) -> dict[str, Any] | None:
        self.heard.append(payload)
        if "command" in payload:
            return {"response_type": "ephemeral", "text": f"you said {payload['text']}"}
        if payload["type"] == "block_actions":
            await self.client.views_open(trigger_id=payload["trigger_id"], view=MODAL)
        if payload["type"] == "view_submission" and sum("view" in each for each in self.heard) == 1:
            return {"response_action": "errors", "errors": {"f1": "Say more."}}
        return None

    async def over_http(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert SignatureVerifier(SIGNING_SECRET).is_valid_request(body, dict(request.headers))
        if request.content_type == "application/json":
            payload = json.loads(body)
        else:
            form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            payload = json.loads(form["payload"]) if "payload" in form else form
        answer = await self.answer(payload)
        return web.Response() if answer is None else web.json_response(answer)

    async def over_socket(self, client: Any, request: Any) -> None:
        answer = await self.answer(request.payload)
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))


@asynccontextmanager
async def in_mode(mode: str, app: App) -> AsyncIterator[LocalSlack]:
    if mode == "events":
        served = web.Application()
        served.router.add_post("/slack/events", app.over_http)
        async with TestServer(served) as server:
            url = str(server.make_url("/slack/events"))
            async with local_slack(
                apps_mode="events", request_url=url, users=USERS, channels={C: "support"}
            ) as slack:
                app.client = AsyncWebClient(token=slack.settings().bot_token, base_url=slack.url)
                yield slack
        return
    async with local_slack(users=USERS, channels={C: "support"}) as slack:
        app.client = AsyncWebClient(token=slack.settings().bot_token, base_url=slack.url)
        client = SocketModeClient(slack.settings().app_token, web_client=app.client)
        client.socket_mode_request_listeners.append(app.over_socket)
        await client.connect()  # type: ignore[no-untyped-call]
        try:
            yield slack
        finally:
            await client.close()  # type: ignore[no-untyped-call]
            await client.aiohttp_client_session.close()


@pytest.mark.parametrize("mode", ["events", "socket"])
async def test_people_do_and_see(mode: str) -> None:
    app = App()
    async with in_mode(mode, app) as slack:
        await slack.command("U1", C, "/baton", "claim 1042")
        assert app.heard[-1]["user_id"] == "U1"
        assert [m["text"] for m in slack.ephemerals(C, "U1")] == ["you said claim 1042"]

        root = (await app.client.chat_postMessage(channel=C, text="card", blocks=FORM))["ts"]
        reply = (await slack.say("U2", C, "a < b", thread_ts=root)).ts
        assert app.heard[-1]["event"]["text"] == "a &lt; b"
        assert [m["ts"] for m in slack.messages(C)] == [root]
        assert [m["ts"] for m in slack.thread(C, root)] == [reply]
        await slack.edit("U2", C, reply, "b > a")
        assert app.heard[-1]["event"]["subtype"] == "message_changed"
        await slack.delete("U2", C, reply)
        assert app.heard[-1]["event"]["subtype"] == "message_deleted" and slack.thread(C, root) == []
        await slack.react("U1", C, root, "eyes")
        assert app.heard[-1]["event"]["reaction"] == "eyes"

        await slack.press("U1", C, root, "Go")
        assert app.heard[-1]["actions"][0]["value"] == "claim 1"
        await slack.submit("U1", {"Department": "Press"})
        assert slack.modal("U1") and slack.errors == {"f1": "Say more."}
        await slack.submit("U1", {"Department": "Press", "Note": "please"})
        assert slack.modal("U1") is None
        values = app.heard[-1]["view"]["state"]["values"]
        assert (
            values["f0"]["v"]["selected_option"]["value"] == "press"
            and values["f1"]["v"]["value"] == "please"
        )

        await slack.open_home("U1")
        assert app.heard[-1]["event"]["type"] == "app_home_opened"
        await app.client.views_publish(user_id="U1", view={"type": "home", "blocks": FORM[2:]})
        await slack.settle()
        assert (slack.home("U1") or {})["blocks"]
        await slack.say("U1", slack.direct("U1"), "hello")
        assert app.heard[-1]["event"]["channel_type"] == "im"


def test_where_there_is_none_a_test_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(NoLocalSlack, match="Linux x86-64 only"):
        setup.program()
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Linux x86-64 only"):
        or_skip()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Linux x86-64 only"):
        or_skip()
