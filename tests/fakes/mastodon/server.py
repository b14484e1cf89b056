"""The HTTP side of a fake Mastodon server: it checks the token of every call, and fails on calls it does not know."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.fakes.mastodon.book import OURS, TOKEN, Book, Ways

_TAGS: Final = re.compile(r"#\w+")
Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """`method` and the end of a path; `status` 0 drops the connection, before or `after` it was done."""

    method: str
    path: str
    status: int = 0
    after: bool = False
    body: str = '{"error": "trouble"}'
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


@dataclass
class FakeMastodon:
    book: Book
    ways: Ways
    token: str = TOKEN
    url: str = ""
    asked: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    streams: list[asyncio.Queue[tuple[str, Any] | None]] = field(default_factory=list)
    silent: bool = False
    """A stream that is open and tells nothing."""

    _keys: dict[str, str] = field(default_factory=dict)

    # -- streaming ---------------------------------------------------------------------------------

    def tell(self, name: str, payload: Any) -> None:
        for queue in () if self.silent else self.streams:
            queue.put_nowait((name, payload))

    def hang_up(self) -> None:
        for queue in self.streams:
            queue.put_nowait(None)

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket" or not self.ways.websocket:
            return _error(404, "Not found")
        header = self.ways.header and request.headers.get("Authorization") == f"Bearer {self.token}"
        if not header and request.query.get("access_token") != self.token:
            return _error(401, "The access token is invalid")
        assert request.query.get("stream") == "user"
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for name, payload in self._told():
            said = payload if isinstance(payload, str) else json.dumps(payload)
            if socket.closed:
                break
            await socket.send_str(json.dumps({"stream": ["user"], "event": name, "payload": said}))
        await socket.close()
        return socket

    async def events(self, request: web.Request) -> web.StreamResponse:
        if not self.ways.events:
            return _error(404, "Not found")
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await stream.write(b":)\n")
        async for name, payload in self._told():
            said = payload if isinstance(payload, str) else json.dumps(payload)
            raw = f"event: {name}\ndata: {said}\n\n".encode()
            # Networks cut where they like.
            await stream.write(raw[: len(raw) // 2])
            await asyncio.sleep(0)
            await stream.write(raw[len(raw) // 2 :])
        return stream

    async def _told(self) -> AsyncIterator[tuple[str, Any]]:
        queue: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        self.streams.append(queue)
        try:
            while (told := await queue.get()) is not None:
                yield told
        finally:
            self.streams.remove(queue)

    # -- asking ------------------------------------------------------------------------------------

    async def newest_instance(self, request: web.Request) -> web.StreamResponse:
        if not self.ways.newest_instance:
            return _error(404, "Not found")
        said: dict[str, Any] = {"urls": {}, "statuses": {}}
        if self.ways.websocket or self.ways.events:
            said["urls"]["streaming"] = self.url.replace("http", "ws")
        if self.ways.longest:
            said["statuses"]["max_characters"] = self.ways.longest
        return web.json_response({"domain": self.book.domain, "configuration": said})

    async def older_instance(self, request: web.Request) -> web.StreamResponse:
        said: dict[str, Any] = {"uri": self.book.domain, "urls": {}}
        if self.ways.longest:
            said["max_toot_chars"] = self.ways.longest
        return web.json_response(said)

    async def me(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.book.us)

    async def application(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"name": "Baton", "scopes": list(self.ways.scopes)})

    async def notifications(self, request: web.Request) -> web.StreamResponse:
        wanted = request.query.getall("types[]", [])
        assert wanted, "it would bring everything"
        return self._page(request, [one for one in self.book.notifications if one["type"] in wanted])

    async def own(self, request: web.Request) -> web.StreamResponse:
        if not self.ways.own_posts:
            return _error(404, "Not found")
        assert request.match_info["id"] == self.book.us["id"]
        return self._page(request, [s for s in self.book.posts.values() if s["account"] is self.book.us])

    async def tag(self, request: web.Request) -> web.StreamResponse:
        tag = f"#{request.match_info['tag']}".lower()
        public = self._public(local=False)
        return self._page(request, [s for s in public if tag in map(str.lower, _TAGS.findall(s["content"]))])

    async def public(self, request: web.Request) -> web.StreamResponse:
        return self._page(request, self._public(local=request.query.get("local") == "true"))

    async def search(self, request: web.Request) -> web.StreamResponse:
        assert request.query["type"] == "statuses"
        words, start = request.query["q"].strip('"').lower(), int(request.query.get("offset", "0"))
        found = [s for s in self._public(local=False) if words in s["content"].lower()][::-1]
        shown = found[start : start + int(request.query["limit"])] if self.ways.full_text else []
        return web.json_response({"accounts": [], "statuses": shown, "hashtags": []})

    def _public(self, *, local: bool) -> list[dict[str, Any]]:
        posts = (s for s in self.book.posts.values() if s["visibility"] == "public")
        return [s for s in posts if not local or "@" not in s["account"]["acct"]]

    def _page(self, request: web.Request, items: list[dict[str, Any]]) -> web.StreamResponse:
        """`items` are oldest first, pages newest first."""
        limit = int(request.query["limit"])
        assert 0 < limit <= 40
        ids = [item.get("id") for item in items]
        low, high = request.query.get("min_id"), request.query.get("max_id")
        if low is not None and self.ways.min_id:
            page = items[ids.index(low) + 1 if low in ids else 0 :][:limit]
        else:
            page = items[: ids.index(high) if high is not None and high in ids else len(items)][-limit:]
        page = page[::-1]
        links = {}
        if page and self.ways.links:
            here = f"{self.url}{request.path}?limit={limit}"
            older, newer = f"{here}&max_id={page[-1].get('id')}", f"{here}&min_id={page[0].get('id')}"
            links["Link"] = f'<{older}>; rel="next", <{newer}>; rel="prev"'
        return web.json_response(page, headers=links)

    async def status(self, request: web.Request) -> web.StreamResponse:
        found = self.book.posts.get(request.match_info["id"])
        return web.json_response(found) if found else _error(404, "Record not found")

    async def context(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["id"]
        if number not in self.book.posts:
            return _error(404, "Record not found")
        return web.json_response(
            {"ancestors": self.book.above(number), "descendants": self.book.below(number)}
        )

    async def publish(self, request: web.Request) -> web.StreamResponse:
        form = {key: str(value) for key, value in (await request.post()).items()}
        key = request.headers["Idempotency-Key"]
        if self.ways.idempotent and key in self._keys:
            return web.json_response(self.book.posts[self._keys[key]])
        if form["in_reply_to_id"] not in self.book.posts:
            return _error(404, "The post you are trying to reply to does not appear to exist.")
        if len(form["status"]) > (self.ways.longest or 500):
            return _error(422, "Validation failed: Text character limit of <500> exceeded")
        assert form["visibility"] in ("public", "unlisted", "private", "direct")
        self.sent.append(form)
        # Servers show a name without its server, and write a link's beginning where nobody sees it.
        shown = re.sub(r"@(\w+)@[\w.]+", r"<span>@<span>\1</span></span>", html.escape(form["status"]))
        shown = re.sub(r"https?://(\S+)", r'<a href="\g<0>"><span>\1</span></a>', shown)
        number = self.book.post(
            form["status"], by=OURS, to=form["in_reply_to_id"], visibility=form["visibility"]
        )
        self.book.posts[number] |= {"content": f"<p>{shown}</p>", "language": form.get("language")}
        self._keys[key] = number
        return web.json_response(self.book.posts[number])

    # -- the door ----------------------------------------------------------------------------------

    @web.middleware
    async def door(self, request: web.Request, handler: Answers) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        for fault in self.faults:
            if fault.times and request.method == fault.method and request.path.endswith(fault.path):
                fault.times -= 1
                if fault.after:
                    await handler(request)
                if fault.status:
                    headers = {"Content-Type": "application/json", **fault.headers}
                    return web.Response(status=fault.status, text=fault.body, headers=headers)
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
        signed = request.headers.get("Authorization") == f"Bearer {self.token}"
        if not signed and not request.path.endswith("/streaming"):
            return _error(401, "The access token is invalid")
        answer = await handler(request)
        if self.ways.allowance is not None and not answer.prepared:
            left = max(0, self.ways.allowance - len(self.asked))
            reset = int(self.book.now().timestamp()) + 300
            limits = {"Limit": "300", "Remaining": str(left), "Reset": str(reset)}
            answer.headers.update({f"X-RateLimit-{name}": value for name, value in limits.items()})
        return answer

    async def nobody_knows(self, request: web.Request) -> web.StreamResponse:
        self.unknown.append(f"{request.method} {request.path_qs}")
        return _error(404, "Not found")

    def application_(self) -> web.Application:
        app = web.Application(middlewares=[self.door])
        get = app.router.add_get
        get("/api/v1/streaming", self.websocket)
        get("/api/v1/streaming/user", self.events)
        get("/api/v2/instance", self.newest_instance)
        get("/api/v1/instance", self.older_instance)
        get("/api/v1/accounts/verify_credentials", self.me)
        get("/api/v1/apps/verify_credentials", self.application)
        get("/api/v1/notifications", self.notifications)
        get("/api/v1/accounts/{id}/statuses", self.own)
        get("/api/v1/timelines/tag/{tag}", self.tag)
        get("/api/v1/timelines/public", self.public)
        get("/api/v2/search", self.search)
        get("/api/v1/statuses/{id}", self.status)
        get("/api/v1/statuses/{id}/context", self.context)
        app.router.add_post("/api/v1/statuses", self.publish)
        app.router.add_route("*", "/{anything:.*}", self.nobody_knows)
        return app


def _error(status: int, said: str) -> web.Response:
    return web.json_response({"error": said}, status=status)


@asynccontextmanager
async def serving(book: Book, ways: Ways) -> AsyncIterator[FakeMastodon]:
    """On loopback, until the block is left; then nothing may have been asked that no such server knows."""
    fake = FakeMastodon(book, ways)
    book.tell = fake.tell
    runner = web.AppRunner(fake.application_(), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        fake.hang_up()
        await runner.cleanup()
    assert not fake.unknown
