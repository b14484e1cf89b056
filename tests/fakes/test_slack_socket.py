"""Socket Mode in the fake Slack: envelopes, acknowledgements, repetitions, and connections that end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, fake_slack

C = "C0SUPPORT"
SILENCE = "silence"


@asynccontextmanager
async def listening(slack: FakeSlack, answers: list[Any]) -> AsyncIterator[list[Any]]:
    """An app in Socket Mode."""
    settings, heard = slack.settings(app_token=True), []

    async def hear(client: Any, request: Any) -> None:
        heard.append(request)
        answer = answers.pop(0) if answers else None
        if answer != SILENCE:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))

    web_client = AsyncWebClient(token=settings.bot_token, base_url=slack.url)
    client = SocketModeClient(settings.app_token, web_client=web_client, ping_interval=0.2)
    client.socket_mode_request_listeners.append(hear)
    await client.connect()  # type: ignore[no-untyped-call]
    await slack.sockets.connected()
    try:
        yield heard
    finally:
        await client.close()  # type: ignore[no-untyped-call]
        await client.aiohttp_client_session.close()


async def test_the_same_comes_in_envelopes() -> None:
    async with fake_slack(patience=1.5) as slack:
        slack.add_user("Ana Ruiz", "ana@kettle.example", id="U1")
        slack.add_channel(C)
        await in_envelopes(slack)


async def in_envelopes(slack: FakeSlack) -> None:
    async with listening(slack, [{"text": "done"}, SILENCE]) as heard:
        answer = await slack.command("U1", C, "/baton", "next")
        assert answer.body == {"text": "done"} and heard[0].type == "slash_commands"
        assert [m["text"] for m in slack.ephemerals(C, "U1")] == ["done"]
        assert (await slack.say("U1", C, "hello")).attempts == 2
        assert (heard[-1].retry_attempt, heard[-1].retry_reason) == (1, "timeout")
        await slack.sockets.refresh()
        await asyncio.sleep(0.05)
        assert (await slack.say("U1", C, "still there?")).ok and slack.sockets.opened == 2
        slack.sockets.drop()
        slack.delivery.patience = 5
        assert (await slack.say("U1", C, "and now?")).ok and slack.sockets.opened == 3
