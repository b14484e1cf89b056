"""What Reddit says of a post or a comment, as a mention."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from adapters.sources import fitting
from adapters.sources.parts import Tools, community
from adapters.sources.storable import BadMention
from bot.domain.mention import CAN_REPLY, NATIVE, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import Incoming

PUBLIC: Final = "https://www.reddit.com"
LOCKED: Final = "Reddit takes no more answers there: it is locked"
ARCHIVED: Final = "Reddit takes no more answers there: it is too old"
GONE: Final = "[deleted]"
_GONE: Final = (GONE, "[removed]", "[ Removed by Reddit ]", "[deleted by user]")
_NAME: Final = re.compile(r"t[13]_[0-9a-z]{1,13}")
_CONTEXT: Final = re.compile(r"/r/[^/]+/comments/([0-9a-z]{1,13})(?:/|$)")
_PATH: Final = re.compile(r"/(?:r|user|u)/[A-Za-z0-9_./%~-]+(?:\?[A-Za-z0-9_=&-]*)?")
_USER: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


def fullname(data: Mapping[str, object]) -> str | None:
    """t3_… for a post, t1_… for a comment; None for everything else."""
    name = data.get("name")
    return name if isinstance(name, str) and _NAME.fullmatch(name) else None


def is_gone(data: Mapping[str, object]) -> bool:
    """Whether its author or a moderator took it away, or its author left: its words must then not be kept."""
    if data.get("author") in (None, GONE) or data.get("removed_by_category"):
        return True
    return data.get("body") in _GONE or data.get("selftext") in _GONE or data.get("title") in _GONE


def edited_at(data: Mapping[str, object]) -> datetime | None:
    """When it was last changed; Reddit says false, a time, or, of very old posts, true."""
    said = data.get("edited")
    return None if isinstance(said, bool) else fitting.moment(said)


def words_of(data: Mapping[str, object]) -> str:
    """Its words as they were written; a post's link is part of them."""
    if "body" in data:
        return fitting.text(data.get("body")).strip()
    title = fitting.words(data.get("title"), 1_000) or ""
    link = None if data.get("is_self") else fitting.link(data.get("url"))
    parts = (title, fitting.text(data.get("selftext")).strip(), link)
    return fitting.text("\n\n".join(part for part in parts if part))


def mention_of(data: Mapping[str, object], plan: SourcePlan, tools: Tools) -> Incoming:
    """Raises BadMention."""
    name = fullname(data)
    handle = fitting.words(data.get("author"))
    if name is None or not handle or not _USER.fullmatch(handle):
        raise BadMention("it has no name or no author")
    created = fitting.time(data.get("created_utc"))
    edited = edited_at(data)
    root = _root(data, name)
    why = _why_not(data)
    subreddit = fitting.words(data.get("subreddit"), 100) or ""
    native: dict[str, object] = {"fullname": name, "root": root, "subreddit": subreddit}
    said: dict[str, object] = {CAN_REPLY: not why, NATIVE: native}
    return Incoming(
        source=plan.source,
        external_id=name,
        community=community(plan, tools.community_of),
        created_at=created,
        handle=handle,
        text=words_of(data),
        url=_address(data, name, root),
        in_reply_to=_parent(data),
        thread=root,
        edited_at=edited if edited is not None and edited > created else None,
        extra={**said, WHY_NO_REPLY: why} if why else said,
    )


def _why_not(data: Mapping[str, object]) -> str:
    return LOCKED if data.get("locked") is True else ARCHIVED if data.get("archived") is True else ""


def _parent(data: Mapping[str, object]) -> str | None:
    said = data.get("parent_id")
    return said if isinstance(said, str) and _NAME.fullmatch(said) else None


def _root(data: Mapping[str, object], name: str) -> str:
    """The post that it stands below: the inbox names it only in an address."""
    said = data.get("link_id")
    if isinstance(said, str) and _NAME.fullmatch(said):
        return said
    within = _CONTEXT.match(fitting.text(data.get("context")))
    return f"t3_{within[1]}" if within else name


def _address(data: Mapping[str, object], name: str, root: str) -> str | None:
    for said in (data.get("permalink"), data.get("context")):
        if isinstance(said, str) and _PATH.fullmatch(said):
            return fitting.link(PUBLIC + said.partition("?")[0])
    return f"{PUBLIC}/comments/{root[3:]}" + (f"/_/{name[3:]}" if name.startswith("t1_") else "")
