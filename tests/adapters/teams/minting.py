"""A door with everything real around it: the application that serves it, a key server, and tokens minted here."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from adapters.http import serve
from adapters.teams.door import PATH, Answer, Door
from bot.config import TeamsSettings
from tests.adapters.serving import Answer as Answered
from tests.adapters.serving import Asker, asking
from tests.desk import Time
from tests.fakes.teams.keys import Keys
from tests.fakes.teams.state import APP_ID, TENANT, Json

SERVICE = "https://smba.trafficmanager.net/emea/3d5f1b7c-8a90-4e21-b6d4-0c9e7f5a2b18/"
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Hour(Time):
    """Real time under the test's hand, which is all that the door asks for."""

    def now(self) -> datetime:
        return self.at

    def real_delay(self, until: datetime) -> timedelta:
        return max(timedelta(0), until - self.at)


@dataclass
class KeyServer:
    """The Bot Framework's key server. `asked` counts questions for the metadata; the rest is how it misbehaves."""

    keys: Keys
    base: str = ""
    asked: int = 0
    slow: float = 0.0
    metadata: Any = None
    """In its place: a body (str), a status (int), or a change of the true metadata (dict)."""
    key_set: Any = None
    elsewhere: str = ""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{self.base}/v1/.well-known/openidconfiguration"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/.well-known/openidconfiguration", self._metadata),
            web.get("/v1/.well-known/keys", self._keys),
        ]

    async def _metadata(self, _request: web.Request) -> web.Response:
        self.asked += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), self.slow)
        if self.elsewhere:
            raise web.HTTPFound(self.elsewhere)
        return _body(self.metadata, self.keys.metadata(self.base))

    async def _keys(self, _request: web.Request) -> web.Response:
        return _body(self.key_set, self.keys.key_set())


def _body(instead: Any, true: Json) -> web.Response:
    if isinstance(instead, int):
        return web.Response(status=instead)
    if isinstance(instead, str):
        return web.Response(text=instead, content_type="application/json")
    return web.json_response({**true, **(instead or {})})


@asynccontextmanager
async def key_server(clock: Hour) -> AsyncIterator[KeyServer]:
    server = KeyServer(Keys(clock.real))
    app = web.Application()
    app.add_routes(server.routes())
    async with serve(app, "127.0.0.1", 0, shutdown=timedelta(0)) as serving:
        server.base = serving.url
        try:
            yield server
        finally:
            server.closing.set()


@dataclass
class Front:
    """The door as Teams finds it. `heard` is what got through, `answers` what is said to it."""

    door: Door
    server: KeyServer
    clock: Hour
    asker: Asker
    heard: list[Mapping[str, Any]]
    answers: list[Answer | Exception] = field(default_factory=list)

    def mint(self, service_url: str = SERVICE, **how: Any) -> str:
        return self.server.keys.mint(service_url, **how)

    async def post(
        self, token: str | None = None, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """An activity (a plain message, if not told otherwise) with a token; without one there is no header."""
        raw = body if isinstance(body, bytes) else json.dumps(activity() if body is None else body).encode()
        sent = {**JSON, **({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
        # From a file, since aiohttp warns of large bodies that are not.
        return await self.asker.ask("POST", PATH, io.BytesIO(raw), sent)

    def strange(self, number: int) -> str:
        """A token that names a key which nobody publishes."""
        return self.mint(headers={"kid": f"strange-{number}"})

    async def settles(self, asked: int) -> None:
        """What is fetched in the background has come."""
        for _ in range(1_000):
            if self.server.asked >= asked and self.door._keys._fetching is None:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"asked {self.server.asked} times, not {asked}")

    def later(self, **span: float) -> None:
        self.clock.at += timedelta(**span)


@asynccontextmanager
async def a_front(*, host: str = "127.0.0.1", **settings: Any) -> AsyncIterator[Front]:
    clock = Hour()
    heard: list[Mapping[str, Any]] = []
    answers: list[Answer | Exception] = []

    async def hear(said: Mapping[str, Any]) -> Answer:
        heard.append(said)
        answer = answers.pop(0) if answers else Answer()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with key_server(clock) as server:
        base = TeamsSettings(app_id=APP_ID, tenants=(TENANT,), password="x", openid_url=server.url)
        door = Door(replace(base, **settings), clock, hear)
        try:
            async with asking(*door.routes(), host=host) as asker:
                yield Front(door, server, clock, asker, heard, answers)
        finally:
            await door.close()


def activity(**changed: Any) -> Json:
    """A message in a personal chat, as Teams sends it; None takes a field away."""
    said: Json = {
        "type": "message",
        "id": "1772442000123",
        "timestamp": "2026-03-02T09:00:00.123Z",
        "serviceUrl": SERVICE,
        "channelId": "msteams",
        "from": {
            "id": "29:1a",
            "name": "Ana Ruiz",
            "aadObjectId": "0f8fad5b-d9cb-469f-a165-70867728950e",
        },
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": "a:1xyz"},
        "recipient": {"id": f"28:{APP_ID}", "name": "Baton"},
        "text": "claim 1042",
        "channelData": {"tenant": {"id": TENANT}},
        **changed,
    }
    return {name: value for name, value in said.items() if value is not None}
