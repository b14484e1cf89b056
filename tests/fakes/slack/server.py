"""The Web API over HTTP: who calls, whether Slack would let them, and what it would answer."""

from __future__ import annotations

import asyncio
import copy
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.fakes.slack import about, chat, conversations, files, people, views
from tests.fakes.slack.methods import METHODS, Context, Method
from tests.fakes.slack.passes import Addresses, Pace
from tests.fakes.slack.responses import respond
from tests.fakes.slack.socket import Sockets
from tests.fakes.slack.state import APP_TOKEN, BOT_TOKEN, Call, Json, Refused, Workspace
from tests.fakes.slack.troubles import Trouble

FAMILIES: Final = (about, chat, conversations, files, people, views)
"""Imported for what they register."""

_JSON_ARGUMENTS: Final = ("attachments", "blocks", "files", "metadata", "view")


@dataclass
class Server:
    """`broken` are the rules of Slack's that our app broke; `down`: nothing answers."""

    work: Workspace
    context: Context
    addresses: Addresses
    sockets: Sockets
    pace: Pace | None
    calls: list[Call] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    troubles: dict[str, deque[Trouble | None]] = field(default_factory=dict)
    down: bool = False

    def application(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.api),
                web.post("/upload/v1/{token}", self.upload),
                web.post("/respond/{key}", self.respond),
                web.get("/link/", self.sockets.handle),
            ]
        )
        return app

    async def api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments, as_json = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.pop("token", "")
        self.calls.append(Call(name, copy.deepcopy(arguments), self.work.now()))
        trouble = self._trouble(name)
        if trouble and not trouble.after and (answer := await _spoilt(request, trouble)):
            return answer
        try:
            method = self._method(name)
            self._allowed(name, method, token, as_json, arguments)
            if wait := self._paced(name, arguments):
                headers = {"Retry-After": str(wait)}
                return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
            answer_body: Json = {"ok": True, **method.run(self.context, arguments)}
        except Refused as refused:
            answer_body = self._refusal(name, refused)
        if trouble and trouble.after:
            return _cut(request)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.work.scopes))}
        return web.json_response(answer_body, headers=headers)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            return _cut(request)
        content = await _uploaded(request)
        try:
            files.upload(self.work, request.match_info["token"], content)
        except Refused as refused:
            self._refusal("upload", refused)
            return web.Response(status=400, text=refused.code)
        return web.Response(text=f"OK - {len(content)}")

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A `response_url`."""
        body = await request.json()
        self.calls.append(Call("response_url", body, self.work.now()))
        trouble = self._trouble("response_url")
        if trouble and not trouble.after and (answer := await _spoilt(request, trouble)):
            return answer
        try:
            respond(self.work, self.addresses.use(request.match_info["key"]), body)
        except Refused as refused:
            used_up = refused.code in ("used_url", "expired_url")
            return web.json_response(self._refusal("response_url", refused), status=404 if used_up else 400)
        return _cut(request) if trouble and trouble.after else web.Response(text="ok")

    def _trouble(self, name: str) -> Trouble | None:
        if self.down:
            return Trouble(drop=True)
        for key in (name, "*"):
            if waiting := self.troubles.get(key):
                return waiting.popleft()
        return None

    def _method(self, name: str) -> Method:
        if name not in METHODS:
            raise Refused("unknown_method", f"this Slack has no {name}")
        return METHODS[name]

    def _allowed(self, name: str, method: Method, token: str, as_json: bool, arguments: Json) -> None:
        """Raises Refused for a wrong token, a scope that is missing, a body that Slack would not read."""
        if not token:
            raise Refused("not_authed")
        if token not in (BOT_TOKEN, APP_TOKEN):
            raise Refused("invalid_auth")
        if (token == APP_TOKEN) != method.app_token and name != "api.test":
            raise Refused("not_allowed_token_type")
        if self.work.revoked:
            raise Refused("token_revoked")
        if method.scopes and not method.app_token and not self.work.scopes.intersection(method.scopes):
            provided = ",".join(sorted(self.work.scopes))
            raise Refused("missing_scope", needed=",".join(method.scopes), provided=provided)
        if as_json and method.form_only and arguments:
            raise Refused("invalid_arguments", f"{name} reads a form or a query, no JSON")
        missing = [need for need in method.needs if arguments.get(need) in (None, "")]
        if missing:
            raise Refused("invalid_arguments", f"{name} needs {', '.join(missing)}")

    def _paced(self, name: str, arguments: Json) -> int:
        if self.pace is None or name != "chat.postMessage":
            return 0
        return self.pace.take(str(arguments.get("channel")))

    def _refusal(self, name: str, refused: Refused) -> Json:
        if refused.rule:
            self.broken.append(f"{name}: {refused}")
        said = {"response_metadata": {"messages": [f"[ERROR] {refused.rule}"]}} if refused.rule else {}
        return {"ok": False, "error": refused.code, **said, **refused.more}


async def _arguments(request: web.Request) -> tuple[Json, bool]:
    """The arguments as Slack reads them, and whether they came as JSON."""
    found: Json = dict(request.query)
    as_json = request.content_type == "application/json"
    if as_json:
        found |= json.loads(await request.text() or "{}")
    elif request.can_read_body:
        found |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in _JSON_ARGUMENTS:
        if isinstance(found.get(name), str):
            with suppress(ValueError):  # what is no JSON is refused where it is looked at
                found[name] = json.loads(found[name])
    return {key: value for key, value in found.items() if value is not None}, as_json


async def _uploaded(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for field_ in (await request.post()).values():
        if isinstance(field_, web.FileField):
            return field_.file.read()
    return b""


async def _spoilt(request: web.Request, trouble: Trouble) -> web.StreamResponse | None:
    """The answer to a call that comes to nothing; None for one that was only slow."""
    if trouble.seconds:
        await asyncio.sleep(trouble.seconds)
        return None
    if trouble.drop:
        return _cut(request)
    if trouble.text:
        return web.Response(status=trouble.status, text=trouble.text)
    headers = {} if trouble.retry_after is None else {"Retry-After": str(trouble.retry_after)}
    body: Any = {"ok": False, "error": trouble.error}
    return web.json_response(body, status=trouble.status, headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
