"""Listening to Bluesky."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from aiohttp import ClientWebSocketResponse

from adapters.sources.bluesky.connection import opened, payload
from adapters.sources.bluesky.events import (
    CursorTooNew,
    Deleted,
    Event,
    NotUnderstood,
    Renamed,
    StreamSaid,
    Written,
)
from adapters.sources.bluesky.jetstream import Jetstream
from adapters.sources.bluesky.mentions import mention_of
from adapters.sources.bluesky.ours import Ours
from adapters.sources.bluesky.people import People, Profile
from adapters.sources.bluesky.relay import Relay
from adapters.sources.bluesky.whoami import Whoami
from adapters.sources.storable import BadMention
from bot.policy.model import SourcePlan
from bot.ports import Batch, Clock, Incoming, Removed, SourceDown

log = structlog.get_logger(__name__)

SAID: Final = "Bluesky's stream at {url} ended: {why}."

TICK: Final = timedelta(seconds=2)
"""How often the place in the stream is kept while nothing is about us; so much is heard again after a crash."""

LINGERS: Final = timedelta(milliseconds=100)
"""How long a post waits for others, so that a surge is written in batches."""

MOST: Final = 200
BREATH: Final = 200
"""After so many messages without a pause the desk's other work has its turn."""

Stream = Jetstream | Relay


@dataclass(slots=True)
class _Heard:
    """What came since the last batch."""

    cursor: int | None
    posts: list[Written] = field(default_factory=list)
    gone: list[Deleted] = field(default_factory=list)
    moved: bool = False


class BlueskySource:
    """One stream. Who writes is asked for beside it; deleted posts are hidden, because Bluesky's Developer Guidelines
    (docs.bsky.app, point 3) ask services to delete what their authors deleted."""

    def __init__(
        self, *, plan: SourcePlan, community: str, clock: Clock, whoami: Whoami, people: People, ours: Ours
    ) -> None:
        self._plan, self._community, self._clock = plan, community, clock
        self._whoami, self._people, self._ours = whoami, people, ours
        self._url = str(plan.options["stream_url"])
        self._stream: Stream = Relay(ours) if plan.options["stream"] == "relay" else Jetstream(ours)
        self._skipped = 0

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        me = await self._whoami.did()
        self._ours.is_me(me)
        if me:
            self._ours.joined(await self._whoami.talks(me))
        at = self._place(cursor)
        while True:
            try:
                async with aclosing(self._listen(at)) as stream:
                    async for batch in stream:
                        yield batch
            except CursorTooNew:
                log.warning(
                    "the stream does not know where we were, the desk listens from now on", url=self._url
                )
                at = None

    async def _listen(self, at: int | None) -> AsyncGenerator[Batch, None]:
        heard = _Heard(at)
        http = self._whoami.server.http
        query = self._stream.query(at)
        async with opened(http, self._clock, self._url, self._stream.path, query) as socket:
            yield Batch()
            while True:
                await self._whoami.still_signed_in()
                await self._hear(socket, heard)
                yield await self._batch(heard)
                heard = _Heard(heard.cursor)

    async def _hear(self, socket: ClientWebSocketResponse[bool], heard: _Heard) -> None:
        """Until something about us came and a moment passed, or for a while. Raises SourceDown, CursorTooNew."""
        loop = asyncio.get_running_loop()
        count, hurried = 0, False
        try:
            async with asyncio.timeout(TICK.total_seconds()) as window:
                while len(heard.posts) < MOST and len(heard.gone) < MOST:
                    message = await socket.receive()
                    self._take(payload(message.type, message.data, self._url), heard)
                    count += 1
                    if heard.posts and not hurried:
                        window.reschedule(loop.time() + LINGERS.total_seconds())
                        hurried = True
                    if count % BREATH == 0:
                        await asyncio.sleep(0)
        except TimeoutError:
            return

    def _take(self, message: bytes, heard: _Heard) -> None:
        try:
            cursor, events = self._stream.read(message)
        except NotUnderstood as error:
            self._skip(str(error))
            return
        except StreamSaid as error:
            raise SourceDown(SAID.format(url=self._url, why=error)) from error
        if cursor is not None:
            heard.cursor, heard.moved = cursor, True
        for event in events:
            self._sort(event, heard)

    def _sort(self, event: Event, heard: _Heard) -> None:
        match event:
            case Written():
                self._ours.found(event)
                heard.posts.append(event)
            case Deleted():
                heard.gone.append(event)
            case Renamed():
                self._people.forget(event.did)

    def _skip(self, why: str) -> None:
        """A message that nobody can read; of many only some are told, so that a stream cannot fill the log."""
        self._skipped += 1
        if self._skipped & (self._skipped - 1) == 0:
            log.warning("messages of the stream are skipped", url=self._url, why=why, count=self._skipped)

    async def _batch(self, heard: _Heard) -> Batch:
        profiles = await self._people.of(post.did for post in heard.posts) if heard.posts else {}
        found = [self._mention(post, profiles[post.did]) for post in heard.posts]
        return Batch(
            mentions=[mention for mention in found if mention is not None],
            removed=self._removed(heard.gone),
            cursor=self._text(heard.cursor) if heard.moved and heard.cursor is not None else None,
        )

    def _mention(self, post: Written, by: Profile) -> Incoming | None:
        own = post.did == self._ours.me
        if own:
            by = self._whoami.as_configured(by)
        elif self._ours.sift.excludes(str(post.record.get("text") or ""), by.handle):
            return None
        try:
            return mention_of(
                post,
                by,
                source=self._plan.source,
                community=self._community,
                now=self._clock.real(),
            )
        except BadMention as bad:
            self._skip(bad.reason)
            return None

    def _removed(self, gone: Sequence[Deleted]) -> list[Removed]:
        now = self._clock.real()
        return [
            Removed(source=self._plan.source, external_id=post.uri, at=_moment(post.at) or now, hide=True)
            for post in gone
        ]

    def _text(self, cursor: int) -> str:
        return f"{self._kind()}|{cursor}"

    def _place(self, cursor: str | None) -> int | None:
        """Where to go on; None where the cursor is another stream's, whose places mean nothing here."""
        kind, _, number = (cursor or "").rpartition("|")
        return int(number) if kind == self._kind() and number.isascii() and number.isdecimal() else None

    def _kind(self) -> str:
        # A time is the same at every server of the light stream; a relay's numbers are its own.
        return (
            self._stream.name if isinstance(self._stream, Jetstream) else f"{self._stream.name}|{self._url}"
        )


def _moment(microseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC) if microseconds else None
    except (ValueError, OverflowError, OSError):
        return None
