"""Whether the author of a talk lets us answer in it: gates and blocks, as far as they can be known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog

from adapters.sources.bluesky.events import parts_of, text_at
from adapters.sources.bluesky.ours import mentioned
from adapters.sources.bluesky.session import Session
from adapters.sources.bluesky.xrpc import Unreachable, Xrpc, XrpcError
from bot.domain.mention import Mention

log = structlog.get_logger(__name__)

CLOSED: Final = "The author of this talk has limited at Bluesky who may answer in it, and we may not."
BLOCKED: Final = "The author of this post has blocked us at Bluesky."
WE_BLOCK: Final = "We have blocked the author of this post at Bluesky: unblock them first to answer."

GATES: Final = "app.bsky.feed.threadgate"
_MENTIONED: Final = "app.bsky.feed.threadgate#mentionRule"
_WITHIN: Final = timedelta(seconds=8)


class GateKeeper:
    """Servers of the network do not enforce gates and blocks when they take a reply: it would be out, and shown to
    nobody. With an AppView it is asked, as ourselves; without one the gate itself is read."""

    def __init__(self, *, server: Xrpc, appview: bool) -> None:
        self._server, self._appview = server, appview

    async def why_not(self, to: Mention, session: Session) -> str | None:
        """A sentence where we surely may not; what cannot be asked does not hold a reply up."""
        view = await self._view(str(to.native["uri"]), session) if self._appview else None
        if view is not None:
            return _of_view(view)
        root = parts_of(str(to.native["root_uri"]))
        if root is None or root[0] == session.did:
            return None
        gate = await self._value(root[0], GATES, root[2])
        if gate is None or not isinstance(gate.get("allow"), list):
            return None
        rules = [text_at(rule, "$type") for rule in gate["allow"]]
        if not rules:
            return CLOSED
        if rules == [_MENTIONED]:
            post = await self._value(*root)
            return CLOSED if post is not None and session.did not in mentioned(post) else None
        return None

    async def _view(self, uri: str, session: Session) -> Mapping[str, Any] | None:
        """The post as we see it; our server asks its AppView."""
        try:
            said = await self._server.get(
                "app.bsky.feed.getPosts", {"uris": uri}, token=session.access, within=_WITHIN
            )
        except (XrpcError, Unreachable) as error:
            log.info("whether a post may be answered cannot be asked", why=str(error))
            return None
        posts = said.get("posts")
        first = posts[0] if isinstance(posts, list) and posts else None
        return first if isinstance(first, Mapping) else None

    async def _value(self, repo: str, collection: str, rkey: str) -> Mapping[str, Any] | None:
        query = {"repo": repo, "collection": collection, "rkey": rkey}
        try:
            said = await self._server.get("com.atproto.repo.getRecord", query, within=_WITHIN)
        except (XrpcError, Unreachable):
            return None
        value = said.get("value")
        return value if isinstance(value, Mapping) else None


def _of_view(view: Mapping[str, Any]) -> str | None:
    author = view.get("author")
    seen = author.get("viewer") if isinstance(author, Mapping) else None
    seen = seen if isinstance(seen, Mapping) else {}
    if seen.get("blockedBy"):
        return BLOCKED
    if seen.get("blocking"):
        return WE_BLOCK
    viewer = view.get("viewer")
    closed = isinstance(viewer, Mapping) and viewer.get("replyDisabled")
    return CLOSED if closed else None
