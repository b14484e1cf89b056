"""The server. What is asked against X's rules is answered as X does, and stands in `refused`.

docs.x.com/x-api: filtered stream, recent search, manage posts, webhooks; RFC 5849 for what our account signs.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from oauthlib.common import Request
from oauthlib.oauth1.rfc5849 import signature as rfc5849

ACCOUNT = "kettleco"
ME = "900"
FIELDS = {"created_at", "author_id", "conversation_id", "referenced_tweets", "entities", "lang"}
_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Keys:
    BEARER = "app-bearer"
    CONSUMER = "consumer-key"
    CONSUMER_SECRET = "consumer-secret-of-the-app"
    TOKEN = "900-access-token"
    TOKEN_SECRET = "access-secret-of-the-account"


def post_id(at: datetime, number: int = 0) -> str:
    return str((int(at.timestamp() * 1000) - 1_288_834_974_657 << 22) + number)


def signature(body: bytes, secret: str = Keys.CONSUMER_SECRET) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class FakeX:
    now: datetime
    url: str = ""
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    page: int = 100
    enterprise: bool = False
    _streams: list[asyncio.Queue[bytes | None]] = field(default_factory=list)
    _numbers: int = 0
    _somebody: asyncio.Event = field(default_factory=asyncio.Event)

    # -- what happens at X -----------------------------------------------------------------------------

    def writes(self, text: str, by: str = "ana_writes", *, silently: bool = False, **more: Any) -> str:
        """Somebody posts; the number of the post. `silently`: streams miss it."""
        self._numbers += 1
        at = self.now + timedelta(seconds=self._numbers)
        number = more.pop("id", None) or post_id(at, self._numbers)
        user = self.users.setdefault(
            by,
            {
                "id": ME if by == ACCOUNT else str(1000 + len(self.users)),
                "username": by,
                "name": by.title(),
                "description": "writes",
                "public_metrics": {"followers_count": 120},
            },
        )
        called = [{"username": name, "id": "1"} for name in re.findall(r"@(\w+)", text)]
        self.posts[number] = {
            "id": number,
            "text": text,
            "author_id": user["id"],
            "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "conversation_id": number,
            "edit_history_tweet_ids": [number],
            "lang": "en",
            "entities": {"mentions": called},
            **more,
        }
        if not silently:
            for stream in self._streams:
                if self._matching(self.posts[number]):
                    stream.put_nowait(self.line(number))
        return number

    def says(self, line: bytes) -> None:
        for stream in self._streams:
            stream.put_nowait(line)

    def hangs_up(self) -> None:
        for stream in self._streams:
            stream.put_nowait(None)

    @property
    def listeners(self) -> int:
        return len(self._streams)

    async def listened_to(self) -> None:
        while not self._streams:
            self._somebody.clear()
            await self._somebody.wait()

    def line(self, number: str) -> bytes:
        return json.dumps(self.event(number)).encode() + b"\r\n"

    def event(self, number: str) -> dict[str, Any]:
        post = self.posts[number]
        return {"data": post, "includes": self._includes([post]), "matching_rules": [{"id": "1", "tag": "t"}]}

    def _includes(self, posts: list[dict[str, Any]]) -> dict[str, Any]:
        others = [
            self.posts[each["id"]]
            for post in posts
            for each in post.get("referenced_tweets", ())
            if each["id"] in self.posts
        ]
        ids = {post["author_id"] for post in (*posts, *others)}
        return {"users": [user for user in self.users.values() if user["id"] in ids], "tweets": others}

    def _author(self, post: dict[str, Any]) -> str:
        return next(name for name, user in self.users.items() if user["id"] == post["author_id"])

    def _matching(self, post: dict[str, Any]) -> bool:
        return any(self._matches(rule["value"], post) for rule in self.rules.values())

    def _matches(self, rule: str, post: dict[str, Any]) -> bool:
        """As much of X's language as is asked here: (a OR b) -c -from:d -is:retweet."""
        found = re.fullmatch(r"\((.*?)\)((?: -\S+| -\"[^\"]*\")*)", rule)
        assert found, f"not a rule: {rule}"
        text, author = post["text"].lower(), self._author(post).lower()

        def holds(term: str) -> bool:
            term = term.lower()
            if term.startswith("from:"):
                return author == term[5:]
            if term == "is:retweet":
                return any(each["type"] == "retweeted" for each in post.get("referenced_tweets", ()))
            return term.strip('"') in text

        unwanted = re.findall(r' -("[^"]*"|\S+)', found[2])
        return any(map(holds, found[1].split(" OR "))) and not any(map(holds, unwanted))

    # -- what is asked -----------------------------------------------------------------------------

    def _fault(self, request: web.Request) -> web.Response | None:
        self.asked.append(f"{request.method} {request.path}")
        waiting = self.faults.get(f"{request.method} {request.path}")
        if not waiting:
            return None
        fault = waiting.pop(0)
        if fault == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(**fault) if isinstance(fault, dict) else None

    def _no(self, status: int, title: str, detail: str) -> web.Response:
        self.refused.append(detail)
        return web.json_response({"title": title, "detail": detail, "status": status}, status=status)

    def _app(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") != f"Bearer {Keys.BEARER}":
            return self._no(401, "Unauthorized", "Unauthorized")
        return self._fault(request)

    def _us(self, request: web.Request) -> web.Response | None:
        header = request.headers.get("Authorization", "")
        url = str(request.url)
        signed: Any = Request(
            url, "POST" if request.method == "POST" else "GET", None, {"Authorization": header}
        )
        params = rfc5849.collect_parameters(
            request.url.raw_query_string, "", {"Authorization": header}, False
        )
        signed.params = [(name, value) for name, value in params if name != "oauth_signature"]
        signed.signature = dict(params).get("oauth_signature", "")
        said = dict(params)
        known = (said.get("oauth_consumer_key"), said.get("oauth_token")) == (Keys.CONSUMER, Keys.TOKEN)
        if not known or not rfc5849.verify_hmac_sha1(signed, Keys.CONSUMER_SECRET, Keys.TOKEN_SECRET):
            return self._no(401, "Unauthorized", "Unauthorized")
        return self._fault(request)

    async def get_rules(self, request: web.Request) -> web.StreamResponse:
        data = [{"id": number, **rule} for number, rule in self.rules.items()]
        return self._app(request) or web.json_response({"data": data, "meta": {"sent": "now"}})

    async def post_rules(self, request: web.Request) -> web.StreamResponse:
        if (no := self._app(request)) is not None:
            return no
        change = await request.json()
        errors = []
        for rule in change.get("add", ()):
            if len(rule["value"]) > 512:
                errors.append({"title": "UnprocessableEntity", "details": ["Rule is too long"]})
            elif any(rule["value"] == known["value"] for known in self.rules.values()):
                errors.append({"title": "DuplicateRule", "value": rule["value"]})
            else:
                self._numbers += 1
                self.rules[str(self._numbers)] = {"value": rule["value"], "tag": rule["tag"]}
        for number in change.get("delete", {}).get("ids", ()):
            del self.rules[number]
        return web.json_response({"meta": {}, **({"errors": errors} if errors else {})}, status=201)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        if (no := self._app(request)) is not None:
            return no
        if self._streams:
            return self._no(
                429,
                "ConnectionException",
                "This stream is currently at the maximum allowed connection limit.",
            )
        if FIELDS - set(request.query.get("tweet.fields", "").split(",")):
            return self._no(400, "Invalid Request", "fields are missing")
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._streams.append(queue)
        self._somebody.set()
        try:
            await response.write(b"\r\n")
            while (line := await queue.get()) is not None:
                await response.write(line)
        except ConnectionError:
            pass
        finally:
            self._streams.remove(queue)
        return response

    async def recent(self, request: web.Request) -> web.StreamResponse:
        if (no := self._app(request)) is not None:
            return no
        query, since = request.query["query"], int(request.query["since_id"])
        if len(query) > 512:
            return self._no(400, "Invalid Request", "query is longer than 512")
        if since < int(post_id(self.now - timedelta(days=7))):
            return self._no(400, "Invalid Request", "'since_id' must be a tweet id created after 7 days ago")
        found = [
            post for post in self.posts.values() if int(post["id"]) > since and self._matches(query, post)
        ]
        found.sort(key=lambda post: -int(post["id"]))
        start = int(request.query.get("next_token", "0"))
        size = min(self.page, int(request.query["max_results"]))
        data = found[start : start + size]
        meta = {
            "result_count": len(data),
            **({"next_token": str(start + size)} if found[start + size :] else {}),
        }
        return web.json_response({"data": data, "includes": self._includes(data), "meta": meta})

    async def create(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if (no := self._us(request)) is not None:
            return no
        number = body["reply"]["in_reply_to_tweet_id"]
        target = self.posts.get(number)
        if target is None or number in self.gone:
            return self._no(
                403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."
            )
        called = any(each["username"] == ACCOUNT for each in target["entities"]["mentions"])
        if not called and not self.enterprise:
            return self._no(
                403,
                "Forbidden",
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by"
                " the author of the post you are replying to.",
            )
        if any(
            post["text"] == body["text"] and self._author(post) == ACCOUNT for post in self.posts.values()
        ):
            return self._no(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        made = self.writes(
            body["text"], by=ACCOUNT, referenced_tweets=[{"type": "replied_to", "id": number}], silently=True
        )
        after = self.faults.get("after", [])
        if after and (fault := after.pop(0)) is not None:
            if fault == "drop":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            return web.Response(**fault)
        return web.json_response({"data": {"id": made, "text": body["text"]}}, status=201)

    async def me(self, request: web.Request) -> web.StreamResponse:
        return self._us(request) or web.json_response(
            {"data": {"id": ME, "username": ACCOUNT, "name": "Kettle"}}
        )

    async def timeline(self, request: web.Request) -> web.StreamResponse:
        if (no := self._us(request)) is not None:
            return no
        if request.match_info["id"] != ME or not _START.fullmatch(request.query.get("start_time", "")):
            return self._no(400, "Invalid Request", "start_time must be RFC 3339 with seconds")
        start = datetime.fromisoformat(request.query["start_time"].replace("Z", "+00:00")).astimezone(UTC)
        data = [
            post
            for post in self.posts.values()
            if post["author_id"] == ME
            and datetime.fromisoformat(post["created_at"].replace("Z", "+00:00")) >= start
        ]
        return web.json_response({"data": data, "meta": {"result_count": len(data)}})

    async def unknown(self, request: web.Request) -> web.StreamResponse:
        return self._no(404, "Not Found", f"unknown: {request.method} {request.path}")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeX]:
        app = web.Application()
        rules = "/2/tweets/search/stream/rules"
        app.router.add_get(rules, self.get_rules)
        app.router.add_post(rules, self.post_rules)
        app.router.add_get("/2/tweets/search/stream", self.stream)
        app.router.add_get("/2/tweets/search/recent", self.recent)
        app.router.add_post("/2/tweets", self.create)
        app.router.add_get("/2/users/me", self.me)
        app.router.add_get("/2/users/{id}/tweets", self.timeline)
        app.router.add_route("*", "/{rest:.*}", self.unknown)
        server = TestServer(app)
        await server.start_server()
        self.url = str(server.make_url("")).rstrip("/")
        try:
            yield self
        finally:
            self.hangs_up()
            await server.close()
