"""Calls to Slack's Web API over a real socket: what is sent, and what each kind of answer means."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from adapters.slack.api import SlackApi, SlackRefused, SlackShut
from bot.config import SlackSettings
from bot.ports import ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown
from tests.adapters.slack.moving import Moving

SECRET_PART = "9f8e7d"
TOKEN = "xoxb-1-2-verysecret"
POST, EDIT, READ = "chat.postMessage", "chat.update", "conversations.history"

OVER = web.AppKey("over", asyncio.Event)
"""Set when the test is done: what hangs may end."""

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Far:
    """Slack's end of the socket. `script` says how the next requests are met; after it everything is ok."""

    url: str = ""
    script: list[Behaviour] = field(default_factory=list)
    seen: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    async def meet(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        auth = request.headers.get("Authorization", "")
        self.seen.append((request.path, request.content_type, auth, body))
        if len(self.seen) == 20:
            self.full.set()
        if self.script:
            return await self.script.pop(0)(request)
        return web.json_response({"ok": True, "ts": "1.2", "channel": "C1"})


def answers(
    status: int = 200, text: str | None = None, headers: dict[str, str] | None = None, **fields: Any
) -> Behaviour:
    async def answer(_request: web.Request) -> web.StreamResponse:
        words = json.dumps(fields) if text is None else text
        kind = "application/json" if text is None else "text/html"
        return web.Response(status=status, text=words, content_type=kind, headers=headers)

    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hangs_up_within_the_answer(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    assert request.transport is not None
    request.transport.abort()
    return response


async def never_answers(request: web.Request) -> web.StreamResponse:
    await request.app[OVER].wait()
    return web.Response()


@asynccontextmanager
async def a_server(far: Far) -> AsyncIterator[str]:
    app = web.Application()
    app[OVER] = asyncio.Event()
    app.router.add_route("*", "/{path:.*}", far.meet)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    app[OVER].set()
    await runner.cleanup()


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    far = Far()
    async with a_server(far) as far.url:
        yield far


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def api(far: Far, clock: Moving) -> AsyncIterator[SlackApi]:
    settings = SlackSettings(bot_token=TOKEN, api_url=f"{far.url}/api/")
    api = SlackApi(settings, clock, timeout=timedelta(seconds=1.5))
    yield api
    await api.close()


async def failing(api: SlackApi, method: str, arguments: dict[str, Any] | None = None) -> ChatError:
    with pytest.raises(ChatError) as caught:
        await api.call(method, {"channel": "C1"} if arguments is None else arguments)
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "verysecret" not in said
    return caught.value


# -- what is sent ------------------------------------------------------------------------------------


async def test_a_method_that_writes_is_sent_as_json_with_the_token_in_its_header(
    api: SlackApi, far: Far
) -> None:
    answer = await api.call(POST, {"channel": "C1", "text": "ä", "unfurl_links": False, "thread_ts": None})
    assert answer["ts"] == "1.2"
    ((path, kind, auth, body),) = far.seen
    assert (path, kind, auth) == ("/api/chat.postMessage", "application/json", f"Bearer {TOKEN}")
    assert json.loads(body) == {"channel": "C1", "text": "ä", "unfurl_links": False}


async def test_a_method_that_reads_is_sent_as_a_form(api: SlackApi, far: Far) -> None:
    await api.call(READ, {"channel": "C1", "limit": 5, "include_all_metadata": True, "cursor": None})
    await api.call("auth.test")
    (path, kind, _, body), (_, _, _, nothing) = far.seen
    assert (path, kind) == ("/api/conversations.history", "application/x-www-form-urlencoded")
    assert body == b"channel=C1&limit=5&include_all_metadata=true" and nothing == b""


async def test_bolt_s_client_shares_the_session_and_repeats_nothing(api: SlackApi, far: Far) -> None:
    assert api.client.base_url == f"{far.url}/api/" and not api.client.retry_handlers
    assert (await api.client.auth_test())["ok"]
    assert far.seen[0][2] == f"Bearer {TOKEN}"


# -- what comes back ---------------------------------------------------------------------------------


async def test_a_refusal_is_told_with_slack_s_word(api: SlackApi, far: Far) -> None:
    far.script += [answers(ok=False, error="invalid_blocks"), answers(ok=False, error="not_in_channel")]
    refused = await failing(api, POST)
    assert isinstance(refused, SlackRefused) and refused.code == "invalid_blocks"
    shut = await failing(api, POST)
    assert isinstance(shut, SlackShut) and "/invite @Baton" in str(shut)


async def test_a_missing_message_is_gone(api: SlackApi, far: Far) -> None:
    far.script.append(answers(ok=False, error="message_not_found"))
    assert isinstance(await failing(api, EDIT), Gone)


async def test_a_429_is_obeyed_and_nothing_is_sent_meanwhile(api: SlackApi, far: Far, clock: Moving) -> None:
    far.script.append(answers(429, headers={"Retry-After": "7"}, ok=False, error="ratelimited"))
    slow = await failing(api, EDIT)
    assert isinstance(slow, SlowDown) and slow.after == timedelta(seconds=7)
    clock.at += timedelta(seconds=6)
    slow = await failing(api, EDIT)
    assert isinstance(slow, SlowDown) and slow.after == timedelta(seconds=1)
    assert len(far.seen) == 1
    clock.at += timedelta(seconds=1)
    assert (await api.call(EDIT, {"channel": "C1"}))["ok"]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "1e999"}])
async def test_a_429_that_does_not_say_how_long(api: SlackApi, far: Far, headers: dict[str, str]) -> None:
    far.script.append(answers(429, text="<html>", headers=headers))
    slow = await failing(api, POST)
    assert isinstance(slow, SlowDown) and slow.after == timedelta(seconds=30)


async def test_a_429_for_a_message_holds_up_its_channel_only(api: SlackApi, far: Far) -> None:
    far.script.append(answers(429, headers={"Retry-After": "0"}))
    slow = await failing(api, POST, {"channel": "C1"})
    assert isinstance(slow, SlowDown) and slow.after == timedelta(seconds=1)
    assert (await api.call(POST, {"channel": "C2"}))["ok"]
    assert isinstance(await failing(api, POST, {"channel": "C1"}), SlowDown)


async def test_slowing_down_may_come_without_429(api: SlackApi, far: Far) -> None:
    far.script.append(answers(headers={"Retry-After": "9"}, ok=False, error="rate_limited"))
    slow = await failing(api, EDIT)
    assert isinstance(slow, SlowDown) and slow.after == timedelta(seconds=9)


async def test_our_own_budget_stops_a_call_before_it_is_sent(api: SlackApi, far: Far) -> None:
    for _ in range(2):
        await api.call(POST, {"channel": "C1"})
    slow = await failing(api, POST)
    assert isinstance(slow, SlowDown) and slow.after == timedelta(seconds=1)
    assert len(far.seen) == 2
    assert (await api.call(POST, {"text": "page"}, channel="C1", urgent=True))["ok"]


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(500, text="oops"),
        answers(503, text="<html>"),
        answers(500, ok=False, error="what_is_this"),
        answers(200, text="<html>a login page of somebody's hotel</html>"),
        answers(200, text="[]"),
        answers(200, text="\x00\xff"),
        answers(ok=False),
        hangs_up,
        hangs_up_within_the_answer,
        never_answers,
    ],
)
async def test_a_lost_answer(api: SlackApi, far: Far, behaviour: Behaviour) -> None:
    """A message may be there; what may be repeated is merely not done yet."""
    for method, kind in ((POST, FateUnknown), (EDIT, Down), (READ, Down)):
        far.script.append(behaviour)
        assert type(await failing(api, method)) is kind
    assert len(far.seen) == 3, "nothing is repeated behind our back"


async def test_slack_saying_that_it_is_down_has_posted_nothing(api: SlackApi, far: Far) -> None:
    far.script.append(answers(503, ok=False, error="service_unavailable"))
    assert type(await failing(api, POST)) is Down


@pytest.mark.parametrize("status", [301, 400, 403, 404])
async def test_somebody_else_answering_has_posted_nothing(api: SlackApi, far: Far, status: int) -> None:
    far.script.append(
        answers(status, text="blocked by the proxy", headers={"Location": f"{far.url}/elsewhere"})
    )
    assert type(await failing(api, POST)) is Failed
    assert len(far.seen) == 1, "a redirect is not followed: it would carry the token"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/api/", "https://127.0.0.1:{far}/api/", "http://no.such.invalid/"]
)
async def test_slack_out_of_reach_has_posted_nothing(far: Far, clock: Moving, url: str) -> None:
    """Connection refused, no TLS, no such name."""
    address = url.format(port=unused_port(), far=far.url.rpartition(":")[2])
    api = SlackApi(SlackSettings(bot_token=TOKEN, api_url=address), clock)
    assert type(await failing(api, POST)) is Down
    await api.close()


async def test_a_connection_that_comes_too_late_has_posted_nothing(far: Far, api: SlackApi) -> None:
    """All connections are taken by calls that hang, so this one never gets one."""
    busy = [asyncio.create_task(failing(api, "views.publish", {})) for _ in range(15)]
    busy += [asyncio.create_task(failing(api, "users.info", {})) for _ in range(5)]
    far.script += [never_answers] * 20
    await far.full.wait()
    assert type(await failing(api, POST)) is Down
    assert all(type(error) is Down for error in await asyncio.gather(*busy))
    assert len(far.seen) == 20


# -- pictures and answers ----------------------------------------------------------------------------


async def test_a_picture_is_uploaded_without_the_token_and_shared_nowhere(api: SlackApi, far: Far) -> None:
    upload = f"{far.url}/upload/v1/abc"
    far.script += [answers(ok=True, upload_url=upload, file_id="F1"), answers(text="OK - 3")]
    assert await api.upload("chart.png", b"png", "Ten cases, " + "x" * 2000) == "F1"
    (path, kind, _, asked), (to, _, auth, content), (done, _, _, form) = far.seen
    assert (path, kind) == ("/api/files.getUploadURLExternal", "application/x-www-form-urlencoded")
    assert asked.startswith(b"filename=chart.png&length=3&alt_txt=Ten+cases") and len(asked) < 1100
    assert (to, auth, content) == ("/upload/v1/abc", "", b"png")
    assert done == "/api/files.completeUploadExternal" and b"channel" not in form


async def test_a_picture_that_is_refused(api: SlackApi, far: Far) -> None:
    far.script.append(answers(ok=False, error="missing_scope", needed="files:write"))
    with pytest.raises(Shut, match="files:write"):
        await api.upload("chart.png", b"png", "")
    far.script += [answers(ok=True, upload_url=f"{far.url}/u", file_id="F1"), answers(413, text="too large")]
    with pytest.raises(Failed):
        await api.upload("chart.png", b"png", "")
    far.script.append(answers(ok=True))
    with pytest.raises(Down):
        await api.upload("chart.png", b"png", "")


@pytest.mark.parametrize("behaviour", [answers(text="ok"), answers(ok=True)])
async def test_an_answer_goes_to_its_address_without_the_token(
    api: SlackApi, far: Far, behaviour: Behaviour
) -> None:
    far.script.append(behaviour)
    await api.answer(f"{far.url}/actions/T1/1/secret", {"text": "Claimed."})
    ((path, _, auth, body),) = far.seen
    assert (path, auth, json.loads(body)) == ("/actions/T1/1/secret", "", {"text": "Claimed."})


@pytest.mark.parametrize(
    ("behaviour", "kind", "code"),
    [
        (answers(404, ok=False, error="used_url"), SlackRefused, "used_url"),
        (answers(404, text="expired_url"), SlackRefused, "expired_url"),
        (answers(404, text="<html>"), Failed, ""),
        (answers(500, text="oops"), FateUnknown, ""),
        (answers(429, headers={"Retry-After": "3"}), SlowDown, ""),
        (hangs_up, FateUnknown, ""),
    ],
)
async def test_an_answer_that_does_not_arrive(
    api: SlackApi, far: Far, behaviour: Behaviour, kind: type[ChatError], code: str
) -> None:
    far.script.append(behaviour)
    address = f"{far.url}/actions/T1/1/{SECRET_PART}"
    with pytest.raises(kind) as caught:
        await api.answer(address, {"text": "Claimed."})
    assert getattr(caught.value, "code", "") == code
    assert SECRET_PART not in "".join(traceback.format_exception(caught.value))


# -- the end -----------------------------------------------------------------------------------------


async def test_closing_ends_the_session(api: SlackApi, far: Far) -> None:
    await api.call("auth.test")
    await api.close()
    assert api.client.session is not None and api.client.session.closed
    assert type(await failing(api, POST)) is Down
    assert len(far.seen) == 1
    await api.close()
