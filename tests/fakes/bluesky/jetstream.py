"""A Jetstream server: the real shapes, cursors that are inclusive times, filters by collection, and broken lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.bluesky.shapes import POSTS, Json, commit, post_record

_KNOWN: Final = {
    "wantedCollections",
    "wantedDids",
    "cursor",
    "maxMessageSizeBytes",
    "compress",
    "requireHello",
}
LOOKBACK: Final = 36 * 3600 * 1_000_000


class FakeJetstream:
    """`says` whatever a test wants; keeps it, so that who comes with a cursor hears it again."""

    def __init__(self) -> None:
        self.url = ""
        self.log: list[tuple[int, str, bytes]] = []
        """(time_us, collection, message)"""
        self.asked: list[dict[str, list[str]]] = []
        self.refusals: list[web.HTTPException] = []
        """What the next who come are answered instead."""
        self._listeners: dict[asyncio.Queue[bytes | None], set[str]] = {}
        self._now = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1_000_000)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def tick(self) -> int:
        self._now += 1_000_000
        return self._now

    def posts(self, did: str, text: str, rkey: str, **more: Any) -> Json:
        """A new post: its uri and cid."""
        at = self.tick()
        said = commit(did, at, "create", POSTS, rkey, post_record(text, at, **more))
        self.says(said)
        return {"uri": f"at://{did}/{POSTS}/{rkey}", "cid": said["commit"]["cid"]}

    def edits(self, did: str, text: str, rkey: str) -> None:
        at = self.tick()
        self.says(commit(did, at, "update", POSTS, rkey, post_record(text, at)))

    def deletes(self, did: str, rkey: str) -> None:
        self.says(commit(did, self.tick(), "delete", POSTS, rkey, None))

    def renames(self, did: str, handle: str) -> None:
        at = self.tick()
        identity = {"did": did, "handle": handle, "seq": at, "time": "2026-03-02T09:00:00Z"}
        self.says({"did": did, "time_us": at, "kind": "identity", "identity": identity})

    def says(self, message: Json) -> None:
        collection = message["commit"]["collection"] if message["kind"] == "commit" else ""
        self.says_raw(message["time_us"], collection, json.dumps(message, ensure_ascii=False).encode())

    def says_raw(self, at: int, collection: str, raw: bytes) -> None:
        self.log.append((at, collection, raw))
        for queue, wanted in self._listeners.items():
            if not collection or collection in wanted:
                queue.put_nowait(raw)

    def drops_everybody(self) -> None:
        for queue in self._listeners:
            queue.put_nowait(None)

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        unknown = set(request.query) - _KNOWN
        assert not unknown, f"Jetstream knows no {unknown}"
        self.asked.append({key: request.query.getall(key) for key in request.query})
        if self.refusals:
            raise self.refusals.pop(0)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        wanted = set(request.query.getall("wantedCollections", []))
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        for raw in self._since(request.query.get("cursor"), wanted):
            queue.put_nowait(raw)
        self._listeners[queue] = wanted
        try:
            await self._send(socket, queue)
        finally:
            del self._listeners[queue]
        return socket

    def _since(self, cursor: str | None, wanted: set[str]) -> Iterable[bytes]:
        if cursor is None:
            return ()
        start = max(int(cursor), self._now - LOOKBACK)
        return [
            raw
            for at, collection, raw in self.log
            if at >= start and (not collection or collection in wanted)
        ]

    async def _send(self, socket: web.WebSocketResponse, queue: asyncio.Queue[bytes | None]) -> None:
        listening = asyncio.create_task(self._until_closed(socket, queue))
        try:
            while (raw := await queue.get()) is not None:
                with suppress(ConnectionError):
                    await socket.send_frame(raw, _TEXT)
            if not socket.closed and socket._req is not None and socket._req.transport is not None:
                # As a line breaks: without a word.
                socket._req.transport.abort()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    @staticmethod
    async def _until_closed(socket: web.WebSocketResponse, queue: asyncio.Queue[bytes | None]) -> None:
        async for _ in socket:
            pass
        queue.put_nowait(None)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FakeJetstream]:
        app = web.Application()
        app.add_routes([web.get("/subscribe", self.subscribe)])
        async with TestServer(app) as server:
            self.url = str(server.make_url("")).rstrip("/")
            try:
                yield self
            finally:
                self.drops_everybody()


_TEXT: Final = web.WSMsgType.TEXT
