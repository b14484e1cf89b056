"""The server: objects with fields, replies below them, and Meta's errors. What is asked against the rules is answered
as Meta does, and stands in `refused`.

developers.facebook.com/docs: graph-api/guides/error-handling, graph-api/guides/secure-requests, instagram-platform
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

ACCOUNT = "kettleco"
PAGE = "1111"
INSTAGRAM = "17841400000000001"
TOKEN = "EAAG-page-token"
APP_SECRET = "app-secret-of-the-kettle"
VERSION = "v23.0"
_MENTIONED = re.compile(r"mentioned_(comment|media)\.(?:comment_id|media_id)\((\d+)\)\{.*\}")


@dataclass
class FakeMeta:
    """`objects` are what can be asked for, by number; `replies` those below an object, the oldest first."""

    url: str = ""
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    mentions: list[Mapping[str, str]] = field(default_factory=list)
    faults: list[Any] = field(default_factory=list)
    after: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    page: int = 100
    _numbers: int = 0

    def error(
        self, status: int, code: int, message: str = "It went wrong", sub: int | None = None
    ) -> web.Response:
        self.refused.append(f"{code}: {message}")
        said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
        if sub is not None:
            said["error_subcode"] = sub
        return web.json_response({"error": said}, status=status)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        form = dict(await request.post()) if request.method == "POST" else dict(request.query)
        proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
        if request.method == "POST" and request.query:
            return self.error(400, 100, "what is posted belongs into the body")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self.error(400, 190, "Error validating access token")
        if form.pop("appsecret_proof", None) != proof:
            return self.error(400, 100, "Invalid appsecret_proof provided in the API argument")
        if self.faults and (fault := self.faults.pop(0)) is not None:
            return self._fault(request, fault)
        version, number, *edge = request.path.strip("/").split("/")
        if version != VERSION:
            return self.error(400, 2500, f"Unknown version {version}")
        return self._answer(request, number, edge[0] if edge else "", form)

    def _fault(self, request: web.Request, fault: Any) -> web.Response:
        if fault == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return self.error(**fault) if "code" in fault else web.Response(**fault)

    def _answer(self, request: web.Request, number: str, edge: str, form: dict[str, Any]) -> web.Response:
        match request.method, edge:
            case "GET", "" if number in (PAGE, INSTAGRAM) and form["fields"] == "id":
                return web.json_response({"id": number})
            case "GET", "" if number == INSTAGRAM:
                found = _MENTIONED.fullmatch(form["fields"])
                if found is None or found[2] not in self.objects:
                    return self.error(400, 100, "Unsupported get request", 33)
                return web.json_response({f"mentioned_{found[1]}": self.objects[found[2]], "id": number})
            case "GET", "" if number in self.objects:
                return web.json_response({**self.objects[number], "id": number})
            case "GET", "comments" | "replies" if number in self.objects:
                return self._page(number, edge, form)
            case "POST", "comments" | "replies" if number in self.objects:
                return self._made(request, number, edge, str(form["message"]))
            case "POST", "mentions" if number == INSTAGRAM and form.get("media_id"):
                self.mentions.append({name: str(value) for name, value in form.items()})
                return web.json_response({"id": "88"})
            case _:
                return self.error(400, 100, "Object with ID does not exist or is not loadable", 33)

    def _page(self, number: str, edge: str, form: Mapping[str, Any]) -> web.Response:
        every = self.replies.get(number, [])
        if edge == "comments":
            assert form["order"] == "reverse_chronological"
            every = every[::-1]
        start, size = int(form.get("after", 0)), min(self.page, int(form["limit"]))
        paging: dict[str, Any] = {"cursors": {"after": str(start + size)}}
        if every[start + size :]:
            paging["next"] = "https://graph.facebook.com/next"
        return web.json_response({"data": every[start : start + size], "paging": paging})

    def _made(self, request: web.Request, number: str, edge: str, message: str) -> web.Response:
        self._numbers += 1
        made = f"{number}_{self._numbers}"
        if edge == "comments":
            one: dict[str, Any] = {
                "id": made,
                "message": message,
                "from": {"id": PAGE, "name": "Kettle & Co"},
            }
        else:
            one = {"id": made, "text": message, "username": ACCOUNT}
        self.replies.setdefault(number, []).append(one)
        if self.after and (fault := self.after.pop(0)) is not None:
            return self._fault(request, fault)
        return web.json_response({"id": made})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeMeta]:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self.handle)
        server = TestServer(app)
        await server.start_server()
        self.url = str(server.make_url("")).rstrip("/")
        try:
            yield self
        finally:
            await server.close()
