"""The connector, the login server and the key server over HTTP: who calls, whether Teams would let them, what it answers."""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.fakes.teams.connector import Connector
from tests.fakes.teams.keys import Keys
from tests.fakes.teams.login import Login, discovery, instances
from tests.fakes.teams.state import Call, Json, Refused, Tenant, base_id
from tests.fakes.teams.troubles import Trouble
from tests.fakes.teams.windows import Windows

SERVICE: Final = "/emea"
"""The service URL's path: real ones have one, too, and end in a slash."""

Run = Callable[[Connector, Json, Json, Json], tuple[int, Any]]
"""(connector, ids of the path, body, query) to (status, JSON)."""

ACTIVITIES: Final = "/v3/conversations/{id}/activities"
CALLS: Final[dict[str, Run]] = {
    "POST /v3/conversations": lambda c, p, b, q: c.create(b),
    f"POST {ACTIVITIES}": lambda c, p, b, q: c.post(p["id"], b),
    f"POST {ACTIVITIES}/{{activity}}": lambda c, p, b, q: c.post(p["id"], b, p["activity"]),
    f"PUT {ACTIVITIES}/{{activity}}": lambda c, p, b, q: c.edit(p["id"], p["activity"], b),
    f"DELETE {ACTIVITIES}/{{activity}}": lambda c, p, b, q: c.delete(p["id"], p["activity"]),
    "GET /v3/conversations/{id}/members": lambda c, p, b, q: c.members(p["id"]),
    "GET /v3/conversations/{id}/members/{member}": lambda c, p, b, q: c.member(p["id"], p["member"]),
    "GET /v3/conversations/{id}/pagedmembers": lambda c, p, b, q: c.paged_members(p["id"], q),
    "GET /v3/teams/{id}": lambda c, p, b, q: c.team(p["id"]),
    "GET /v3/teams/{id}/conversations": lambda c, p, b, q: c.channels(p["id"]),
}


@dataclass
class Server:
    """`down`: names of what does not answer: `connector`, `login`, `keys`. `bases` are this server's addresses."""

    tenant: Tenant
    connector: Connector
    login: Login
    keys: Keys
    windows: Windows | None
    anonymous: bool = False
    bases: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    troubles: dict[str, deque[Trouble | None]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def application(self) -> web.Application:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        for key, run in CALLS.items():
            verb, path = key.split(" ")
            app.router.add_route(verb, SERVICE + path, self._call(key, run))
        token = self._asked("token", self.login.token, "login")
        app.add_routes(
            [
                web.post("/{tenant}/oauth2/v2.0/token", token),
                web.get("/{tenant}/v2.0/.well-known/openid-configuration", self._discovery),
                web.get("/common/discovery/instance", self._instances),
                web.get("/v1/.well-known/openidconfiguration", self._asked("openid", self._metadata, "keys")),
                web.get("/v1/.well-known/keys", self._asked("keys", self._keys, "keys")),
                web.route("*", "/{rest:.*}", self._unknown),
            ]
        )
        return app

    # -- the connector ------------------------------------------------------------------------------------

    def _call(self, key: str, run: Run) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            ids: Json = dict(request.match_info)
            body = await _json(request)
            call = Call(
                key, request.method, _path(request), copy.deepcopy(body), self.tenant.now(), _whose(ids, body)
            )
            trouble = self._trouble("connector", key, f"{call.verb} {call.path}", call.verb)
            if trouble and not trouble.after and (answer := await _spoilt(request, trouble)):
                return self._kept(call, answer)
            answer = self._answer(request, call, lambda: run(self.connector, ids, body, dict(request.query)))
            if trouble and trouble.after:
                self._kept(call, answer)
                return _cut(request)
            return self._kept(call, answer)

        return handle

    def _answer(
        self, request: web.Request, call: Call, run: Callable[[], tuple[int, Any]]
    ) -> web.StreamResponse:
        if not self._may(request):
            said = {"message": "Authorization has been denied for this request."}
            return web.json_response(said, status=401)
        if self.windows and (wait := self.windows.take(call.conversation, writes=call.verb != "GET")):
            return _refusal(429, "Throttled", "Too many requests", {"Retry-After": str(wait)})
        try:
            status, answer = run()
        except Refused as refused:
            if refused.rule:
                self.connector.broken.append(f"{call.verb} {call.path}: {refused.rule}")
            return _refusal(refused.status, refused.code, refused.message)
        return web.json_response(answer, status=status)

    def _may(self, request: web.Request) -> bool:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if self.anonymous:
            return True
        return kind == "Bearer" and self.login.good(token)

    def _kept(self, call: Call, answer: web.StreamResponse) -> web.StreamResponse:
        self.calls.append(Call(**{**call.__dict__, "status": answer.status}))
        return answer

    # -- login and keys -------------------------------------------------------------------------------------

    def _asked(
        self, name: str, handler: Callable[[web.Request], Any], part: str
    ) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.asked.append(name)
            trouble = self._trouble(part, name)
            if trouble and (answer := await _spoilt(request, trouble)):
                return answer
            answered: web.StreamResponse = await handler(request)
            return answered

        return handle

    async def _metadata(self, request: web.Request) -> web.Response:
        return web.json_response(self.keys.metadata(_base(request)))

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response(self.keys.key_set())

    async def _discovery(self, request: web.Request) -> web.Response:
        return web.json_response(discovery(_base(request), request.match_info["tenant"]))

    async def _instances(self, request: web.Request) -> web.Response:
        return web.json_response(instances(_base(request), self.tenant.id))

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self.connector.broken.append(f"this Teams has no {request.method} {request.path}")
        return _refusal(404, "NotFound", "There is no such address.")

    def _trouble(self, part: str, *names: str) -> Trouble | None:
        if part in self.down:
            return Trouble(drop=True)
        for name in (*names, "*") if part == "connector" else names:
            if waiting := self.troubles.get(name):
                return waiting.popleft()
        return None


def _whose(ids: Json, body: Json) -> str:
    """The conversation whose windows the call counts against: a channel's threads are one conversation."""
    if "id" in ids:
        return base_id(ids["id"])
    channel = str(((body.get("channelData") or {}).get("channel") or {}).get("id") or "")
    members = body.get("members") or [{}]
    return base_id(channel) or str(members[0].get("id") or "")


def _path(request: web.Request) -> str:
    return request.path.removeprefix(SERVICE)


def _base(request: web.Request) -> str:
    return str(request.url.origin())


async def _json(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    with suppress(ValueError):
        body = await request.json()
        if isinstance(body, dict):
            return body
    return {}


async def _spoilt(request: web.Request, trouble: Trouble) -> web.StreamResponse | None:
    """What comes instead of the answer; None when the call goes on."""
    await asyncio.sleep(trouble.seconds)
    if trouble.drop:
        return _cut(request)
    if trouble.status == 200:
        return None
    headers = {} if trouble.retry_after is None else {"Retry-After": trouble.retry_after}
    if trouble.text is not None:
        return web.Response(
            status=trouble.status, text=trouble.text, headers=headers, content_type="text/html"
        )
    return _refusal(trouble.status, trouble.code, trouble.code, headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """The connection is gone before anything is answered."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    error = {"error": {"code": code, "message": message}}
    return web.json_response(error, status=status, headers=headers or {})
