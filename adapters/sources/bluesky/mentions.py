"""From posts as the stream brings them to mentions as the desk keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from adapters.sources.bluesky.events import REPOSTS, Written, text_at
from adapters.sources.bluesky.ours import root_of
from adapters.sources.bluesky.people import Profile
from adapters.sources.mention_fields import KEY, MOST_FOLLOWERS, NAME, TEXT_BYTES, WORDS, YEARS, incoming
from adapters.sources.storable import BadMention
from bot.domain.mention import NATIVE, REPOST_OF
from bot.ports import Incoming

PUBLIC: Final = "https://bsky.app"
_HALVES: Final = dict.fromkeys((0, *range(55296, 57344)), "�")
_SORTABLE: Final = "234567abcdefghijklmnopqrstuvwxyz"
_TID: Final = 13


def mention_of(post: Written, by: Profile, *, source: str, community: str, now: datetime) -> Incoming:
    """The post as a mention; of a repost only whose it is and of which post. Raises BadMention where its own address
    is beyond measure, which no server makes."""
    if len(post.uri) > NAME:
        raise BadMention("the address of a post is too long")
    seen = _at(post.at) or now
    repost = post.collection == REPOSTS
    item: dict[str, Any] = {
        "source": source,
        "id": post.uri,
        "created_at": _written(post, seen).isoformat(),
        "author": _author(by),
        "text": "" if repost else _text(text_at(post.record, "text")),
        "url": None if repost else public_url(by.handle, post.rkey),
        "lang": _lang(post.record),
        "in_reply_to": None if repost else _key(text_at(post.record, "reply", "parent", "uri")),
        "thread": None if repost else _key(root_of(post) or post.uri),
        "edited_at": (tid_time(post.rev) or seen).isoformat() if post.edited else None,
    }
    if repost:
        item[REPOST_OF] = _key(text_at(post.record, "subject", "uri"))
    else:
        item[NATIVE] = native_of(post)
    return incoming(item, lambda **_: community, suspect=True)


def native_of(post: Written) -> dict[str, str]:
    """What a reply must say: this post, and the first of its talk."""
    root = {key: text_at(post.record, "reply", "root", key) for key in ("uri", "cid")}
    if not all(root.values()) or any(len(value) > KEY for value in root.values()):
        root = {"uri": post.uri, "cid": post.cid}
    said = {"uri": post.uri, "cid": post.cid, "root_uri": root["uri"], "root_cid": root["cid"]}
    return {key: value.translate(_HALVES) for key, value in said.items()}


def public_url(who: str, rkey: str) -> str:
    """The post at bsky.app, by its author's handle or DID."""
    return f"{PUBLIC}/profile/{who}/post/{rkey}"


def tid_time(tid: str) -> datetime | None:
    """When the clock that made this identifier thought it was; None: it is none."""
    if len(tid) != _TID or not set(tid) <= set(_SORTABLE):
        return None
    number = 0
    for letter in tid:
        number = number * 32 + _SORTABLE.index(letter)
    return _at((number & (2**63 - 1)) >> 10)


def tid_of(microseconds: int, clock: int) -> str:
    """The identifier of that moment at one of 1024 clocks."""
    number = (microseconds & (2**53 - 1)) << 10 | (clock & 1023)
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def _written(post: Written, seen: datetime) -> datetime:
    """When its author says, but never later than it was seen: clocks err, and some lie to stand on top."""
    try:
        said = datetime.fromisoformat(text_at(post.record, "createdAt"))
        said = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return seen
    return min(said, seen) if said.year in YEARS else seen


def _at(microseconds: int) -> datetime | None:
    try:
        at = datetime.fromtimestamp(microseconds / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if microseconds and at.year in YEARS else None


def _author(by: Profile) -> dict[str, Any]:
    followers = min(by.followers, MOST_FOLLOWERS) if by.followers is not None else None
    about = {"name": _text(by.name or "")[:KEY], "bio": _text(by.bio or "")[:WORDS], "followers": followers}
    return {"handle": _text(by.handle)[:NAME], **about}


def _text(text: str) -> str:
    whole = text.translate(_HALVES)
    return whole if len(whole) * 4 <= TEXT_BYTES else whole.encode()[:TEXT_BYTES].decode(errors="ignore")


def _key(text: str) -> str:
    return _text(text)[:KEY]


def _lang(record: Mapping[str, Any]) -> str | None:
    langs = record.get("langs")
    first = langs[0] if isinstance(langs, list) and langs else None
    return _text(first)[:NAME] if isinstance(first, str) else None
