"""A reply as a record, and the identifiers that are times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.bluesky.mentions import tid_of, tid_time
from adapters.sources.bluesky.record import key_of, names_in, record_of
from bot.domain.mention import Author, Mention
from bot.policy.load import parse
from bot.ports import Outgoing
from tests.desk import MONDAY

_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


def reply(text: str, key: str = "k1", at: datetime = MONDAY, lang: str | None = "en") -> Outgoing:
    native = {"uri": "at://p", "cid": "b1", "root_uri": "at://r", "root_cid": "b0"}
    to = Mention(
        id=1,
        source="bluesky",
        external_id="at://p",
        community="everyone",
        received_at=MONDAY,
        created_at=MONDAY,
        author=Author(handle="eve"),
        text="",
        extra={"native": native},
    )
    return Outgoing(key=key, text=text, lang=lang, to=to, begun_at=at)


def spans(text: str, **dids: str) -> list[tuple[str, str]]:
    record = record_of(reply(text), {handle.replace("_", "."): did for handle, did in dids.items()})
    raw = text.encode()
    return [
        (
            facet["features"][0]["$type"].rpartition("#")[2],
            raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
        )
        for facet in record.get("facets", [])
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no links", []),
        ("see https://kettle.example/a.", [("link", "https://kettle.example/a")]),
        ("(https://kettle.example/a_(b))", [("link", "https://kettle.example/a_(b)")]),
        ("häää https://kettle.example/ü!", [("link", "https://kettle.example/ü")]),
        ("@eve.example: hi", [("mention", "@eve.example")]),
        ("mail us at help@eve.example", []),
        ("https://medium.example/@eve.example", [("link", "https://medium.example/@eve.example")]),
        ("@ned.example is unknown", []),
        ("#tea and #2 and a#b", [("tag", "#tea")]),
        ("https://kettle.example/#tea", [("link", "https://kettle.example/#tea")]),
    ],
)
def test_links_names_and_tags(text: str, found: list[tuple[str, str]]) -> None:
    assert spans(text, eve_example="did:plc:e") == found


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_whatever_is_written_facets_are_whole_characters(text: str) -> None:
    wanted = f"{text} https://kettle.example/ @eve.example {text}"
    record = record_of(reply(wanted), dict.fromkeys(names_in(wanted), "did:plc:e"))
    end = 0
    for facet in record.get("facets", []):
        index = facet["index"]
        assert end <= index["byteStart"] < index["byteEnd"]
        end = index["byteEnd"]
        assert wanted.encode()[index["byteStart"] : end].decode()


def test_the_record_is_the_same_at_every_try() -> None:
    first = record_of(reply("Sorry!"), {})
    assert first == record_of(reply("Sorry!"), {})
    assert first["createdAt"] == "2026-03-02T09:00:00.000Z"
    assert first["reply"] == {
        "root": {"uri": "at://r", "cid": "b0"},
        "parent": {"uri": "at://p", "cid": "b1"},
    }
    assert "langs" not in record_of(reply("Sorry!", lang="English, please"), {})


def test_the_key_is_a_time_of_the_networks_kind() -> None:
    keys = {key_of(reply("", f"key{number}")) for number in range(2000)}
    assert len(keys) == 2000 and all(map(_TID.fullmatch, keys))
    made = tid_time(key_of(reply("")))
    assert made is not None and timedelta(0) <= made - MONDAY < timedelta(seconds=1)
    # What a clock says beyond the second does not matter.
    assert key_of(reply("")) == key_of(reply("", at=MONDAY + timedelta(microseconds=7)))


@settings(deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.integers(0, 1023))
def test_identifiers_of_times_go_both_ways(at: datetime, clock: int) -> None:
    moment = at.replace(tzinfo=UTC)
    known = tid_time(tid_of(int(moment.timestamp() * 1_000_000), clock))
    assert known is None or abs(known - moment) < timedelta(milliseconds=1)
    assert known is not None or moment.year >= 2200


@settings(deadline=None)
@given(st.text(max_size=20))
def test_anything_else_is_no_time(text: str) -> None:
    assert tid_time(text) is None or _TID.fullmatch(text) or len(text) == 13


def sources(lines: str) -> tuple[dict[str, object], list[str]]:
    reading = parse(f'[sources.sky]\nkind = "bluesky"\naccount = "kettle.example"\n{lines}', "policy.toml")
    said = [str(problem) for problem in reading.problems if "sources" in str(problem)]
    found = reading.policy.sources["sky"].options if reading.policy else {}
    return dict(found), said


@pytest.mark.parametrize(
    "lines",
    [
        "",
        'stream = "relay"',
        'stream_url = "wss://jetstream1.us-west.bsky.network"',
        'stream_url = "ws://127.0.0.1:6008"',
        'appview = "off"',
        'plc = "http://127.0.0.1:2582"',
    ],
)
def test_what_the_policy_may_say(lines: str) -> None:
    assert sources(lines)[1] == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('stream = "firehose"', "stream"),
        ('stream_url = "ws://jetstream.example"', "not https"),
        ('appview = "none"', "not an address"),
        ('streem = "relay"', "streem"),
    ],
)
def test_what_it_may_not(lines: str, said: str) -> None:
    assert said in " ".join(sources(lines)[1])
