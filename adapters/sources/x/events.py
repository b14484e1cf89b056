"""What X says, whichever way it says it: a line of a stream, a page of a search, a webhook's body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog

from adapters.sources import fitting
from adapters.sources.mention_json import Rejected
from adapters.sources.storable import BadMention
from adapters.sources.x.posts import Reader
from bot.ports import Incoming, Removed

log = structlog.get_logger(__name__)

NO_OBJECT: Final = "X sends an object; this is none"
_MADE: Final = ("post.create", "post.mention.create", "post.quote.create", "post.reply.create")


@dataclass(slots=True)
class Heard:
    """`others` counts what is fine, but no post: likes, follows, typing."""

    mentions: list[Incoming] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    others: int = 0


def hear(value: object, reader: Reader, now: datetime) -> Heard:
    """Answers for every JSON value: what cannot be read stops nothing else."""
    heard = Heard()
    if not isinstance(value, dict):
        heard.rejected.append(Rejected(0, NO_OBJECT))
        return heard
    found = False
    for index, one in enumerate(_each(value, reader, now)):
        found = True
        try:
            thing = one()
        except BadMention as bad:
            log.warning("a post was skipped", source=reader.plan.name, why=bad.reason)
            heard.rejected.append(Rejected(index, bad.reason))
            continue
        if isinstance(thing, Removed):
            heard.removed.append(thing)
        elif thing is not None:
            heard.mentions.append(thing)
        else:
            heard.others += 1
    heard.others += not found
    return heard


def _each(value: Mapping[str, Any], reader: Reader, now: datetime) -> Iterator[Any]:
    includes = fitting.table(value.get("includes"))
    data = value.get("data")
    for one in data if isinstance(data, list) else [data]:
        if isinstance(one, dict):
            yield from _new(one, includes, reader, now)
    for old in fitting.items(value.get("tweet_create_events")):
        yield lambda old=old: reader.old_post(_object(old))
    for old in fitting.items(value.get("tweet_delete_events")):
        yield lambda old=old: _old_removal(_object(old), reader, now)


def _new(one: Mapping[str, Any], includes: Mapping[str, Any], reader: Reader, now: datetime) -> Iterator[Any]:
    gone = fitting.table(fitting.table(one.get("delete") or one.get("tweet_delete")).get("tweet"))
    kind = one.get("event_type")
    if gone:
        # The compliance stream.
        yield lambda: reader.removed(gone.get("id"), None, now)
    elif isinstance(kind, str):
        payload = fitting.table(one.get("payload"))
        around = fitting.table(one.get("includes")) or includes
        if kind == "post.delete":
            yield lambda: reader.removed(payload.get("id") or payload.get("tweet_id"), None, now)
        elif kind in _MADE:
            yield lambda: reader.post(payload, around)
    elif "id" in one or "text" in one:
        yield lambda: reader.post(one, includes)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadMention(fitting.NO_OBJECT)
    return value


def _old_removal(event: Mapping[str, Any], reader: Reader, now: datetime) -> Removed:
    stamp = event.get("timestamp_ms")
    plain = isinstance(stamp, str) and stamp.isdecimal() and len(stamp) < 15
    at = fitting.moment(int(str(stamp)) / 1000) if plain else None
    return reader.removed(fitting.table(event.get("status")).get("id"), at, now)
