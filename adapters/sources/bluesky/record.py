"""A reply as a record of the network: its key, its links and names, and the talk it stands in. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final

from adapters.sources.bluesky.events import POSTS
from adapters.sources.bluesky.mentions import tid_of
from bot.ports import Outgoing

_LINK: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_NAME: Final = re.compile(
    r"(?<![\w@/.])@((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])", re.IGNORECASE
)
_TAG: Final = re.compile(r"(?<![\w#/&])#((?=\S*[^\W\d_])\w{1,64})")
_AFTER: Final = ".,;:!?'\u2019\u201d\u00bb"
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def key_of(reply: Outgoing) -> str:
    """The record's key: a time and a clock, as the network wants it, the same at every try and nobody else's. Of the
    time only the second is the clock's; the rest is the reply's own key."""
    digest = int.from_bytes(hashlib.sha256(reply.key.encode()).digest()[:8], "big")
    second = int(reply.begun_at.timestamp())
    return tid_of(second * 1_000_000 + digest % 1_000_000, digest >> 32)


def record_of(reply: Outgoing, dids: Mapping[str, str]) -> dict[str, Any]:
    """The same at every try. `dids` are those of the handles that `names_in` finds."""
    native = reply.to.native
    record: dict[str, Any] = {
        "$type": POSTS,
        "text": reply.text,
        "createdAt": reply.begun_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "reply": {
            "root": {"uri": native["root_uri"], "cid": native["root_cid"]},
            "parent": {"uri": native["uri"], "cid": native["cid"]},
        },
    }
    facets = [*_links(reply.text), *_names(reply.text, dids), *_tags(reply.text)]
    if facets:
        record["facets"] = sorted(facets, key=lambda facet: int(facet["index"]["byteStart"]))
    if reply.lang and _LANG.fullmatch(reply.lang):
        record["langs"] = [reply.lang]
    return record


def names_in(text: str) -> tuple[str, ...]:
    """The handles that a text names, in small letters."""
    links = [found.span() for found in _LINK.finditer(text)]
    return tuple(dict.fromkeys(found[1].lower() for found in _outside(_NAME, text, links)))


def _links(text: str) -> Iterator[dict[str, Any]]:
    for found in _LINK.finditer(text):
        link = _trimmed(found[0])
        yield _facet(text, found.start(), found.start() + len(link), "link", {"uri": link})


def _names(text: str, dids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for found in _outside(_NAME, text, [link.span() for link in _LINK.finditer(text)]):
        did = dids.get(found[1].lower())
        if did:
            yield _facet(text, *found.span(), "mention", {"did": did})


def _tags(text: str) -> Iterator[dict[str, Any]]:
    for found in _outside(_TAG, text, [link.span() for link in _LINK.finditer(text)]):
        yield _facet(text, *found.span(), "tag", {"tag": found[1]})


def _outside(pattern: re.Pattern[str], text: str, spans: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    return (
        found
        for found in pattern.finditer(text)
        if not any(start <= found.start() < end for start, end in spans)
    )


def _trimmed(link: str) -> str:
    """Without what ends the sentence around it; a closing bracket stays where the link opens it."""
    while link and (link[-1] in _AFTER or (link[-1] == ")" and link.count("(") < link.count(")"))):
        link = link[:-1]
    return link


def _facet(text: str, start: int, end: int, kind: str, about: Mapping[str, str]) -> dict[str, Any]:
    """The network counts in bytes of UTF-8."""
    begin = len(text[:start].encode())
    return {
        "index": {"byteStart": begin, "byteEnd": begin + len(text[start:end].encode())},
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **about}],
    }
