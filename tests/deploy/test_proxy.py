"""Caddy itself, with the Caddyfile of compose.yaml, before two stand-ins for replicas."""

from __future__ import annotations

import asyncio
import io
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession, web

from adapters.http import BODY_BYTES
from adapters.http import serve as serve_http
from tests.deploy import DEPLOY

WITHIN: Final = 60.0


class Replica:
    """Says what reaches it, and whether it is ready."""

    def __init__(self, name: str) -> None:
        self.name, self.ready = name, True
        self.told: asyncio.Queue[bool] = asyncio.Queue()
        self.went_on = asyncio.Event()
        self.app = web.Application(client_max_size=2 * BODY_BYTES)
        routes = [
            web.get("/readyz", self._ready),
            web.get("/live", self._live),
            web.post("/mentions", self._take),
        ]
        self.app.add_routes([*routes, web.get("/metrics", self._take)])

    async def _ready(self, _request: web.Request) -> web.Response:
        self.told.put_nowait(self.ready)
        return web.Response(status=200 if self.ready else 503)

    async def _take(self, request: web.Request) -> web.Response:
        told = [self.name, request.headers["Host"], request.headers["X-Forwarded-Proto"]]
        return web.json_response([*told, len(await request.read())], status=202)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"data: first\n\n")
        # The second one only once the first has arrived: a proxy that buffers would never see it.
        await self.went_on.wait()
        await answer.write(b"data: second\n\n")
        return answer


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def _caddy(ports: list[int], folder: Path) -> AsyncIterator[str]:
    """Caddy before replicas on these ports; its address."""
    text = (DEPLOY / "proxy/Caddyfile").read_text()
    for number, port in enumerate(ports, 1):
        text = text.replace(f"baton-{number}:8080", f"127.0.0.1:{port}")
    (folder / "Caddyfile").write_text(text.replace("{\n\tservers", "{\n\tadmin off\n\tservers", 1))
    site = f"http://127.0.0.1:{_free()}"
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).parent / "caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile",
        env={"BATON_SITE": site, "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield site
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def behind(tmp_path: Path) -> AsyncIterator[tuple[ClientSession, list[Replica]]]:
    async with AsyncExitStack() as stack:
        replicas = [Replica("one"), Replica("two")]
        served = [await stack.enter_async_context(serve_http(each.app, "127.0.0.1", 0)) for each in replicas]
        site = await stack.enter_async_context(_caddy([each.port for each in served], tmp_path))
        session = await stack.enter_async_context(ClientSession(site))
        async with asyncio.timeout(WITHIN):
            for each in replicas:
                await each.told.get()
        yield session, replicas


async def _post(session: ClientSession, body: bytes = b"{}") -> tuple[int, list[object]]:
    async with session.post("/mentions", data=io.BytesIO(body)) as answer:
        return answer.status, await answer.json() if answer.status == 202 else []


async def test_requests_reach_ready_replicas_only(behind: tuple[ClientSession, list[Replica]]) -> None:
    session, (one, two) = behind
    one.ready = False
    async with asyncio.timeout(WITHIN):
        # Told, and asked again: by then Caddy knows.
        while await one.told.get():
            pass
        await one.told.get()
    for _ in range(10):
        status, (name, host, proto, length) = await _post(session)
        assert (status, name, proto, length) == (202, "two", "http", 2)
        assert str(host).startswith("127.0.0.1:")
    assert two.ready


async def test_what_is_told_live_is_not_held_back(behind: tuple[ClientSession, list[Replica]]) -> None:
    session, replicas = behind
    async with asyncio.timeout(WITHIN), session.get("/live") as answer:
        assert await answer.content.readuntil(b"\n\n") == b"data: first\n\n"
        for replica in replicas:
            replica.went_on.set()
        assert await answer.content.readuntil(b"\n\n") == b"data: second\n\n"


async def test_the_inside_stays_inside(behind: tuple[ClientSession, list[Replica]]) -> None:
    session, _ = behind
    for path in ("/metrics", "/healthz", "/readyz"):
        async with session.get(path) as answer:
            assert answer.status == 404


async def test_a_body_of_the_largest_kind_goes_through_and_a_larger_one_does_not(
    behind: tuple[ClientSession, list[Replica]],
) -> None:
    session, _ = behind
    status, (*_, length) = await _post(session, b"x" * BODY_BYTES)
    assert (status, length) == (202, BODY_BYTES)
    assert (await _post(session, b"x" * (BODY_BYTES + 1)))[0] == 413


async def test_while_a_replica_is_gone_its_requests_go_to_the_other(tmp_path: Path) -> None:
    one, gone = Replica("one"), _free()
    async with (
        serve_http(one.app, "127.0.0.1", 0) as served,
        _caddy([gone, served.port], tmp_path) as site,
        ClientSession(site) as session,
    ):
        async with asyncio.timeout(WITHIN):
            await one.told.get()
        assert [(await _post(session))[0] for _ in range(20)] == [202] * 20
