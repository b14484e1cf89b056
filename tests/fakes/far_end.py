"""The far end of a source: a server that speaks as a network does, refuses what it does not know, and breaks when told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


class Fault(StrEnum):
    """What may go wrong, at the next request or after it."""

    ERROR = "error"
    BUSY = "busy"
    DROPPED = "dropped"
    NONSENSE = "nonsense"
    WRONG_SHAPE = "wrong shape"
    ENDLESS = "endless"
    CUT_SHORT = "cut short"
    LOST_ANSWER = "lost answer"
    """It did what it was asked, and nobody hears of it."""
    ERROR_AFTER = "error after"
    """It did what it was asked, and says that it failed."""


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class FarEnd:
    """`faults` are what the next requests meet, None where all is well; `wrong` what was asked against the network's rules, which a test must
    find empty; `asked` every request."""

    faults: deque[Fault | None] = field(default_factory=deque)
    wrong: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    answers_in: float = 0

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Any]:
        app = web.Application(middlewares=[self._around()])
        app.add_routes(self.routes())
        server = TestServer(app)
        await server.start_server()
        self.url = str(server.make_url("")).rstrip("/")
        try:
            yield self
        finally:
            await server.close()
        assert not self.wrong, self.wrong

    def against(self, what: str, status: int = 400) -> web.Response:
        """Asked against the rules."""
        self.wrong.append(what)
        return web.json_response({"error": what}, status=status)

    def _around(self) -> Any:
        @web.middleware
        async def around(request: web.Request, handler: Any) -> web.StreamResponse:
            kind = request.content_type
            body = (
                await request.json()
                if kind == "application/json"
                else dict(await request.post())
                if request.method == "POST"
                else None
            )
            asked = Asked(request.method, request.path, dict(request.query), dict(request.headers), body)
            self.asked.append(asked)
            fault = self.faults.popleft() if self.faults else None
            if fault is not None and fault not in (Fault.LOST_ANSWER, Fault.ERROR_AFTER, Fault.CUT_SHORT):
                return self._broken(request, fault)
            await asyncio.sleep(self.answers_in)
            try:
                answer: web.StreamResponse = await handler(request)
            except web.HTTPNotFound:
                return self.against(f"nobody knows {request.method} {request.path}", 404)
            if fault is Fault.ERROR_AFTER:
                return web.Response(status=503, text="upstream connect error")
            if fault is not None:
                self._drop(request)
            return answer

        return around

    def _broken(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        match fault:
            case Fault.ERROR:
                return web.Response(status=500, text="<html>Whoa there</html>")
            case Fault.BUSY:
                return web.Response(status=429, headers={"Retry-After": "77"})
            case Fault.NONSENSE:
                return web.Response(body=b'\xff\xfe{"data": [', content_type="application/json")
            case Fault.WRONG_SHAPE:
                return web.Response(
                    body=b'[null, 7, {"data": "x", "hits": 3}]', content_type="application/json"
                )
            case Fault.ENDLESS:
                return web.Response(body=b"<rss>" + b" " * 9_000_000)
        self._drop(request)
        return web.Response()

    def _drop(self, request: web.Request) -> None:
        if request.transport is not None:
            request.transport.abort()
