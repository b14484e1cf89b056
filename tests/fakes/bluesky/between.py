"""A bad line to a good server: what passes goes on to it, unless the test has planned a trouble for that method."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

_KEPT: Final = ("Authorization", "Content-Type")


class Trouble(StrEnum):
    """What happens to one call."""

    LOST = "the call never arrives"
    UNANSWERED = "the call arrives, its answer does not"
    BROKEN = "500"
    BUSY = "429"
    NONSENSE = "200, and no JSON"


class Between:
    """Stands before the server at `behind`; `calls` counts what it was asked, by method."""

    def __init__(self, http: ClientSession, behind: str) -> None:
        self._http, self._behind = http, behind
        self.url = ""
        self.calls: Counter[str] = Counter()
        self.planned: dict[str, list[Trouble]] = {}
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        """What a method that the server behind does not have answers."""

    def plans(self, method: str, *troubles: Trouble) -> None:
        self.planned.setdefault(method, []).extend(troubles)

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.calls[method] += 1
        if method in self.answers:
            status, said = self.answers[method]
            return web.json_response(said, status=status)
        trouble = self.planned[method].pop(0) if self.planned.get(method) else None
        match trouble:
            case Trouble.LOST:
                return await self._hang_up(request)
            case Trouble.BROKEN:
                return web.json_response({"error": "InternalServerError"}, status=500)
            case Trouble.BUSY:
                body = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
                return web.json_response(body, status=429, headers={"Retry-After": "77"})
            case Trouble.NONSENSE:
                return web.Response(body=b"<html>\xff")
        answer = await self._forward(request)
        return await self._hang_up(request) if trouble is Trouble.UNANSWERED else answer

    async def _forward(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
        url = f"{self._behind}{request.path_qs}"
        sent = await request.read()
        async with self._http.request(request.method, url, data=sent or None, headers=headers) as answer:
            passed = {name: value for name, value in answer.headers.items() if name.startswith("RateLimit")}
            return web.Response(
                body=await answer.read(),
                status=answer.status,
                headers=passed,
                content_type=answer.content_type,
            )

    @staticmethod
    async def _hang_up(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        await asyncio.sleep(0)
        return web.Response()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Between]:
        app = web.Application()
        app.router.add_route("*", "/xrpc/{method}", self.pass_on)
        async with TestServer(app) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self
