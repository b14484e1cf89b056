"""Hacker News' search as Algolia serves it: hn.algolia.com/api. Newest first, a thousand at most by page number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.fakes.far_end import FarEnd

_KNOWN = {"query", "tags", "numericFilters", "hitsPerPage", "page", "advancedSyntax", "typoTolerance"}
_FILTER = re.compile(r"created_at_i(>=|<=|>|<)(\d+)")


@dataclass
class FakeHackerNews(FarEnd):
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def says(self, post: str, text: str, at: datetime, *, by: str = "pg", below: str | None = None) -> None:
        """A story, or a comment below one."""
        comment = {
            "comment_text": text,
            "story_id": 1,
            "parent_id": int(below or 0),
            "title": None,
            "url": None,
        }
        story = {"title": text, "url": None, "story_text": None, "points": 3, "num_comments": 0}
        self.posts[post] = {
            "objectID": post,
            "author": by,
            "created_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "created_at_i": int(at.timestamp()),
            "updated_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "_tags": ["comment" if below else "story", f"author_{by}"],
            "_highlightResult": {},
            **(comment if below else {**story, "story_id": int(post)}),
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/v1/search_by_date", self._search)]

    async def _search(self, request: web.Request) -> web.Response:
        asked = request.query
        if unknown := set(asked) - _KNOWN:
            return self.against(f"unknown parameters {unknown}")
        if asked.get("tags") != "(story,comment)" or asked.get("advancedSyntax") != "true":
            return self.against("stories or comments, phrases in quotes")
        word = asked["query"]
        if not (word.startswith('"') and word.endswith('"') and word.count('"') == 2):
            return self.against(f"a phrase stands in quotes: {word}")
        if int(asked["hitsPerPage"]) > 1000:
            return self.against("too many at once")
        found = [one for one in self.posts.values() if word.strip('"').lower() in _all(one)]
        for part in asked["numericFilters"].split(","):
            sign = _FILTER.fullmatch(part)
            if sign is None:
                return self.against(f"no filter: {part}")
            found = [one for one in found if _holds(one["created_at_i"], sign[1], int(sign[2]))]
        found.sort(key=lambda one: -one["created_at_i"])
        size, page = int(asked["hitsPerPage"]), int(asked.get("page", 0))
        shown = found[:1000][page * size : (page + 1) * size]
        return web.json_response(
            {
                "hits": shown,
                "nbHits": len(found),
                "page": page,
                "nbPages": -(-min(len(found), 1000) // size),
                "hitsPerPage": size,
                "exhaustiveNbHits": True,
                "query": word,
                "params": "",
                "processingTimeMS": 1,
            }
        )


def _all(post: dict[str, Any]) -> str:
    return " ".join(
        str(post.get(name) or "") for name in ("title", "url", "story_text", "comment_text")
    ).lower()


def _holds(value: int, sign: str, than: int) -> bool:
    return {">": value > than, "<": value < than, ">=": value >= than, "<=": value <= than}[sign]
