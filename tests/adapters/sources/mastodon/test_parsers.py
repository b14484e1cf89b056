"""Whatever a server or a stranger writes: no parser raises, and no valid mention is lost."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sources.mastodon.account import Account
from adapters.sources.mastodon.api import Api, harmless, moment
from adapters.sources.mastodon.cursor import WATCHED, read_cursor
from adapters.sources.mastodon.instance import Instance, Me, read_instance
from adapters.sources.mastodon.looking import essence
from adapters.sources.mastodon.reading import Reading
from adapters.sources.mastodon.statuses import Statuses, text_of, visibility_of
from adapters.sources.mastodon.streams import Event, _said, read_event, read_message
from adapters.sources.mastodon.threads import Threads
from adapters.sources.mention_fields import TEXT_BYTES
from bot.triage.sifting import Sift
from tests.adapters.sources.mastodon.kit import community_of
from tests.desk import MONDAY

ROOMY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
"""Machines are slow at times."""

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    *(
        "id",
        "account",
        "acct",
        "content",
        "created_at",
        "edited_at",
        "in_reply_to_id",
        "visibility",
        "spoiler_text",
    ),
    *(
        "sensitive",
        "language",
        "url",
        "uri",
        "media_attachments",
        "poll",
        "options",
        "title",
        "mentions",
        "reblog",
    ),
    *("status", "type", "note", "display_name", "followers_count", "last_status"),
]
NESTED = st.recursive(
    ANYTHING,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=8) | st.lists(inner, max_size=3),
    max_leaves=20,
)
VALID: dict[str, Any] = {
    "id": "17",
    "account": {"id": "3", "acct": "ana"},
    "content": "<p>@acme hello</p>",
    "created_at": "2026-03-02T08:00:00.000Z",
    "visibility": "public",
    "mentions": [{"id": "1"}],
}


class Nowhere(Api):
    """A server that nobody may ask here."""


def reading(*search: str) -> Reading:
    api = cast(
        Api, Nowhere(base="https://social.example", token="t", http=cast(Any, None), clock=cast(Any, None))
    )
    statuses = Statuses(
        source="mastodon",
        server="social.example",
        domain="social.example",
        community_of=community_of,
        now=lambda: MONDAY,
    )
    return Reading(
        me=Me(id="1", handle="acme@social.example"),
        account=Account(api=api, setting="S", instance=Instance(domain="social.example")),
        sift=Sift(search),
        statuses=statuses,
        threads=Threads(api),
    )


# -- statuses ------------------------------------------------------------------------------------------


@ROOMY
@given(
    NESTED, st.sampled_from(["update", "status.update", "notification", "conversation", "delete", "other"])
)
async def test_no_event_raises(payload: Any, name: str) -> None:
    if isinstance(payload, dict) and payload.get("in_reply_to_id") is not None:
        payload.pop("in_reply_to_id")
    await reading("a", "0").event(Event(name, payload))


@ROOMY
@given(
    st.dictionaries(
        st.sampled_from([key for key in KEYS if key not in (*VALID, "in_reply_to_id", "reblog")]), NESTED
    ),
    st.dictionaries(st.sampled_from(["note", "display_name", "followers_count", "url", "bot"]), NESTED),
    NESTED,
    NESTED,
)
async def test_a_valid_mention_is_not_lost_for_what_else_is_in_it(
    more: dict[str, Any], about: dict[str, Any], created: Any, visibility: Any
) -> None:
    account = {**about, **VALID["account"]}
    status = {**more, **VALID, "account": account, "created_at": created, "visibility": visibility}
    batch = await reading().event(Event("notification", {"id": "5", "type": "mention", "status": status}))
    assert batch is not None
    (mention,) = batch.mentions
    assert mention.external_id == "social.example/17" and mention.handle == "ana@social.example"
    assert "@acme hello" in mention.text and mention.created_at.tzinfo is UTC
    if visibility not in ("public", "unlisted", "private", "local"):
        assert mention.extra["visibility"] == "direct"


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"content": "<p>a</p>", "spoiler_text": "food"}, "Content warning: food\n\na"),
        (
            {"content": "", "media_attachments": [{"type": "image", "description": "A torn box"}]},
            "[image: A torn box]",
        ),
        ({"content": "x", "media_attachments": [{"type": "odd"}]}, "x\n\n[attachment]"),
        (
            {"content": "Which?", "poll": {"options": [{"title": "a"}, {"title": "b"}]}},
            "Which?\n\n[poll: a / b]",
        ),
    ],
)
def test_what_a_reader_sees_is_the_text(payload: dict[str, Any], text: str) -> None:
    assert text_of(payload) == text


def test_a_text_beyond_measure_is_cut_not_lost() -> None:
    text = text_of({"content": "ß" * 90_000})
    assert TEXT_BYTES - 16 < len(text.encode()) <= TEXT_BYTES and text.endswith("…")


def test_what_is_not_known_to_be_public_is_not_public() -> None:
    assert [visibility_of({"visibility": said}) for said in ("public", "local", "limited", None, 5)] == [
        "public",
        "public",
        "direct",
        "direct",
        "direct",
    ]


def test_known_by_its_name() -> None:
    assert reading().statuses.handle({"acct": "ana"}) == "ana@social.example"


# -- streams -------------------------------------------------------------------------------------------


@ROOMY
@given(st.text(max_size=80) | NESTED.map(lambda said: json.dumps(said)))
def test_no_message_raises(text: str) -> None:
    read_message(text)


@ROOMY
@given(st.sampled_from(["update", "delete", "notification", "announcement", ""]), NESTED | st.text())
def test_no_payload_raises(name: str, payload: Any) -> None:
    event = read_event(name, payload)
    assert event is None or event.name == name


@dataclass
class Parts:
    """A response's body, cut somewhere."""

    parts: list[bytes]

    async def iter_any(self) -> Any:
        for part in self.parts:
            yield part


@ROOMY
@given(st.lists(st.integers(0, 200), max_size=12), st.sampled_from(["\n", "\r\n"]))
async def test_events_are_read_wherever_the_network_cuts_them(cuts: list[int], end: str) -> None:
    lines = [
        ":thump",
        "",
        "event: update",
        'data: {"id": "1", "content": "é🙂"}',
        "",
        "event: delete",
        "data: 2",
        "",
    ]
    lines += [
        "data: no name",
        "",
        "event: update",
        "data: nonsense",
        "",
        "event: notification",
        "data: {}",
        "",
        "",
    ]
    raw = end.join(lines).encode()
    at = sorted({0, len(raw), *(min(cut, len(raw)) for cut in cuts)})
    parts = [raw[a:b] for a, b in pairwise(at)]
    found = [event async for event in _said(Parts(parts))]
    assert found == [
        Event("update", {"id": "1", "content": "é🙂"}),
        Event("delete", "2"),
        Event("notification", {}),
    ]


@ROOMY
@given(st.binary(max_size=300))
async def test_no_stream_of_bytes_raises(raw: bytes) -> None:
    async for _ in _said(Parts([raw])):
        pass


# -- what a server says of itself ------------------------------------------------------------------------


@ROOMY
@given(NESTED.map(lambda said: said if isinstance(said, dict) else {}), NESTED, NESTED)
def test_whatever_a_server_says_of_itself_it_can_be_asked(
    said: dict[str, Any], urls: Any, configuration: Any
) -> None:
    found = read_instance({**said, "urls": urls, "configuration": configuration}, "https://social.example")
    assert found.longest > 0 and found.domain


@pytest.mark.parametrize(
    ("said", "base", "streaming"),
    [
        ("wss://s.example", "https://social.example", "wss://s.example"),
        ("wss://s.example/api/v1/streaming/", "https://social.example", "wss://s.example"),
        ("https://s.example", "https://social.example", "wss://s.example"),
        ("ws://s.example", "https://social.example", ""),
        ("ws://127.0.0.1:1", "http://127.0.0.1:1", "ws://127.0.0.1:1"),
        ("ftp://s.example", "https://social.example", ""),
        (7, "https://social.example", ""),
    ],
)
def test_a_token_goes_only_where_it_is_safe(said: Any, base: str, streaming: str) -> None:
    assert read_instance({"urls": {"streaming_api": said}}, base).streaming == streaming


@ROOMY
@given(st.text(max_size=40) | st.integers().map(str))
def test_no_moment_raises(text: str) -> None:
    at = moment(text)
    assert at is None or at.tzinfo is UTC


@ROOMY
@given(st.text())
def test_a_servers_words_are_harmless(said: str) -> None:
    words = harmless(said)
    assert not any(mark in words for mark in ("<", "*", "[", "`", "://", "\n")) and "@everyone" not in words


@ROOMY
@given(st.text(max_size=60) | NESTED.map(lambda said: json.dumps(said)))
def test_no_cursor_raises(text: str) -> None:
    found = read_cursor(text, MONDAY)
    again = read_cursor(found.text(), MONDAY)
    assert again == found and len(found.watched) <= WATCHED


@pytest.mark.parametrize(
    ("sent", "stands"),
    [
        (
            "@ana@e.example Sorry! See https://a.example/x?y=1",
            "@ana Sorry! See a.example/x?y=1 https://a.example/x?y=1",
        ),
        ("Hello *you* 🙂", "Hello you"),
        ("one\n\ntwo", "one two"),
    ],
)
def test_a_reply_is_known_though_the_server_shows_it_differently(sent: str, stands: str) -> None:
    assert essence(sent) == essence(stands) or "a.example" in stands
