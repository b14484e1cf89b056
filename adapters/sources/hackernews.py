"""Hacker News, asked through its public search (Algolia): stories and comments that name us. Nobody answers there from
here: it has no interface to write with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from adapters.sources import fitting
from adapters.sources.asking import Pace, parsed, pausing, read
from adapters.sources.parts import Connected, SettingMissing, Tools, community
from adapters.sources.plain_text import plain_text
from bot.domain.mention import CAN_REPLY, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import Batch, Incoming, SourceDown, SourceShut
from bot.triage.sifting import Sift

WHO: Final = "Hacker News"
BY_HAND: Final = "answers on Hacker News are posted by hand"
NO_WORDS: Final = (
    '[sources.%s] says nothing to look for on Hacker News: write search = ["your company", "your product"].'
)
REFUSED: Final = (
    "Hacker News' search refuses what it is asked (HTTP %d): check url and search of this source."
)

URL: Final = "https://hn.algolia.com"
ITEM: Final = "https://news.ycombinator.com/item?id=%s"

BEHIND: Final = timedelta(hours=2, minutes=15)
"""Asked for again each time: posts are found late by the search, and their authors may change them for two hours."""

FIRST: Final = timedelta(hours=1)
"""How far back is looked the first time."""

LONGEST_AWAY: Final = timedelta(days=30)
PAGE: Final = 100
MOST_PAGES: Final = 50
GAP: Final = timedelta(milliseconds=500)
"""Twice as slow as the 10,000 requests an hour that one address may ask."""


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    if not plan.search:
        raise SettingMissing(NO_WORDS % plan.name)
    return Connected(plan=plan, source=HackerNews(plan, tools))


@dataclass(slots=True)
class _Place:
    """Where to go on: all before `until` has been asked for; `seen` are the posts since then less BEHIND, with what
    they said."""

    until: datetime
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str | None, now: datetime) -> _Place:
        try:
            said = json.loads(cursor or "{}")
            until = fitting.moment(said.get("until"))
            seen = {str(post): (int(at), str(hash_)) for post, (at, hash_) in dict(said["seen"]).items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            until, seen = None, {}
        return cls(max(until or now - FIRST + BEHIND, now - LONGEST_AWAY), seen)

    def written(self) -> str:
        return json.dumps({"until": self.until.isoformat(), "seen": self.seen})


class HackerNews:
    """The Source."""

    def __init__(self, plan: SourcePlan, tools: Tools) -> None:
        self._plan, self._tools = plan, tools
        self._sift = Sift(plan.search, plan.exclude, plan.exclude_authors)
        self._pace = Pace(tools.clock, GAP)

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        place = _Place.of(cursor, self._tools.clock.real())
        while True:
            yield await self._round(place)
            async for beat in pausing(self._tools.clock, self._plan.every):
                yield beat

    async def _round(self, place: _Place) -> Batch:
        now, since = self._tools.clock.real(), place.until - BEHIND
        hits: dict[str, Mapping[str, object]] = {}
        for word in self._plan.search:
            for hit in await self._found(word, int(since.timestamp())):
                hits.setdefault(str(hit.get("objectID")), hit)
        posts = fitting.each(self._plan.source, hits.values(), self._mention)
        posts.sort(key=lambda post: post.created_at)
        told = [one for post in posts if (one := _news(post, place, now)) is not None]
        kept_from = (now - BEHIND).timestamp()
        place.seen = {post: seen for post, seen in place.seen.items() if seen[0] >= kept_from}
        place.until = now
        return Batch(mentions=told, cursor=place.written())

    async def _found(self, word: str, since: int) -> list[Mapping[str, object]]:
        """Everything since then that holds the word, however much: each page begins where the one before ended, since
        the search shows no more than a thousand by number."""
        found: dict[str, Mapping[str, object]] = {}
        until: int | None = None
        for _ in range(MOST_PAGES):
            page = await self._page(word, since, until)
            new = [hit for hit in page if str(hit.get("objectID")) not in found]
            found.update((str(hit.get("objectID")), hit) for hit in page)
            times = [int(at.timestamp()) for hit in page if (at := fitting.moment(hit.get("created_at_i")))]
            if len(page) < PAGE or not times:
                break
            oldest = min(times)
            # A page of nothing new is one crowded second: then it is left behind.
            until = oldest if new else oldest - 1
        return list(found.values())

    async def _page(self, word: str, since: int, until: int | None) -> list[Mapping[str, object]]:
        await self._pace.turn()
        within = f"created_at_i>{since}" + (f",created_at_i<={until}" if until is not None else "")
        answer = await read(
            self._tools.http,
            "GET",
            f"{self._plan.url or URL}/api/v1/search_by_date",
            who=WHO,
            now=self._tools.clock.real(),
            params={
                "query": '"{}"'.format(word.replace('"', " ")),
                "tags": "(story,comment)",
                "numericFilters": within,
                "hitsPerPage": str(PAGE),
                "advancedSyntax": "true",
                "typoTolerance": "false",
            },
        )
        if answer.status != 200:
            raise SourceShut(REFUSED % answer.status)
        hits = fitting.table(parsed(answer)).get("hits")
        if not isinstance(hits, list):
            raise SourceDown(f"{WHO} answered without any list of posts")
        return [hit for hit in hits if isinstance(hit, dict)]

    def _mention(self, hit: Mapping[str, object]) -> Incoming | None:
        """None for what is not about us: the search finds parts of words, too."""
        post, handle = fitting.needed(hit.get("objectID")), fitting.words(hit.get("author"))
        body = plain_text(fitting.text(hit.get("comment_text") or hit.get("story_text")))
        title = fitting.words(hit.get("title"), 1_000) or ""
        about = fitting.link(hit.get("url"))
        text = fitting.text("\n\n".join(part for part in (title, body, about) if part))
        created = fitting.time(hit.get("created_at_i"))
        if not handle or self._sift.found(text) is None or self._sift.excludes(text, handle):
            return None
        story = fitting.parent(hit.get("story_id"))
        parent = fitting.parent(hit.get("parent_id"))
        return Incoming(
            source=self._plan.source,
            external_id=post,
            community=community(self._plan, self._tools.community_of),
            created_at=created,
            handle=handle,
            text=text,
            url=ITEM % post if post.isdecimal() else None,
            in_reply_to=parent,
            thread=story or post,
            extra={CAN_REPLY: False, WHY_NO_REPLY: BY_HAND},
        )


def _news(post: Incoming, place: _Place, now: datetime) -> Incoming | None:
    """The post as it is told: new, or changed since; None where it is known as it stands. The search's own time of a
    change moves with every vote, so that a change is dated by when it was seen."""
    hash_ = fitting.digest(post.text)
    before = place.seen.get(post.external_id)
    place.seen[post.external_id] = (int(post.created_at.timestamp()), hash_)
    if before is not None and before[1] == hash_:
        return None
    return replace(post, edited_at=max(now, post.created_at)) if before is not None else post
