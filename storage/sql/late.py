"""Posts whose words came later than their number: what a revision says of them beside the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bot.domain.mention import (
    CAN_REPLY,
    COMPLETED,
    HIDDEN,
    INCOMPLETE,
    NATIVE,
    REMOVED,
    VIA,
    VISIBILITY,
    WHY_NO_REPLY,
    Mention,
)
from bot.ports import Incoming

MORE: Final = "more"
GONE: Final = {REMOVED: True}
GONE_HIDDEN: Final = {REMOVED: True, HIDDEN: True}
"""What the revision says of a post that was deleted at its network; the second one, that its words may not be shown."""

_OURS: Final = (VIA, CAN_REPLY, WHY_NO_REPLY, NATIVE, VISIBILITY)
"""What stays of a hidden post's `extra`: none of it is its author's words."""

_AUTHOR: Final = ("handle", "name", "bio", "followers")
_POST: Final = ("url", "lang", "brand", "in_reply_to", "thread")


def late_of(mention: Mention | Incoming) -> dict[str, Any]:
    """What may come with the words: who wrote them, and where they stand."""
    author = mention.author if isinstance(mention, Mention) else mention
    return {name: getattr(author, name) for name in _AUTHOR} | {
        name: getattr(mention, name) for name in _POST
    }


def revision_of(mention: Incoming) -> dict[str, Any]:
    """The `extra` of the revision that brings the words."""
    late = {name: value for name, value in late_of(mention).items() if value is not None}
    return {COMPLETED: late, MORE: dict(mention.extra)}


def with_late_words(mention: Mention, said: Mapping[str, Any]) -> Mention:
    """The mention as a revision's `extra` says of it. Words that came late are no edit; an edit after them is one."""
    if said.get(HIDDEN):
        return replace(mention, extra=without_words(mention.extra))
    marks = {name: said[name] for name in (REMOVED, HIDDEN) if said.get(name)}
    gone = (COMPLETED,) if not mention.text else (COMPLETED, INCOMPLETE)
    kept = {name: value for name, value in mention.extra.items() if name not in gone}
    late = said.get(COMPLETED)
    if not isinstance(late, Mapping):
        return replace(mention, extra={**kept, **marks})
    author = replace(mention.author, **{name: late[name] for name in _AUTHOR if name in late})
    post = {name: late[name] for name in _POST if name in late}
    return replace(
        mention, author=author, extra={**kept, **said.get(MORE, {}), **marks, COMPLETED: True}, **post
    )


def without_words(extra: Mapping[str, Any]) -> dict[str, Any]:
    """The `extra` of a post whose words may not be shown any more."""
    return {name: value for name, value in extra.items() if name in _OURS} | GONE_HIDDEN
