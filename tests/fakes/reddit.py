"""Reddit's API: reddit.com/dev/api. OAuth, listings with anchors, limits that are counted, comments that may be refused.

An `after` or `before` whose post was deleted answers an empty list, as Reddit's does.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fakes.far_end import FarEnd

CLIENT, SECRET, USER, PASSWORD, REFRESH = "client-1", "s3cret", "KettleHelp", "hunter2hunter2", "refresh-1"
_AGENT = re.compile(r"\S+:\S+:v\S+ \(by /u/KettleHelp\)")
_LIST = {"limit", "after", "before", "raw_json", "mark", "q", "sort", "t", "type", "count"}


@dataclass
class FakeReddit(FarEnd):
    """`things` by fullname, in the order they were written; `inbox` the fullnames that reached us. `now` is asked."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    inbox: list[str] = field(default_factory=list)
    refuses: list[list[str]] = field(default_factory=list)
    forbids: int = 0
    wait: float | None = None
    password: str = PASSWORD
    left: float = 500.0
    reset: int = 300
    at: Any = None
    signed_in: int = 0
    tokens: set[str] = field(default_factory=set)
    hides_new_from_listing: bool = False

    # -- what people do ------------------------------------------------------------------------------

    def posts(self, id_: str, title: str, *, by: str = "ann", subreddit: str = "coffee", **more: Any) -> str:
        at = more.pop("at", None) or self.at()
        self.things[f"t3_{id_}"] = {
            "name": f"t3_{id_}", "id": id_, "title": title, "selftext": "", "is_self": True, "author": by,
            "subreddit": subreddit, "created_utc": at.timestamp(), "edited": False, "locked": False, "archived": False,
            "removed_by_category": None, "permalink": f"/r/{subreddit}/comments/{id_}/x/", "num_comments": 0,
            "url": f"https://www.reddit.com/r/{subreddit}/comments/{id_}/x/", "author_fullname": "t2_1", **more,
        }  # fmt: skip
        return f"t3_{id_}"

    def comments(
        self, id_: str, body: str, below: str, *, by: str = "ann", inbox: bool = False, **more: Any
    ) -> str:
        at, above = more.pop("at", None) or self.at(), self.things[below]
        root = above.get("link_id") or below
        subreddit = above["subreddit"]
        self.things[f"t1_{id_}"] = {
            "name": f"t1_{id_}", "id": id_, "body": body, "author": by, "subreddit": subreddit, "link_id": root,
            "parent_id": below, "created_utc": at.timestamp(), "edited": False, "locked": False, "archived": False,
            "permalink": f"/r/{subreddit}/comments/{root[3:]}/x/{id_}/", "author_fullname": "t2_1", **more,
        }  # fmt: skip
        if inbox:
            self.inbox.append(f"t1_{id_}")
        return f"t1_{id_}"

    def edits(self, name: str, text: str, at: datetime) -> None:
        self.things[name] |= {
            "body" if name.startswith("t1_") else "selftext": text,
            "edited": at.timestamp(),
        }

    def deletes(self, name: str) -> None:
        gone = (
            {"body": "[deleted]"}
            if name.startswith("t1_")
            else {"selftext": "[deleted]", "removed_by_category": "deleted"}
        )
        self.things[name] |= {"author": "[deleted]", **gone}

    # -- the server ----------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/access_token", self._token),
            web.get("/message/inbox", self._inbox),
            web.get("/search", self._search),
            web.get("/r/{names}/new", self._new),
            web.get("/r/{names}/comments", self._comments),
            web.get("/api/info", self._info),
            web.get("/user/{name}/comments", self._own),
            web.post("/api/comment", self._comment),
        ]

    async def _token(self, request: web.Request) -> web.Response:
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != basic or not _AGENT.fullmatch(
            request.headers["User-Agent"]
        ):
            return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
        form = await request.post()
        by_password = (form.get("username"), form.get("password")) == (USER, self.password)
        good = by_password if form["grant_type"] == "password" else form.get("refresh_token") == REFRESH
        if not good:
            return web.json_response({"error": "invalid_grant"})
        self.signed_in += 1
        token = f"token-{self.signed_in}"
        self.tokens.add(token)
        return web.json_response(
            {"access_token": token, "token_type": "bearer", "expires_in": 86400, "scope": "*"}
        )

    def _refused(self, request: web.Request) -> web.Response | None:
        if not _AGENT.fullmatch(request.headers.get("User-Agent", "")):
            return self.against("a client says who it is")
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"message": "Unauthorized", "error": 401}, status=401)
        if self.left < 1:
            self.wrong.append("more was asked than the limit allows")
            return web.json_response({"message": "Too Many Requests", "error": 429}, status=429)
        self.left -= 1
        if unknown := set(request.query) - _LIST - {"id"}:
            return self.against(f"unknown parameters {unknown}")
        if request.method == "GET" and request.query.get("raw_json") != "1":
            return self.against("without raw_json=1 words come escaped")
        return None

    def _answer(self, body: Any) -> web.Response:
        headers = {
            "X-Ratelimit-Remaining": str(self.left),
            "X-Ratelimit-Used": "1",
            "X-Ratelimit-Reset": str(self.reset),
        }
        return web.json_response(body, headers=headers)

    def _listing(self, request: web.Request, names: Iterable[str]) -> web.Response:
        if refused := self._refused(request):
            return refused
        limit = int(request.query.get("limit", 25))
        if limit > 100:
            return self.against("at most 100")
        shown = [name for name in names if not self._is_gone(name)]
        shown.sort(key=lambda name: -self.things[name]["created_utc"])
        for anchor, cut in (("after", lambda at: slice(at + 1, None)), ("before", lambda at: slice(0, at))):
            if anchor in request.query:
                name = request.query[anchor]
                shown = shown[cut(shown.index(name))] if name in shown else []
        page = shown[:limit]
        after = page[-1] if len(shown) > limit else None
        return self._answer(self._list([self.things[name] for name in page], after))

    def _list(self, data: list[dict[str, Any]], after: str | None = None) -> Any:
        children = [{"kind": one["name"][:2], "data": one} for one in data]
        return {
            "kind": "Listing",
            "data": {"after": after, "before": None, "dist": len(data), "children": children},
        }

    def _is_gone(self, name: str) -> bool:
        return bool(self.things[name]["author"] == "[deleted]")

    async def _inbox(self, request: web.Request) -> web.Response:
        return self._listing(request, self.inbox)

    async def _search(self, request: web.Request) -> web.Response:
        asked = request.query
        words = [word.strip('"').lower() for word in asked.get("q", "").split(" OR ")]
        if asked.get("sort") != "new" or asked.get("type") != "link" or not 0 < len(asked["q"]) <= 512:
            return self.against("a search for new posts")
        posts = [one for one in self.things.values() if one["name"].startswith("t3_")]
        found = [
            one["name"] for one in posts if any(w in (one["title"] + one["selftext"]).lower() for w in words)
        ]
        return self._listing(request, found)

    def _within(self, request: web.Request, kind: str) -> list[str]:
        names = request.match_info["names"].split("+")
        return [n for n, one in self.things.items() if n.startswith(kind) and one["subreddit"] in names]

    async def _new(self, request: web.Request) -> web.Response:
        return self._listing(request, self._within(request, "t3_"))

    async def _comments(self, request: web.Request) -> web.Response:
        return self._listing(request, self._within(request, "t1_"))

    async def _own(self, request: web.Request) -> web.Response:
        if request.match_info["name"] != USER:
            return self.against("only our own comments")
        mine = [n for n, one in self.things.items() if n.startswith("t1_") and one["author"] == USER]
        return self._listing(request, [] if self.hides_new_from_listing else mine)

    async def _info(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        names = request.query["id"].split(",")
        if len(names) > 100:
            return self.against("at most 100")
        return self._answer(self._list([self.things[name] for name in names if name in self.things]))

    async def _comment(self, request: web.Request) -> web.Response:
        if refused := self._refused(request):
            return refused
        form = await request.post()
        if form.get("api_type") != "json" or not form.get("text") or form.get("thing_id") not in self.things:
            return self.against(f"no comment: {dict(form)}")
        if self.forbids:
            return web.json_response({"message": "Forbidden", "error": self.forbids}, status=self.forbids)
        if self.refuses:
            said: dict[str, Any] = {"errors": self.refuses}
            return self._answer({"json": {**said, **({"ratelimit": self.wait} if self.wait else {})}})
        number = sum(one["author"] == USER for one in self.things.values())
        name = self.comments(f"ours{number}", str(form["text"]), str(form["thing_id"]), by=USER)
        return self._answer(
            {"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": self.things[name]}]}}}
        )
