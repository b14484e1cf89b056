"""An AppView: profiles, at most twenty-five at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


class FakeAppView:
    """`profiles` by DID; `troubles` are what the next calls are answered instead."""

    def __init__(self) -> None:
        self.url = ""
        self.profiles: dict[str, dict[str, Any]] = {}
        self.troubles: list[web.HTTPException] = []
        self.asked: list[list[str]] = []

    def knows(self, did: str, handle: str, name: str = "", followers: int = 0, bio: str = "") -> None:
        self.profiles[did] = {
            "did": did,
            "handle": handle,
            "displayName": name,
            "description": bio,
            "followersCount": followers,
        }

    async def get_profiles(self, request: web.Request) -> web.Response:
        actors = request.query.getall("actors")
        self.asked.append(actors)
        if self.troubles:
            raise self.troubles.pop(0)
        if len(actors) > 25:
            return web.json_response({"error": "InvalidRequest", "message": "too many actors"}, status=400)
        found = [self.profiles[did] for did in actors if did in self.profiles]
        return web.json_response({"profiles": found})

    async def resolve(self, request: web.Request) -> web.Response:
        handle = request.query["handle"]
        found = [did for did, profile in self.profiles.items() if profile["handle"] == handle]
        if not found:
            error = {"error": "InvalidRequest", "message": "Unable to resolve handle"}
            return web.json_response(error, status=400)
        return web.json_response({"did": found[0]})

    async def list_records(self, request: web.Request) -> web.Response:
        assert request.query["collection"] == "app.bsky.feed.post"
        return web.json_response({"records": []})

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FakeAppView]:
        app = web.Application()
        app.add_routes(
            [
                web.get("/xrpc/app.bsky.actor.getProfiles", self.get_profiles),
                web.get("/xrpc/com.atproto.identity.resolveHandle", self.resolve),
                web.get("/xrpc/com.atproto.repo.listRecords", self.list_records),
            ]
        )
        async with TestServer(app) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self
