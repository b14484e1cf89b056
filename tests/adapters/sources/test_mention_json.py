"""Whatever bytes come in, the reader says what it takes and why it does not take the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.mention_fields import incoming
from adapters.sources.mention_json import MentionReader, Parsed, TooMany, decode
from adapters.sources.mention_quick import quickly
from adapters.sources.storable import BadMention
from bot.ports import Incoming

NESTED: dict[str, Any] = {
    "source": "twitter",
    "id": "17",
    "created_at": "2026-03-02T09:00:00Z",
    "author": {"handle": "ana", "name": "Ana", "bio": "flies a lot", "followers": 12},
    "text": "Where is my bag?",
    "url": "https://x.example/ana/17",
    "lang": "en",
    "in_reply_to": "16",
    "thread": "15",
}
FLAT: dict[str, Any] = {
    "id": "567",
    "created_at": "2015-02-17T07:48:48Z",
    "source": "twitter",
    "brand": "Aurora Air",
    "author": "u_3e86",
    "text": "yes",
}


def community_of(*, community: str | None, brand: str | None, source: str | None) -> str:
    if community == "x-aurora" or brand == "Aurora Air":
        return "x-aurora"
    return "everywhere"


READER = MentionReader(community_of)


def read(*values: Any, **options: Any) -> Parsed:
    body = json.dumps(values[0] if len(values) == 1 else list(values)).encode()
    return READER.read(body, **options)


def one(value: Any) -> Incoming:
    parsed = read(value)
    assert parsed.rejected == ()
    return parsed.accepted[0]


def reason(value: Any) -> str:
    parsed = read(value)
    assert parsed.accepted == ()
    return parsed.rejected[0].reason


def without(*names: str, **changed: Any) -> dict[str, Any]:
    return {**{name: value for name, value in NESTED.items() if name not in names}, **changed}


# -- what is taken ---------------------------------------------------------------------------


def test_the_nested_form() -> None:
    assert one(NESTED) == Incoming(
        source="twitter",
        external_id="17",
        community="everywhere",
        created_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        handle="ana",
        name="Ana",
        bio="flies a lot",
        followers=12,
        text="Where is my bag?",
        url="https://x.example/ana/17",
        lang="en",
        in_reply_to="16",
        thread="15",
    )


def test_the_flat_form_finds_its_community_by_brand() -> None:
    mention = one(FLAT)
    assert (mention.handle, mention.brand, mention.community) == ("u_3e86", "Aurora Air", "x-aurora")
    assert mention.extra == {}


def test_a_community_nobody_knows_is_kept_beside_the_one_that_was_found() -> None:
    assert one(without(community="x-aurora")).extra == {}
    lost = one(without(community="x-boreal"))
    assert (lost.community, lost.extra) == ("everywhere", {"community": "x-boreal"})


def test_what_nobody_asked_for_is_kept() -> None:
    mention = one(without(author={"handle": "ana", "verified": True}, likes=[1, {"a": None}], mood="🙂"))
    assert mention.extra == {"author": {"verified": True}, "likes": [1, {"a": None}], "mood": "🙂"}


@pytest.mark.parametrize("name", ["url", "lang", "in_reply_to", "thread", "brand", "community", "edited_at"])
def test_null_and_empty_are_the_same_as_left_out(name: str) -> None:
    assert one(without(**{name: None})) == one(without(**{name: ""})) == one(without(name))


def test_numbers_are_ids_too() -> None:
    assert one(without(id=567591480085463040)).external_id == "567591480085463040"
    assert one(without(thread=15)).thread == "15"


def test_a_post_may_have_no_words_but_says_so() -> None:
    assert one(without(text="")).text == ""
    assert reason(without("text")) == "text: is missing"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-02T10:00:00+01:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02 09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00.123456789Z", datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)),
        ("20260302T090000Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ],
)
def test_times_become_utc(said: str, meant: datetime) -> None:
    mention = one(without(created_at=said, edited_at=said))
    assert mention.created_at == mention.edited_at == meant
    assert mention.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.example/1",
        "https://aurora.example@evil.example/",
        "https://x.example/a b",
        "https://x.example/\u202egnp.exe",
        "https://",
        "//x.example/1",
        "https://x.example/" + "a" * 3000,
        {"href": "https://x.example"},
        7,
    ],
)
def test_a_link_that_may_mislead_is_kept_as_data_only(url: Any) -> None:
    mention = one(without(url=url))
    assert (mention.url, mention.extra) == (None, {"url": url})


@pytest.mark.parametrize(
    "url",
    [
        "https://mastodon.example/@ana/1",
        "HTTP://x.example",
        "https://x.example?q=a&b=c#d",
        "https://bücher.example/ü",
    ],
)
def test_links_that_lead_where_they_say(url: str) -> None:
    assert one(without(url=url)).url == url


def test_long_texts_stay_whole_up_to_100_kb() -> None:
    assert len(one(without(text="a" * 100_000)).text) == 100_000
    assert reason(without(text="a" * 100_001)) == "text: is longer than 100 kB"
    assert reason(without(text="é" * 50_001)) == "text: is longer than 100 kB"


# -- what is not, and why ------------------------------------------------------------------------

ZONE = "created_at: the zone is missing; write a time with a zone, such as 2026-03-02T09:00:00Z"
NUMBER = "created_at: a number does not say its zone; write a time with a zone, such as 2026-03-02T09:00:00Z"
TIME = "created_at: write a time with a zone, such as 2026-03-02T09:00:00Z"
FOLLOWERS = "author.followers: write a whole number from 0 to 9007199254740991"


@pytest.mark.parametrize(
    ("mention", "why"),
    [
        (without("source"), "source: is missing"),
        (without(source=""), "source: is empty"),
        (without(source=" \t"), "source: is empty"),
        (without(source=["x"]), "source: write text in quotes; this is a list"),
        (without("id"), "id: is missing"),
        (without(id=""), "id: is empty"),
        (without(id=True), "id: write text in quotes; this is true"),
        (without(id=1.5), "id: write text in quotes; this is a number"),
        (without(id="x" * 201), "id: is longer than 200 characters"),
        (without("created_at"), "created_at: is missing"),
        (without(created_at="2026-03-02T09:00:00"), ZONE),
        (without(created_at="2026-03-02"), ZONE),
        (without(created_at=1772442000), NUMBER),
        (without(created_at="1772442000"), NUMBER),
        (without(created_at="1772442000.5"), NUMBER),
        (without(created_at="yesterday"), TIME),
        (without(created_at="Mon, 02 Mar 2026 09:00:00 GMT"), TIME),
        (without(created_at=["2026"]), TIME),
        (without(created_at="9999-12-31T23:59:59Z"), "created_at: the year 9999 cannot be right"),
        (without(edited_at=12), NUMBER.replace("created", "edited")),
        (without("author"), "author: is missing"),
        (without(author=""), "author: is empty"),
        (without(author=7), 'author: write {"handle": "..."}, or the handle alone in quotes; this is a number'),
        (without(author={"name": "Ana"}), "author.handle: is missing"),
        (without(author={"handle": "a", "followers": -1}), FOLLOWERS),
        (without(author={"handle": "a", "followers": 1.5}), FOLLOWERS),
        (without(author={"handle": "a", "followers": True}), FOLLOWERS),
        (without(author={"handle": "a", "followers": 2**63}), FOLLOWERS),
        (without(author={"handle": "a", "bio": 3.5}), "author.bio: write text in quotes; this is a number"),
        (without(text=None), "text: is missing"),
        (without(text={"a": 1}), "text: write text in quotes; this is an object"),
        (without(lang="x" * 201), "lang: is longer than 200 characters"),
        (without(text="a\0b"), "text: holds a NUL character (\\u0000)"),
        (without(author={"handle": "a\0"}), "author: holds a NUL character (\\u0000)"),
        (without(more={"a": ["\0"]}), "more: holds a NUL character (\\u0000)"),
        (without(more=10**150), "more: holds a number that is too large"),
        ("text", 'a mention is an object, such as {"source": "twitter", "id": "17", ...}; this is text'),
    ],
)  # fmt: skip
def test_reasons_name_the_field_and_what_to_write(mention: Any, why: str) -> None:
    assert reason(mention) == why


def test_followers_may_be_a_whole_float() -> None:
    assert one(without(author={"handle": "a", "followers": 1200.0})).followers == 1200


def test_deep_nesting_is_refused_wherever_it_is() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    assert reason(without(more=deep)) == "more: is nested too deeply"
    assert READER.read(b"[" * 100_000).rejected[0].reason == "is nested too deeply"


@pytest.mark.parametrize(
    "broken", [b'"\\ud800"', b'"\\ud83d\\u0041"', b'"\xff"', b'"\xed\xa0\x80"', b'"\xc3"']
)
def test_half_a_character_spoils_its_own_mention_only(broken: bytes) -> None:
    good = json.dumps(NESTED).encode()
    bad = good.replace(b'"Where is my bag?"', broken)
    parsed = READER.read(b"[" + good + b"," + bad + b"," + good + b"]")
    assert [mention.text for mention in parsed.accepted] == ["Where is my bag?"] * 2
    assert parsed.rejected[0].index == 1
    assert parsed.rejected[0].reason.startswith("text: holds a character that is half of one")


def test_a_number_no_database_takes_spoils_its_own_mention_only() -> None:
    good = json.dumps(NESTED).encode()
    parsed = READER.read(b"[" + good + b"," + good[:-1] + b', "more": 1e400}]')
    assert (len(parsed.accepted), parsed.rejected[0].reason) == (1, "more: holds a number that is too large")


# -- shapes of a body -------------------------------------------------------------------------------


def test_a_list_keeps_its_order_and_says_which_are_bad() -> None:
    parsed = read(NESTED, without("id"), FLAT, 5)
    assert [mention.external_id for mention in parsed.accepted] == ["17", "567"]
    assert [bad.index for bad in parsed.rejected] == [1, 3]


def test_one_object_a_line() -> None:
    lines = [json.dumps(NESTED), "", "  ", "{", json.dumps(FLAT)]
    body = "\r\n".join(lines).encode()
    for by_line in (True, False):
        parsed = READER.read(body, by_line=by_line)
        assert [mention.external_id for mention in parsed.accepted] == ["17", "567"]
        assert [bad.index for bad in parsed.rejected] == [1]


def test_a_mention_over_several_lines_is_one_mention() -> None:
    assert READER.read(json.dumps(NESTED, indent=2).encode()).accepted == (one(NESTED),)


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert READER.read(b"\xef\xbb\xbf" + json.dumps(NESTED).encode()).accepted == (one(NESTED),)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "there is nothing here; send one mention, a list of them, or one on each line"),
        (b" \n ", "there is nothing here; send one mention, a list of them, or one on each line"),
        (b'{"id": 1,}', "is not JSON: Expecting property name enclosed in double quotes (line 1, column 10)"),
        (b'[{"id": NaN}]', "is not JSON: NaN is not a number JSON knows"),
        (b'{"id": ' + b"1" * 5000 + b"}", "holds a number that is too large"),
    ],
)
def test_a_body_that_is_no_json_is_one_rejected_mention(body: bytes, why: str) -> None:
    parsed = READER.read(body)
    assert (parsed.accepted, parsed.rejected[0].index) == ((), 0)
    assert parsed.rejected[0].reason.startswith(why.removesuffix(" (line 1, column 10)"))


def test_an_empty_list_is_neither_good_nor_bad() -> None:
    assert READER.read(b"[]") == Parsed((), ())


@pytest.mark.parametrize("by_line", [True, False])
def test_more_than_agreed_is_too_many(by_line: bool) -> None:
    body = b"\n".join([json.dumps(FLAT).encode()] * 3)
    assert len(READER.read(body, by_line=by_line, most=3).accepted) == 3
    with pytest.raises(TooMany) as many:
        READER.read(body, by_line=by_line, most=2)
    assert many.value.count == 3
    with pytest.raises(TooMany):
        read(FLAT, FLAT, FLAT, most=2)


def test_the_community_is_asked_for_once() -> None:
    asked = []

    def counting(*, community: str | None, brand: str | None, source: str | None) -> str:
        asked.append(source)
        return "everywhere"

    reader = MentionReader(counting)
    reader.read(json.dumps([NESTED] * 20).encode())
    assert asked == ["twitter"]


# -- anything at all --------------------------------------------------------------------------------

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\0", "\ud800", "é"])
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)
_FIELDS = st.sampled_from([*NESTED, *FLAT, "community", "edited_at", "handle", "other"])


def check(parsed: Parsed) -> None:
    """What was taken can be stored; what was not has a reason."""
    for mention in parsed.accepted:
        assert mention.source and mention.external_id and mention.handle
        assert mention.created_at.utcoffset() == timedelta(0)
        assert mention.created_at - timedelta(days=365) < mention.created_at + timedelta(days=365)
        stored = json.dumps(
            [mention.text, mention.name, mention.bio, mention.extra], ensure_ascii=False, allow_nan=False
        )
        assert "\\u0000" not in stored
        stored.encode()
    assert all(bad.reason.isprintable() for bad in parsed.rejected)
    assert len({bad.index for bad in parsed.rejected}) == len(parsed.rejected)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes(body: bytes, by_line: bool) -> None:
    check(READER.read(body, by_line=by_line))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(_FIELDS, _JSON), max_size=3))
def test_any_values_in_known_fields(changes: list[dict[str, Any]]) -> None:
    values = [{**NESTED, **change} for change in changes]
    parsed = READER.read(json.dumps(values).encode())
    check(parsed)
    whole = len(parsed.rejected) == 1 and not parsed.accepted
    assert whole or len(parsed.accepted) + len(parsed.rejected) == len(values)


_USUAL = (
    st.none()
    | st.just("")
    | st.sampled_from([" ", "x", "Aurora Air", "x-aurora", "https://x.example/1", "ftp://x"])
)
_TIMES = st.sampled_from(
    ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00+01:00", "2026-03-02 09:00:00.5Z", "1969-01-01T00:00Z"]
)
_AUTHORS = st.sampled_from(["ana", "", " "]) | st.fixed_dictionaries(
    {"handle": st.sampled_from(["ana", ""])},
    optional={
        "name": _USUAL,
        "bio": _USUAL,
        "followers": st.none() | st.sampled_from([0, 5, 5.0, -1, True, 2**60]),
    },
)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "source": _USUAL,
            "id": st.sampled_from(["1", "", 7]),
            "created_at": _TIMES,
            "author": _AUTHORS,
            "text": st.text(),
        },
        optional=dict.fromkeys(("community", "brand", "url", "lang", "thread", "in_reply_to"), _USUAL)
        | {"edited_at": _TIMES | st.none(), "more": st.just(1)},
    )
)
def test_the_quick_way_and_the_patient_way_agree(value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    try:
        patiently: Incoming | str = incoming(*decode(body)[:1], community_of, suspect=True)
    except BadMention as bad:
        patiently = bad.reason
    for parsed in (READER.read(body), READER.read(b"[" + body + b"]")):
        assert [*parsed.accepted, *(bad.reason for bad in parsed.rejected)] == [patiently]


def test_usual_mentions_take_the_quick_way() -> None:
    for value in (NESTED, FLAT, [NESTED, FLAT]):
        assert quickly(json.dumps(value).encode(), community_of) == read(value).accepted
    assert quickly(json.dumps(without(more=1)).encode(), community_of) is None


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0, max_value=400), st.binary(max_size=3))
def test_any_damage_to_a_good_body(at: int, damage: bytes) -> None:
    body = bytearray(json.dumps([NESTED, FLAT]).encode())
    body[at : at + len(damage)] = damage
    check(READER.read(bytes(body)))
