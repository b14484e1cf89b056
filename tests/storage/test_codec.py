"""Cases and cards come back as they went in, whatever is in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.card import Card, Quote, Text
from bot.domain.case import Case
from storage.sql.codec import decode_card, decode_case, encode_card, encode_case
from storage.sql.moments import micros, moment
from tests.storage.kit import a_case

MOMENTS = st.integers(0, micros(datetime(2999, 1, 1, tzinfo=UTC))).map(moment)
SPANS = st.timedeltas(timedelta(days=-1000), timedelta(days=1000))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)

st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(timedelta, SPANS)
st.register_type_strategy(str, WORDS)
st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

WIDE = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@WIDE
@given(st.from_type(Card))
def test_any_card_comes_back(card: Card) -> None:
    back = decode_card(encode_card(card))
    assert back == card
    assert repr(back) == repr(card), "a word is not the member of an enumeration that equals it"


@WIDE
@given(st.builds(Case, pending=st.just(())))
def test_any_case_comes_back(case: Case) -> None:
    back = decode_case(encode_case(case))
    assert back == case
    assert repr(back) == repr(case)


@given(MOMENTS)
def test_any_moment_comes_back(at: datetime) -> None:
    assert moment(micros(at)) == at


def test_pending_events_are_not_part_of_the_case() -> None:
    case = a_case(7)
    assert case.pending
    assert decode_case(encode_case(case)) == replace(case, pending=())


def test_an_older_release_reads_what_a_newer_one_wrote() -> None:
    case = replace(a_case(7), pending=())
    newer: dict[str, Any] = msgspec.json.decode(encode_case(case))
    newer["mood"] = "sunny"
    newer["service"]["mood"] = "sunny"
    assert decode_case(msgspec.json.encode(newer)) == case
    card = Card(title="t", summary="s", elements=(Text(text="x"), Quote(text="q", by="zoe")))
    raw: dict[str, Any] = msgspec.json.decode(encode_card(card))
    raw["mood"] = raw["elements"][0]["mood"] = raw["elements"][1]["mood"] = "sunny"
    raw["elements"].append({"is": "Video", "url": "https://x.example"})
    assert decode_card(msgspec.json.encode(raw)) == card


def test_a_newer_release_reads_what_an_older_one_wrote() -> None:
    case = replace(a_case(7), pending=())
    older: dict[str, Any] = msgspec.json.decode(encode_case(case))
    for name in ("linked_to", "handoffs", "escalation", "restricted_to"):
        del older[name]
    assert decode_case(msgspec.json.encode(older)) == case
