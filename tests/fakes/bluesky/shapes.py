"""Messages in the shapes that the network's streams really have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import libipld

POSTS: Final = "app.bsky.feed.post"
_SORTABLE: Final = "234567abcdefghijklmnopqrstuvwxyz"

Json = dict[str, Any]


def tid(microseconds: int) -> str:
    number = microseconds << 10
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def cid_of(record: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(libipld.encode_dag_cbor(dict(record))).digest()
    return libipld.encode_cid(b"\x01\x71\x12\x20" + digest)


def post_record(text: str, at: int, **more: Any) -> Json:
    written = datetime.fromtimestamp(at / 1_000_000, UTC).isoformat(timespec="milliseconds")
    return {
        "$type": POSTS,
        "createdAt": written.replace("+00:00", "Z"),
        "langs": ["en"],
        "text": text,
        **more,
    }


def commit(
    did: str, at: int, operation: str, collection: str, rkey: str, record: Mapping[str, Any] | None
) -> Json:
    said: Json = {"rev": tid(at), "operation": operation, "collection": collection, "rkey": rkey}
    if record is not None:
        said |= {"record": dict(record), "cid": cid_of(record)}
    return {"did": did, "time_us": at, "kind": "commit", "commit": said}


def naming(did: str, text: str) -> list[Json]:
    """The facets of a text that begins with a handle."""
    end = len(text.split(" ")[0].encode())
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return [{"index": {"byteStart": 0, "byteEnd": end}, "features": [feature]}]


def frame(did: str, record: Any, *, rkey: str = "3k2a", seq: int = 7) -> bytes:
    """As a server says it: a header, and a commit with its record in a CAR file."""
    block = libipld.encode_dag_cbor(record)
    cid = b"\x01\x71\x12\x20" + hashlib.sha256(block).digest()
    head = _with_link({"version": 1, "roots": [libipld.encode_cid(cid)]}, cid)
    car = _varint(len(head)) + head + _varint(len(cid) + len(block)) + cid + block
    body = {
        "seq": seq,
        "repo": did,
        "rev": "3k2a",
        "time": "2026-03-02T09:00:00Z",
        "blocks": car,
        "ops": [{"action": "create", "path": f"{POSTS}/{rkey}", "cid": libipld.encode_cid(cid)}],
    }
    return libipld.encode_dag_cbor({"op": 1, "t": "#commit"}) + _with_link(body, cid)


def _with_link(body: dict[str, Any], cid: bytes) -> bytes:
    # A link is a tag of its own, which the library does not write: it is put in by hand.
    raw = libipld.encode_dag_cbor(body)
    text = libipld.encode_dag_cbor(libipld.encode_cid(cid))
    return raw.replace(text, b"\xd8\x2a\x58\x25\x00" + cid)


def _varint(number: int) -> bytes:
    made = b""
    while True:
        number, low = number >> 7, number & 127
        made += bytes([low | (128 if number else 0)])
        if not number:
            return made
