"""The network's own stream, `com.atproto.sync.subscribeRepos`: every change of every repository, in CBOR, with the
changed records in a CAR file. A server of one's own has only this one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import libipld
import structlog

from adapters.sources.bluesky.events import (
    POSTS,
    REPOSTS,
    CursorTooNew,
    Deleted,
    Event,
    NotUnderstood,
    Renamed,
    StreamSaid,
    Written,
    text_at,
    uri_of,
)
from adapters.sources.bluesky.ours import Ours

log = structlog.get_logger(__name__)

_TOO_NEW: Final = "FutureCursor"
_TOO_OLD: Final = "OutdatedCursor"
_EDITS: Final = ("create", "update")


class Relay:
    """The cursor is a number of the server's own."""

    name = "relay"
    path = "/xrpc/com.atproto.sync.subscribeRepos"

    def __init__(self, ours: Ours) -> None:
        self._ours = ours

    @staticmethod
    def query(cursor: int | None) -> list[tuple[str, str]]:
        return [] if cursor is None else [("cursor", str(cursor))]

    def read(self, message: bytes | str) -> tuple[int | None, Iterable[Event]]:
        """Where the stream is now, and what it said that may matter to us. Raises NotUnderstood, CursorTooNew,
        StreamSaid."""
        header, body = _frame(message)
        if header.get("op") == -1:
            name = text_at(body, "error")
            raise CursorTooNew if name == _TOO_NEW else StreamSaid(name[:100])
        kind, seq = header.get("t"), body.get("seq")
        if kind == "#info":
            if body.get("name") == _TOO_OLD:
                log.warning("the stream goes on later than where we were, posts between may be missing")
            return None, ()
        if type(seq) is not int or not 0 <= seq < 2**63:
            raise NotUnderstood("no number")
        if kind == "#identity":
            return seq, (Renamed(did=text_at(body, "did")),)
        return seq, list(self._events(body)) if kind == "#commit" else ()

    def _events(self, body: Mapping[str, Any]) -> Iterator[Event]:
        ops, did = body.get("ops"), text_at(body, "repo")
        wanted = [op for op in ops if _ours_to_read(op)] if isinstance(ops, list) else []
        if not wanted or not did.startswith("did:"):
            return
        records: Mapping[bytes, Any] | None = None
        for op in wanted:
            collection, _, rkey = op["path"].partition("/")
            if op["action"] == "delete":
                if collection == POSTS:
                    yield Deleted(uri=uri_of(did, collection, rkey), at=_micros(body))
                continue
            records = _records(body.get("blocks")) if records is None else records
            record = records.get(op["cid"])
            if not isinstance(record, dict):
                log.warning("the stream left a record out", repository=did, rkey=rkey[:40])
                continue
            if self._ours.is_about(did, collection, record):
                yield Written(
                    did=did,
                    collection=collection,
                    rkey=rkey,
                    cid=libipld.encode_cid(op["cid"]),
                    rev=text_at(body, "rev"),
                    at=_micros(body),
                    edited=op["action"] == "update",
                    record=record,
                )


def _frame(message: bytes | str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    try:
        parts = libipld.decode_dag_cbor_multi(message) if isinstance(message, bytes) else []
    except Exception as error:  # the library names no common ancestor of what it raises
        raise NotUnderstood("no CBOR") from error
    if len(parts) != 2 or not all(isinstance(part, dict) for part in parts):
        raise NotUnderstood("not two parts")
    return parts[0], parts[1]


def _ours_to_read(op: object) -> bool:
    if not isinstance(op, dict) or not isinstance(op.get("path"), str):
        return False
    collection, _, rkey = op["path"].partition("/")
    if collection not in (POSTS, REPOSTS) or not rkey:
        return False
    return op.get("action") == "delete" or (op.get("action") in _EDITS and isinstance(op.get("cid"), bytes))


def _records(blocks: object) -> Mapping[bytes, Any]:
    if not isinstance(blocks, bytes):
        return {}
    try:
        _, records = libipld.decode_car(blocks)
    except Exception as error:  # as above
        raise NotUnderstood("no CAR") from error
    found: Mapping[bytes, Any] = records
    return found


def _micros(body: Mapping[str, Any]) -> int:
    """Microseconds since 1970; nothing, where the stream says no time."""
    try:
        at = datetime.fromisoformat(text_at(body, "time"))
        return max(0, int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000))
    except (ValueError, OverflowError):
        return 0
