"""The light stream: one JSON object a message, only posts and reposts. Hardly any is about us, so each is first read
just as far as that can be told."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct

from adapters.sources.bluesky.events import (
    POSTS,
    REPOSTS,
    Deleted,
    Event,
    NotUnderstood,
    Renamed,
    Written,
    text_at,
    uri_of,
)
from adapters.sources.bluesky.ours import Ours

BEHIND: Final = 5_000_000
"""Another server of the same stream may have seen things a little later: so many microseconds are heard again."""


class _Ref(Struct, gc=False, frozen=True):
    uri: str = ""


class _Reply(Struct, gc=False, frozen=True):
    root: _Ref = _Ref()
    parent: _Ref = _Ref()


class _Record(Struct, gc=False):
    text: str = ""
    reply: _Reply | None = None
    subject: _Ref | None = None


class _Commit(Struct, gc=False):
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: _Record | None = None


class _Message(Struct, gc=False):
    time_us: int
    did: str = ""
    kind: str = ""
    commit: _Commit | None = None


_QUICK: Final = msgspec.json.Decoder(_Message)
_WHOLE: Final = msgspec.json.Decoder(dict[str, Any])
_NO_REPLY: Final = _Reply()


class Jetstream:
    """The cursor is a time, microseconds since 1970, and the same at every server of this stream."""

    name = "jetstream"

    def __init__(self, ours: Ours) -> None:
        self._ours = ours

    @staticmethod
    def query(cursor: int | None) -> list[tuple[str, str]]:
        wanted = [("wantedCollections", POSTS), ("wantedCollections", REPOSTS)]
        return wanted if cursor is None else [*wanted, ("cursor", str(max(0, cursor - BEHIND)))]

    path = "/subscribe"

    def read(self, message: bytes | str) -> tuple[int | None, Iterable[Event]]:
        """Where the stream is now, and what it said that may matter to us. Raises NotUnderstood."""
        raw = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
        try:
            quick = _QUICK.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self._patiently(raw)
        commit = quick.commit
        if commit is None or quick.kind != "commit" or not quick.did:
            return (quick.time_us, ()) if quick.kind == "account" else self._patiently(raw)
        if commit.operation == "delete":
            return quick.time_us, _deleted(quick.did, quick.time_us, commit.collection, commit.rkey)
        return self._patiently(raw) if self._matters(commit, raw) else (quick.time_us, ())

    def _matters(self, commit: _Commit, raw: bytes) -> bool:
        """Of a post or repost: whether all of it is to be read."""
        record = commit.record
        if record is None or (self._ours.mark and self._ours.mark in raw):
            return True
        if commit.collection == REPOSTS:
            return record.subject is None or self._ours.knows(record.subject.uri)
        reply = record.reply or _NO_REPLY
        return self._ours.glance(record.text, reply.root.uri, reply.parent.uri)

    def _patiently(self, raw: bytes) -> tuple[int | None, Iterable[Event]]:
        said = _whole(raw)
        at, did = said.get("time_us"), text_at(said, "did")
        if type(at) is not int or not 0 <= at < 2**63 or not did.startswith("did:"):
            raise NotUnderstood("no time or no author")
        if said.get("kind") == "identity":
            return at, (Renamed(did=did),)
        commit = said.get("commit")
        if said.get("kind") != "commit" or not isinstance(commit, dict):
            return at, ()
        if commit.get("operation") == "delete":
            return at, _deleted(did, at, text_at(commit, "collection"), text_at(commit, "rkey"))
        event = _written(did, at, commit)
        return at, (event,) if event and self._ours.about(event) else ()


def _deleted(did: str, at: int, collection: str, rkey: str) -> tuple[Deleted, ...]:
    return (Deleted(uri=uri_of(did, collection, rkey), at=at),) if collection == POSTS and rkey else ()


def _written(did: str, at: int, commit: dict[str, Any]) -> Written | None:
    collection, rkey, operation = (text_at(commit, key) for key in ("collection", "rkey", "operation"))
    record = commit.get("record")
    if operation not in ("create", "update") or collection not in (POSTS, REPOSTS):
        return None
    if not rkey or not isinstance(record, dict):
        raise NotUnderstood("a post without a key or a record")
    return Written(
        did=did,
        collection=collection,
        rkey=rkey,
        cid=text_at(commit, "cid"),
        rev=text_at(commit, "rev"),
        at=at,
        edited=operation == "update",
        record=record,
    )


def _whole(raw: bytes) -> dict[str, Any]:
    try:
        return _WHOLE.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # One half of a character must not lose a post.
        said = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("no JSON") from error
    if not isinstance(said, dict):
        raise NotUnderstood("no object")
    return said
