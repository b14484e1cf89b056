"""Listening to X's filtered stream: one connection, its rules kept in step with the policy, and what was missed looked
up behind each gap."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from aiohttp import ClientError, ClientResponse, ClientTimeout

from adapters.sources import fitting
from adapters.sources.asking import NO_ANSWER, Answer
from adapters.sources.x.api import WHO, Api
from adapters.sources.x.events import Heard, hear
from adapters.sources.x.posts import Reader, number_at
from adapters.sources.x.rules import queries
from bot.ports import Batch, Incoming, SourceDown, SourceShut

log = structlog.get_logger(__name__)

ENDED: Final = "X ended the stream (%s)"
SILENT: Final = "X's stream went silent"
TOO_LONG: Final = "X's stream sent a line without an end"
BAD_RULE: Final = "X does not take what is searched for (%s). Change the words of `search` in the policy."

FIELDS: Final = {
    "tweet.fields": "created_at,author_id,conversation_id,referenced_tweets,entities,lang,edit_history_tweet_ids,note_tweet",
    "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id",
    "user.fields": "username,name,description,public_metrics",
}
SILENCE: Final = timedelta(seconds=45)
"""X sends something each 20 s, if only an empty line."""
OVERLAP: Final = timedelta(seconds=30)
"""Ids are not quite in the order in which posts come: so far back it is looked again."""
SEARCHED: Final = timedelta(days=7) - timedelta(hours=1)
"""How far back X's recent search reaches."""
MOST_PAGES: Final = 100
SOME: Final = 100
_LONGEST_LINE: Final = 4 * 1024 * 1024
_PATH: Final = "/2/tweets/search/stream"


@dataclass(slots=True)
class XStream:
    """The Source port. The cursor is the id of the newest post that came."""

    api: Api
    reader: Reader
    backfill_minutes: int = 0
    silence: timedelta = SILENCE

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        await self._keep_rules()
        at = _number(cursor) or number_at(self.api.clock.real())
        async with self._connected() as response:
            if response.status >= 400:
                body = await response.content.read(64 * 1024)
                raise self.api.trouble(Answer(WHO, response.status, response.headers, body))
            self.api.failures = 0
            yield Batch(cursor=str(at))
            # The stream is open already: what comes meanwhile waits there, so nothing falls between the two.
            async for batch in self._missed(at if _number(cursor) else None):
                at = max(at, _number(batch.cursor) or 0)
                yield batch
            async for line in self._lines(response):
                batch = self._said(line, at) if line.strip() else Batch()
                at = max(at, _number(batch.cursor) or 0)
                yield batch

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[ClientResponse]:
        query = dict(FIELDS)
        if self.backfill_minutes:
            query["backfill_minutes"] = str(self.backfill_minutes)
        forever = ClientTimeout(total=None, connect=15, sock_read=self.silence.total_seconds())
        try:
            response = await self.api.http.get(
                self.api.url(_PATH, query), headers=self.api.app, timeout=forever, allow_redirects=False
            )
        except (TimeoutError, ClientError, ConnectionError) as error:
            raise SourceDown(NO_ANSWER % WHO) from error
        try:
            yield response
        finally:
            # Not back to the pool: more would come over it.
            response.close()

    async def _lines(self, response: ClientResponse) -> AsyncIterator[bytes]:
        rest = b""
        try:
            async for chunk in response.content.iter_any():
                *lines, rest = (rest + chunk).split(b"\n")
                if len(rest) > _LONGEST_LINE:
                    raise SourceDown(TOO_LONG)
                for line in lines:
                    yield line
        except TimeoutError as error:
            raise SourceDown(SILENT) from error
        except (ClientError, ConnectionError) as error:
            raise SourceDown(ENDED % type(error).__name__) from error
        raise SourceDown(ENDED % "it closed the connection")

    def _said(self, line: bytes, at: int) -> Batch:
        """What a line brings. Raises SourceDown where X says goodbye."""
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            log.warning("a line of a stream was skipped", source=self.reader.plan.name)
            return Batch()
        if isinstance(value, dict) and "data" not in value and value.get("errors"):
            first = fitting.table(next(iter(fitting.items(value["errors"])), None))
            raise SourceDown(ENDED % (fitting.words(first.get("detail") or first.get("title")) or "an error"))
        return self._batch(hear(value, self.reader, self.api.clock.real()), at)

    def _batch(self, heard: Heard, at: int) -> Batch:
        newest = max((_native(one) for one in heard.mentions), default=0)
        cursor = str(newest) if newest > at else None
        return Batch(mentions=heard.mentions, removed=heard.removed, cursor=cursor)

    async def _missed(self, since: int | None) -> AsyncIterator[Batch]:
        """What came while nobody listened, the oldest first; nothing where we listen for the first time."""
        if since is None:
            return
        back = int(OVERLAP.total_seconds() * 1000) << 22
        oldest = number_at(self.api.clock.real() - SEARCHED)
        found: dict[int, Incoming] = {}
        for query in queries(self.reader.plan):
            async for page in self._pages(query, max(since - back, oldest)):
                for one in hear(page, self.reader, self.api.clock.real()).mentions:
                    found[_native(one)] = one
        numbers = sorted(found)
        for start in range(0, len(numbers), SOME):
            some = numbers[start : start + SOME]
            yield Batch(mentions=[found[number] for number in some], cursor=str(max(some[-1], since)))

    async def _pages(self, query: str, since: int) -> AsyncIterator[Any]:
        asked = {**FIELDS, "query": query, "since_id": str(since), "max_results": "100"}
        for _ in range(MOST_PAGES):
            page = fitting.table(await self.api.as_app("GET", "/2/tweets/search/recent", asked))
            yield page
            token = fitting.table(page.get("meta")).get("next_token")
            if not isinstance(token, str) or not token:
                return
            asked["next_token"] = token
        log.warning("more was missed than is looked up", source=self.reader.plan.name)

    async def _keep_rules(self) -> None:
        """X's rules are as the policy wants them; those that are not this source's stay."""
        mark = f"baton:{self.reader.plan.name}"
        known = fitting.table(await self.api.as_app("GET", f"{_PATH}/rules"))
        ours = [
            each for each in map(fitting.table, fitting.items(known.get("data"))) if each.get("tag") == mark
        ]
        wanted = queries(self.reader.plan)
        stale = [str(each.get("id")) for each in ours if each.get("value") not in wanted]
        missing = [query for query in wanted if query not in {each.get("value") for each in ours}]
        if missing:
            # First the new ones: between the two nothing is missed.
            self._taken(await self._change({"add": [{"value": query, "tag": mark} for query in missing]}))
        if stale:
            await self._change({"delete": {"ids": stale}})

    async def _change(self, change: Mapping[str, object]) -> Any:
        return await self.api.as_app("POST", f"{_PATH}/rules", body=change)

    def _taken(self, answer: Any) -> None:
        for each in map(fitting.table, fitting.items(fitting.table(answer).get("errors"))):
            if each.get("title") != "DuplicateRule":
                details = fitting.items(each.get("details"))
                raise SourceShut(
                    BAD_RULE % (fitting.words(next(iter(details), None) or each.get("title")) or "it")
                )


def _number(cursor: str | None) -> int | None:
    return int(cursor) if cursor is not None and cursor.isdecimal() and len(cursor) < 20 else None


def _native(one: Incoming) -> int:
    native = one.extra.get("native")
    return _number(str(native.get("id"))) or 0 if isinstance(native, Mapping) else 0
