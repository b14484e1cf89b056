"""What YouTube says of a comment, as a mention."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from adapters.sources import fitting
from adapters.sources.parts import Tools, community
from adapters.sources.storable import BadMention
from bot.domain.mention import CAN_REPLY, NATIVE, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import Incoming

CLOSED: Final = "nobody can answer this comment on YouTube"
WATCH: Final = "https://www.youtube.com/watch?v=%s&lc=%s"
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_VIDEO: Final = re.compile(r"[A-Za-z0-9_-]{1,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One comment and those of its answers that came with it."""

    id: str
    comments: tuple[Incoming, ...]
    answers: int


def thread_of(item: Mapping[str, object], plan: SourcePlan, tools: Tools) -> Thread:
    """Raises BadMention where its first comment cannot be read; answers that cannot are left out."""
    snippet = fitting.table(item.get("snippet"))
    top = fitting.table(snippet.get("topLevelComment"))
    root = _id(top)
    can = snippet.get("canReply") is not False
    first = comment_of(top, root, plan, tools, can_reply=can, video=snippet.get("videoId"))
    below = fitting.items(fitting.table(item.get("replies")).get("comments"))

    def answer(data: Mapping[str, object]) -> Incoming:
        return comment_of(data, root, plan, tools, can_reply=can, video=snippet.get("videoId"))

    total = fitting.count(snippet.get("totalReplyCount")) or 0
    return Thread(id=root, comments=(first, *fitting.each(plan.source, below, answer)), answers=total)


def comment_of(
    data: Mapping[str, object], root: str, plan: SourcePlan, tools: Tools, *, can_reply: bool, video: object
) -> Incoming:
    """One comment in the thread that begins with `root`. Raises BadMention."""
    comment, snippet = _id(data), fitting.table(data.get("snippet"))
    handle = (fitting.words(snippet.get("authorDisplayName")) or "").removeprefix("@")
    if not handle:
        raise BadMention("it has no author")
    created = fitting.time(snippet.get("publishedAt"))
    edited = fitting.moment(snippet.get("updatedAt"))
    where = snippet.get("videoId") or video
    where = where if isinstance(where, str) and _VIDEO.fullmatch(where) else None
    author = fitting.words(fitting.table(snippet.get("authorChannelId")).get("value"))
    said: dict[str, object] = {
        CAN_REPLY: can_reply,
        NATIVE: {"parent": root, "video": where, "author": author},
    }
    return Incoming(
        source=plan.source,
        external_id=comment,
        community=community(plan, tools.community_of),
        created_at=created,
        handle=handle,
        text=fitting.text(snippet.get("textOriginal") or snippet.get("textDisplay")),
        url=WATCH % (where, comment) if where else None,
        in_reply_to=root if comment != root else None,
        thread=root,
        edited_at=edited if edited is not None and edited > created else None,
        extra=said if can_reply else {**said, WHY_NO_REPLY: CLOSED},
    )


def _id(data: Mapping[str, object]) -> str:
    said = data.get("id")
    if not isinstance(said, str) or not _ID.fullmatch(said):
        raise BadMention("it has no id")
    return said
