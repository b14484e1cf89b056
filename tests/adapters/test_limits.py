"""What one client may ask: how often, and how slowly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession, web

import adapters.slack.signed_http
import adapters.web.guard
from adapters.http import serve
from adapters.limits import REFUSALS, HurriedRunner, Limits
from adapters.web.guard import Wrong, body_of, guarded
from bot.config import Config, ConfigError, read_config
from bot.wiring import application, connect
from storage.sql.clock import SqlClock
from tests.adapters.serving import Answer, Asker, asking
from tests.desk import Time, test_policy

WITHIN: Final = 30.0
"""Seconds after which a test gives up; never how long anything has to take."""
HERE: Final = (ip_network("127.0.0.0/8"),)


async def fine(request: web.Request) -> web.Response:
    return web.json_response({"read": len(await request.read())}, status=202)


async def picky(request: web.Request) -> web.Response:
    """Takes only what is signed."""
    return web.json_response({}, status=202 if await request.read() == b"signed" else 401)


def limits(time: Time, *, per_minute: int | None = None, proxied: bool = False) -> Limits:
    clock = SqlClock(real=time.real, sleep=time.sleep)
    return Limits(clock, HERE if proxied else (), per_minute=per_minute)


async def sent(asker: Asker, count: int, *, forwarded: str = "", body: bytes = b"x") -> list[Answer]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return [await asker.ask("POST", "/mentions", body, headers) for _ in range(count)]


# -- how often -----------------------------------------------------------------------------------------


async def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    time = Time()
    async with asking(*limits(time, per_minute=30).paced([web.post("/mentions", fine)])) as asker:
        answers = await sent(asker, 32)
        assert [answer.status for answer in answers] == [202] * 30 + [429] * 2
        assert answers[-1].headers["Retry-After"] == "2" and "in 2 s" in answers[-1].error
        time.at += timedelta(seconds=4)
        assert [answer.status for answer in await sent(asker, 3)] == [202, 202, 429]


async def test_senders_behind_our_proxy_are_told_apart() -> None:
    async with asking(
        *limits(Time(), per_minute=2, proxied=True).paced([web.post("/mentions", fine)])
    ) as asker:
        for client in ("203.0.113.7", "2001:db8::1"):
            assert [answer.status for answer in await sent(asker, 3, forwarded=client)] == [202, 202, 429]
        assert (await sent(asker, 1, forwarded="203.0.113.8"))[0].status == 202
        same_network = await sent(asker, 1, forwarded="2001:db8::2")
        assert same_network[0].status == 429


async def test_nobody_gets_a_limit_of_their_own_by_a_header() -> None:
    async with asking(*limits(Time(), per_minute=2).paced([web.post("/mentions", fine)])) as asker:
        answers = [await sent(asker, 1, forwarded=f"203.0.113.{number}") for number in range(3)]
        assert [answer.status for (answer,) in answers] == [202, 202, 429]


async def test_without_a_limit_nothing_stands_before_intake() -> None:
    route = web.post("/mentions", fine)
    assert limits(Time()).paced([route]) == [route]


async def test_who_is_refused_again_and_again_is_told_to_wait_but_what_is_signed_is_taken() -> None:
    time = Time()
    async with asking(*limits(time).refusing([web.post("/mentions", picky)])) as asker:
        answers = await sent(asker, REFUSALS.burst + 1)
        assert [answer.status for answer in answers] == [401] * REFUSALS.burst + [429]
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert (await sent(asker, 1, body=b"signed"))[0].status == 202
        time.at += REFUSALS.burst * REFUSALS.each
        assert (await sent(asker, 1))[0].status == 401


async def test_the_setting_stands_before_the_desks_own_intake(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    config = Config(database_url=url, intake_per_minute=2)
    mention = (
        b'{"source":"x","id":"1","created_at":"2026-03-02T09:00:00Z","author":{"handle":"z"},"text":"hi"}'
    )
    async with (
        connect(config, policy=test_policy()) as desk,
        serve(application(desk), "127.0.0.1", 0) as serving,
        ClientSession() as session,
    ):
        asker = Asker(session, serving, desk.metrics)
        statuses = [(await asker.ask("POST", "/mentions", mention)).status for _ in range(3)]
    assert statuses == [202, 202, 429]


@pytest.mark.parametrize("said", ["0", "-1", "many", "1000001", "1.5"])
def test_a_limit_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(ConfigError, match="BATON_INTAKE_PER_MINUTE"):
        read_config({"BATON_INTAKE_PER_MINUTE": said})


def test_the_limit_is_read() -> None:
    assert read_config({"BATON_INTAKE_PER_MINUTE": "600"}).intake_per_minute == 600
    assert read_config({}).intake_per_minute is None


# -- how slowly ----------------------------------------------------------------------------------------


async def read_all(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(WITHIN):
        return await reader.read()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HurriedRunner, "headers_within", timedelta(seconds=1))


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("part", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"\x16\x03\x01"])
async def test_who_never_ends_their_headers_is_cut_off(part: bytes) -> None:
    async with asking() as asker:
        reader, writer = await asyncio.open_connection(asker.serving.host, asker.serving.port)
        writer.write(part)
        said = await read_all(reader)
        assert said == b"" or said.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
        writer.close()


@pytest.mark.usefixtures("hurried")
async def test_headers_that_come_byte_by_byte_in_time_are_answered_and_the_connection_is_kept() -> None:
    async with asking() as asker:
        reader, writer = await asyncio.open_connection(asker.serving.host, asker.serving.port)
        for byte in b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n":
            writer.write(bytes([byte]))
            await writer.drain()
        async with asyncio.timeout(WITHIN):
            assert b"200 OK" in await reader.readuntil(b"}")
        # Longer than the first headers may take: who was here once may think.
        await asyncio.sleep(1.5)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"200 OK" in await read_all(reader)
        writer.close()


async def test_a_body_that_never_ends_is_refused_by_the_web_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.web.guard, "BODY_WITHIN", timedelta(seconds=0.1))

    async def says(request: web.Request) -> web.Response:
        return web.json_response(await body_of(request))

    async with asking(web.post("/say", guarded(says))) as asker:
        answer = await asker.ask(
            "POST", "/say", never_ending(), {"Content-Type": "application/json", "Host": "localhost"}
        )
    assert (answer.status, answer.json) == (408, {"error": adapters.web.guard.TOO_SLOW})


async def test_a_body_that_never_ends_is_refused_by_slacks_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.slack.signed_http, "BODY_WITHIN", timedelta(seconds=0.1))
    door = adapters.slack.signed_http.signed_http(None)  # type: ignore[arg-type]
    async with asking(web.post("/slack/events", door)) as asker:
        answer = await asker.ask("POST", "/slack/events", never_ending())
    assert answer.status == 408


async def test_too_often_in_the_web_chat_says_when_to_come_again() -> None:
    async def often(_request: web.Request) -> web.Response:
        raise Wrong("Not so quick.", 429)

    async with asking(web.get("/web/people", guarded(often))) as asker:
        answer = await asker.ask("GET", "/web/people", headers={"Host": "localhost"})
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")


async def never_ending() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.sleep(WITHIN)
