"""What a stream of posts says, whichever way it says it. All of it is strangers' words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

POSTS: Final = "app.bsky.feed.post"
REPOSTS: Final = "app.bsky.feed.repost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A post or a repost was written, or (`edited`) written anew. `at` is when the stream saw it, microseconds since
    1970, UTC (nothing: it did not say); `rev` the version of its author's repository, which is a time, too."""

    did: str
    collection: str
    rkey: str
    cid: str
    rev: str
    at: int
    edited: bool
    record: Mapping[str, Any] = field(repr=False)

    @property
    def uri(self) -> str:
        return uri_of(self.did, self.collection, self.rkey)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A post is gone."""

    uri: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """Somebody may have another handle now."""

    did: str


Event = Written | Deleted | Renamed


class NotUnderstood(Exception):
    """One message of the stream that is not as agreed; the stream goes on."""


class CursorTooNew(Exception):
    """The stream does not know the place we were at: its server began anew."""


class StreamSaid(Exception):
    """The stream ends, and says why."""


def uri_of(did: str, collection: str, rkey: str) -> str:
    return f"at://{did}/{collection}/{rkey}"


def parts_of(uri: str) -> tuple[str, str, str] | None:
    """DID, collection and key of a record's address; None where it is none."""
    scheme, _, rest = uri.partition("://")
    parts = rest.split("/")
    if scheme != "at" or len(parts) != 3 or not all(parts) or not parts[0].startswith("did:"):
        return None
    return parts[0], parts[1], parts[2]


def text_at(value: object, *path: str) -> str:
    """The text that stands there, blank where none does."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
