"""What a network's answer says, as a mention that the desk can keep: cut to its limits, never refused for them.

A post that is too long or holds half a character is still a post about us. What makes a mention impossible is only
that it has no id, no author or no time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, TypeVar

import structlog

from adapters.sources.mention_fields import KEY, MOST_FOLLOWERS, NAME, TEXT_BYTES, YEARS, is_link
from adapters.sources.storable import BadMention

log = structlog.get_logger(__name__)
T = TypeVar("T")

NO_ID: Final = "it has no id"
NO_TIME: Final = "it has no time"
NO_OBJECT: Final = "it is no object"


def text(value: object, most_bytes: int = TEXT_BYTES) -> str:
    """Text that can be stored: no NUL, no half characters, at most that many bytes of UTF-8; blank for no text."""
    if not isinstance(value, str):
        return ""
    raw = value.replace("\x00", "").encode("utf-8", "replace")
    return raw[:most_bytes].decode("utf-8", "ignore")


def words(value: object, most: int = NAME) -> str | None:
    """One line of at most that many characters; None where nothing is said."""
    return " ".join(text(value).split())[:most].strip() or None


def key(value: object) -> str | None:
    """An id as it stands, or, where it is too long to be kept, what stands for it; None where there is none."""
    said = str(value) if type(value) is int else text(value).strip()
    if len(said) > NAME:
        return "sha256:" + sha256(said.encode()).hexdigest()
    return said or None


def needed(value: object) -> str:
    """Raises BadMention where there is no id."""
    found = key(value)
    if found is None:
        raise BadMention(NO_ID)
    return found


def parent(value: object) -> str | None:
    """The id of a thread or a parent."""
    return (key(value) or "")[:KEY] or None


def link(value: object) -> str | None:
    """An address that may be shown; None for any other."""
    said = text(value).strip()
    return said if is_link(said) else None


def count(value: object) -> int | None:
    """How many followers; None where it is no number of people."""
    return value if type(value) is int and 0 <= value <= MOST_FOLLOWERS else None


def moment(value: object) -> datetime | None:
    """Seconds since 1970, or ISO 8601 with a zone; None for everything else and for years that cannot be right."""
    try:
        if type(value) in (int, float):
            at = datetime.fromtimestamp(value, UTC)  # type: ignore[arg-type]
        elif isinstance(value, str):
            at = datetime.fromisoformat(value)
        else:
            return None
        return at.astimezone(UTC) if at.tzinfo is not None and at.year in YEARS else None
    except (ValueError, OverflowError, OSError):
        return None


def time(value: object) -> datetime:
    """Raises BadMention where there is no time."""
    at = moment(value)
    if at is None:
        raise BadMention(NO_TIME)
    return at


def table(value: object) -> Mapping[str, object]:
    """The object, or an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The list, or an empty one where it is none."""
    return value if isinstance(value, list) else []


def each(source: str, posts: Iterable[object], read: Callable[[Mapping[str, object]], T | None]) -> list[T]:
    """What can be read of the posts, in their order; the others are logged, and stop nothing."""
    found = []
    for post in posts:
        try:
            if not isinstance(post, dict):
                raise BadMention(NO_OBJECT)
            one = read(post)
        except BadMention as bad:
            log.warning("a post was skipped", source=source, why=bad.reason)
            continue
        if one is not None:
            found.append(one)
    return found


def digest(*parts: str) -> str:
    """What changes when any of these does: short, for a cursor."""
    return sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:12]
