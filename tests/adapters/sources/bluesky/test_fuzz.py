"""Whatever the streams say: never an exception, never a valid post lost."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import libipld
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.bluesky.events import CursorTooNew, NotUnderstood, StreamSaid, Written
from adapters.sources.bluesky.jetstream import Jetstream
from adapters.sources.bluesky.mentions import mention_of
from adapters.sources.bluesky.ours import Ours
from adapters.sources.bluesky.people import Profile
from adapters.sources.bluesky.relay import Relay
from adapters.sources.bluesky.session import lifetime_of
from adapters.sources.bluesky.xrpc import asked_to_wait
from adapters.sources.storable import BadMention, look_through
from bot.triage.sifting import Sift
from tests.fakes.bluesky.shapes import POSTS, commit, frame, post_record

ME, EVE = "did:plc:me", "did:plc:eve"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AT = int(NOW.timestamp() * 1_000_000)
OURS = Ours(ME, Sift(("kettle",)))

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("reply", "facets", "embed", "langs", "createdAt", "labels", "tags", "$type")
odd_record = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=4)


def the_post(events: Any) -> Written:
    (post,) = events
    assert isinstance(post, Written)
    return post


def kept(post: Written, handle: str = "eve.example") -> None:
    """What was understood can be stored."""
    made = mention_of(
        post,
        Profile(handle=handle),
        source="bluesky",
        community="everyone",
        now=NOW,
    )
    look_through({"text": made.text, "extra": dict(made.extra)})
    assert made.external_id == post.uri and made.created_at <= NOW


@settings(deadline=None)
@given(odd_record, st.text(max_size=30))
def test_a_valid_post_is_never_lost_in_the_light_stream(odd: dict[str, Any], text: str) -> None:
    record = {**post_record(f"{text} kettle", AT), **odd}
    said = {**commit(EVE, AT, "create", POSTS, "3k2a", None)}
    said["commit"] |= {"record": record, "cid": "bafy"}
    cursor, events = Jetstream(OURS).read(json.dumps(said).encode())
    assert cursor == AT
    kept(the_post(list(events)))


@settings(deadline=None)
@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_nonsense_in_the_light_stream(raw: bytes) -> None:
    with suppress(NotUnderstood):
        list(Jetstream(OURS).read(raw)[1])


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "did": anything,
            "time_us": anything,
            "kind": st.sampled_from(["commit", "identity", "account"]),
            "commit": st.dictionaries(
                st.sampled_from(["operation", "collection", "rkey", "cid", "rev", "record"]),
                anything | st.sampled_from(["create", "delete", "update", POSTS, "app.bsky.feed.repost"]),
            ),
        },
    )
)
def test_half_right_messages(said: dict[str, Any]) -> None:
    with suppress(NotUnderstood):
        list(Jetstream(OURS).read(json.dumps(said).encode())[1])


def test_a_frame_is_understood() -> None:
    cursor, events = Relay(OURS).read(frame(EVE, post_record("my kettle", AT)))
    post = the_post(events)
    assert cursor == 7 and post.record["text"] == "my kettle" and post.cid.startswith("bafy")
    kept(post)


@settings(deadline=None)
@given(odd_record)
def test_a_valid_post_is_never_lost_in_the_networks_own_stream(odd: dict[str, Any]) -> None:
    _, events = Relay(OURS).read(frame(EVE, {**post_record("my kettle", AT), **odd}))
    kept(the_post(events))


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_a_frame_with_broken_bytes(seed: int, count: int) -> None:
    chance, raw = random.Random(seed), bytearray(frame(EVE, post_record("my kettle", AT)))
    for _ in range(count):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    read(bytes(raw[: chance.randrange(len(raw) + 1)] if chance.random() < 0.3 else raw))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_nonsense_in_the_networks_own_stream(raw: bytes) -> None:
    read(raw)


@settings(deadline=None)
@given(anything, anything)
def test_other_things_in_two_parts(header: Any, body: Any) -> None:
    read(libipld.encode_dag_cbor(header) + libipld.encode_dag_cbor(body))


def test_depth_without_end() -> None:
    for raw in (b"\x81" * 100_000, b"\xa1\x61a" * 100_000, b"[" * 100_000, b'{"commit":' * 100_000):
        read(raw)
        with suppress(NotUnderstood):
            Jetstream(OURS).read(raw)


def read(raw: bytes) -> None:
    with suppress(NotUnderstood, StreamSaid, CursorTooNew):
        for event in Relay(OURS).read(raw)[1]:
            if isinstance(event, Written):
                with suppress(BadMention):
                    kept(event)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_tokens_and_headers(text: str) -> None:
    assert lifetime_of(text).total_seconds() > 0
    for header in ("Retry-After", "RateLimit-Reset"):
        after = asked_to_wait({header: text}, NOW)
        assert after is None or after.total_seconds() >= 1


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=2000), st.integers())
def test_any_profile_can_be_kept(handle: str, bio: str, followers: int) -> None:
    _, events = Jetstream(OURS).read(
        json.dumps(commit(EVE, AT, "create", POSTS, "3", post_record("kettle", AT))).encode()
    )
    by = Profile(handle=handle or EVE, name=bio, bio=bio, followers=abs(followers))
    with suppress(BadMention):
        mention_of(the_post(list(events)), by, source="b", community="e", now=NOW)
