"""The YouTube Data API, comments only: developers.google.com/youtube/v3/docs. Keys and tokens, pages, quota, errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fakes.far_end import FarEnd

KEY, CLIENT, SECRET, REFRESH = "AIza-key", "client.apps", "s3cret", "1//refresh"
CHANNEL, VIDEO, OTHER = "UC" + "k" * 22, "vid_kettle1", "vid_other01"
_REASONS = {
    "quotaExceeded": 403, "commentsDisabled": 403, "parentCommentNotFound": 404, "processingFailure": 400,
    "rateLimitExceeded": 403, "insufficientPermissions": 403, "videoNotFound": 404, "channelNotFound": 404,
    "keyInvalid": 400, "newAndOdd": 400,
}  # fmt: skip


@dataclass
class Comment:
    id: str
    text: str
    at: datetime
    by: str
    channel: str
    updated: datetime


@dataclass
class FakeYouTube(FarEnd):
    """`threads` in the order they were begun: the first comment, its video, its answers."""

    threads: dict[str, tuple[str, list[Comment]]] = field(default_factory=dict)
    says_no: dict[str, str] = field(default_factory=dict)
    """(the word for a request) -> the reason it is refused with."""
    closed: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    signed_in: int = 0
    revoked: bool = False
    used: int = 0
    quota: int = 10_000
    at: Any = None

    # -- what people do ------------------------------------------------------------------------------

    def comment(
        self, id_: str, text: str, *, video: str = VIDEO, by: str = "@ann", at: datetime | None = None
    ) -> None:
        when = at or self.at()
        self.threads[id_] = (video, [Comment(id_, text, when, by, "UC" + "a" * 22, when)])

    def answer(
        self, thread: str, id_: str, text: str, *, by: str = "@bob", channel: str = "UC" + "b" * 22
    ) -> None:
        self.threads[thread][1].append(Comment(f"{thread}.{id_}", text, self.at(), by, channel, self.at()))

    def edit(self, thread: str, text: str, place: int = 0) -> None:
        one = self.threads[thread][1][place]
        one.text, one.updated = text, self.at()

    # -- the server ----------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/token", self._token),
            web.get("/youtube/v3/commentThreads", self._threads),
            web.get("/youtube/v3/comments", self._answers),
            web.post("/youtube/v3/comments", self._insert),
        ]

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        want = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "refresh_token": REFRESH,
            "grant_type": "refresh_token",
        }
        if dict(form) != want:
            return self.against(f"no sign-in: {dict(form)}")
        if self.revoked:
            return web.json_response(
                {"error": "invalid_grant", "error_description": "Token has been revoked."}, status=400
            )
        self.signed_in += 1
        self.tokens.add(f"ya29.{self.signed_in}")
        return web.json_response(
            {"access_token": f"ya29.{self.signed_in}", "expires_in": 3599, "token_type": "Bearer"}
        )

    def _no(self, reason: str, status: int | None = None) -> web.Response:
        error = {"domain": "youtube", "reason": reason, "message": f"It is {reason}."}
        code = status or _REASONS[reason]
        return web.json_response(
            {"error": {"code": code, "message": f"It is {reason}.", "errors": [error]}}, status=code
        )

    def _refused(
        self, request: web.Request, what: str, units: int, *, writes: bool = False
    ) -> web.Response | None:
        if "key" in request.query:
            return self.against("a key in an address is written into logs")
        by_key = request.headers.get("X-Goog-Api-Key") == KEY and not writes
        if not by_key and request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return self._no("authError", 401)
        if self.used + units > self.quota:
            return self._no("quotaExceeded")
        self.used += units
        for word in (what, request.query.get("videoId", "")):
            if word in self.says_no:
                return self._no(self.says_no[word])
        return None

    async def _threads(self, request: web.Request) -> web.Response:
        asked = request.query
        filters = [name for name in ("allThreadsRelatedToChannelId", "videoId", "id") if name in asked]
        if (
            len(filters) != 1
            or asked.get("part") != "snippet,replies"
            or asked.get("textFormat") != "plainText"
        ):
            return self.against(f"no such list: {dict(asked)}")
        if filters == ["id"] and (
            {"order", "maxResults", "pageToken"} & set(asked) or asked["id"].count(",") >= 50
        ):
            return self.against("ids go without pages")
        if refused := self._refused(request, "commentThreads", 1):
            return refused
        shown = [one for one in self.threads if one not in self.hidden]
        if filters == ["id"]:
            return web.json_response(
                self._list([self._thread(one) for one in asked["id"].split(",") if one in shown])
            )
        if filters == ["videoId"]:
            shown = [one for one in shown if self.threads[one][0] == asked["videoId"]]
        elif asked["allThreadsRelatedToChannelId"] != CHANNEL:
            return self._no("channelNotFound")
        else:
            shown = [one for one in shown if self.threads[one][0] == VIDEO]
        if asked.get("order") != "time" or not 0 < int(asked["maxResults"]) <= 100:
            return self.against("the newest first, at most 100")
        shown.sort(key=lambda one: self.threads[one][1][0].at, reverse=True)
        return self._page(request, [self._thread(one) for one in shown])

    def _page(self, request: web.Request, items: list[Any]) -> web.Response:
        size, token = int(request.query["maxResults"]), request.query.get("pageToken", "p0")
        if not token.startswith("p"):
            return self._no("invalidPageToken", 400)
        begin = int(token[1:])
        more = {"nextPageToken": f"p{begin + size}"} if len(items) > begin + size else {}
        return web.json_response({**self._list(items[begin : begin + size]), **more})

    def _list(self, items: list[Any]) -> dict[str, Any]:
        info = {"totalResults": len(items), "resultsPerPage": 20}
        return {"kind": "youtube#commentThreadListResponse", "etag": "x", "pageInfo": info, "items": items}

    def _thread(self, name: str) -> dict[str, Any]:
        video, (first, *answers) = self.threads[name]
        snippet = {
            "channelId": CHANNEL, "videoId": video, "topLevelComment": self._resource(first, video),
            "canReply": name not in self.closed, "totalReplyCount": len(answers), "isPublic": True,
        }  # fmt: skip
        inline = [self._resource(one, video, name) for one in answers[-5:]]
        return {
            "kind": "youtube#commentThread",
            "id": name,
            "snippet": snippet,
            **({"replies": {"comments": inline}} if inline else {}),
        }

    def _resource(self, one: Comment, video: str, parent: str = "") -> dict[str, Any]:
        snippet = {
            "textDisplay": one.text, "textOriginal": one.text, "authorDisplayName": one.by, "videoId": video,
            "authorChannelId": {"value": one.channel}, "publishedAt": one.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "updatedAt": one.updated.strftime("%Y-%m-%dT%H:%M:%SZ"), "likeCount": 0, "canRate": True,
        }  # fmt: skip
        return {
            "kind": "youtube#comment",
            "id": one.id,
            "snippet": {**snippet, **({"parentId": parent} if parent else {})},
        }

    async def _answers(self, request: web.Request) -> web.Response:
        asked = request.query
        if (
            asked.get("part") != "snippet"
            or asked.get("parentId") not in self.threads
            or int(asked["maxResults"]) > 100
        ):
            return self.against(f"no such answers: {dict(asked)}")
        if refused := self._refused(request, "answers", 1):
            return refused
        video, (_, *answers) = self.threads[asked["parentId"]]
        return self._page(
            request, [self._resource(one, video, asked["parentId"]) for one in reversed(answers)]
        )

    async def _insert(self, request: web.Request) -> web.Response:
        body = await request.json()
        if request.query.get("part") != "snippet" or set(body) != {"snippet"}:
            return self.against("no comment")
        if refused := self._refused(request, "insert", 50, writes=True):
            return refused
        snippet = body["snippet"]
        if snippet["parentId"] not in self.threads or snippet["parentId"] in self.hidden:
            return self._no("parentCommentNotFound")
        answers = self.threads[snippet["parentId"]][1]
        self.answer(
            snippet["parentId"], f"ours{len(answers)}", snippet["textOriginal"], by="@kettle", channel=CHANNEL
        )
        return web.json_response(
            self._resource(answers[-1], self.threads[snippet["parentId"]][0], snippet["parentId"])
        )
