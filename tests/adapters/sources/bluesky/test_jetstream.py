"""The light stream: heard from where we were, sifted, and its people's names filled in beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from bot.policy.model import SourcePlan
from bot.ports import Batch, SourceBusy, SourceDown, SourceShut
from tests.adapters.sources.bluesky.kit import LEASE, Ear, plan_of
from tests.desk import Time
from tests.fakes.bluesky import FakeAppView, FakeJetstream
from tests.fakes.bluesky.shapes import POSTS, commit, naming, post_record

US, EVE, NED = (
    "did:plc:uuuuuuuuuuuuuuuuuuuuuuuu",
    "did:plc:eeeeeeeeeeeeeeeeeeeeeeee",
    "did:plc:nnnnnnnnnnnnnnnnnnnnnnnn",
)


def plan_at(stream: FakeJetstream, appview: FakeAppView, **more: Any) -> SourcePlan:
    appview.knows(US, "kettle.example")
    appview.knows(EVE, "eve.example", "Eve", 1200, "Writes about tea.")
    options = {"stream_url": stream.url, "appview": appview.url}
    return plan_of(**{"url": appview.url, "account": "kettle.example", "options": options, **more})


async def test_what_the_stream_lacks_is_filled_in(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear
) -> None:
    async with ear.listens(plan_at(stream, appview)) as listening:
        stream.posts(EVE, "@kettle.example hi", "3k2aaaaaaaaaa", facets=naming(US, "@kettle.example hi"))
        stream.posts(EVE, "nothing to see", "3k2aaaaaaaaab")
        stream.posts(NED, "@kettle.example ho", "3k2aaaaaaaaac", facets=naming(US, "@kettle.example ho"))
        await ear.hears("ho", listening)
        stream.renames(EVE, "eve.social")
        appview.knows(EVE, "eve.social")
        stream.posts(
            EVE, "@kettle.example me again", "3k2aaaaaaaaad", facets=naming(US, "@kettle.example me")
        )
        renamed = await ear.hears("me again", listening)
    first, unknown, _ = ear.mentions
    assert (first.handle, first.name, first.followers, first.bio) == (
        *("eve.example", "Eve", 1200),
        "Writes about tea.",
    )
    assert unknown.handle == NED and unknown.url == f"https://bsky.app/profile/{NED}/post/3k2aaaaaaaaac"
    assert renamed.handle == "eve.social"
    assert stream.asked[0] == {"wantedCollections": ["app.bsky.feed.post", "app.bsky.feed.repost"]}


async def test_names_never_hold_the_stream_up(stream: FakeJetstream, appview: FakeAppView, ear: Ear) -> None:
    plan = plan_at(stream, appview, search=("kettle",))
    async with ear.listens(plan) as listening:
        appview.troubles.append(web.HTTPTooManyRequests(headers={"Retry-After": "300"}))
        stream.posts(EVE, "kettle one", "3k2aaaaaaaaaa")
        assert (await ear.hears("one", listening)).handle == EVE
        asked = len(appview.asked)
        stream.posts(EVE, "kettle two", "3k2aaaaaaaaab")
        assert (await ear.hears("two", listening)).handle == EVE
        # It asked to be left alone for five minutes.
        assert len(appview.asked) == asked
        ear.time.at = ear.time.at.replace(year=ear.time.at.year + 1)
        stream.posts(EVE, "kettle three", "3k2aaaaaaaaac")
        assert (await ear.hears("three", listening)).handle == "eve.example"


async def test_many_at_once_are_asked_for_in_parts(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear
) -> None:
    plan = plan_at(stream, appview, search=("kettle",))
    async with ear.listens(plan) as listening:
        for number in range(60):
            did = f"did:plc:{number:024}"
            appview.knows(did, f"p{number}.example")
            stream.posts(did, f"my kettle {number}", f"3k2aaaaaaa{number:03}")
        await ear.until(lambda: len(ear.mentions) == 60, listening)
    assert {mention.handle for mention in ear.mentions} == {f"p{number}.example" for number in range(60)}
    assert max(map(len, appview.asked)) <= 25


async def test_it_goes_on_where_it_was(stream: FakeJetstream, appview: FakeAppView, ear: Ear) -> None:
    plan = plan_at(stream, appview, search=("kettle",))
    stream.posts(EVE, "kettle before the desk", "3k2aaaaaaaaaa")
    for _ in range(10):
        stream.tick()
    async with ear.listens(plan) as listening:
        stream.posts(EVE, "kettle 1", "3k2aaaaaaaaab")
        await ear.hears("kettle 1", listening)
    for number in range(2, 12):
        stream.posts(EVE, f"kettle {number}", f"3k2aaaaaaa{number:03}")
    async with ear.listens(plan) as listening:
        await ear.hears("kettle 11", listening)
    assert "kettle before the desk" not in ear.texts
    assert set(ear.texts) == {f"kettle {number}" for number in range(1, 12)}
    assert ear.stored == 11
    # The cursor is inclusive, and another server may lag: the last seconds are heard again, and known.
    assert int(stream.asked[1]["cursor"][0]) < stream.log[1][0]


async def test_another_streams_place_means_nothing_here(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear
) -> None:
    hold = await ear.store.sources.take("bluesky", LEASE)
    assert hold is not None
    await ear.store.sources.append(hold, Batch(cursor="relay|https://bsky.network|17"))
    await ear.store.sources.release(hold)
    async with ear.listens(plan_at(stream, appview)):
        assert "cursor" not in stream.asked[0]


async def test_edits_and_deletes(stream: FakeJetstream, appview: FakeAppView, ear: Ear) -> None:
    async with ear.listens(plan_at(stream, appview, search=("kettle",))) as listening:
        post = stream.posts(EVE, "kettle leaks", "3k2aaaaaaaaaa")
        stream.edits(EVE, "kettle leaks a lot", "3k2aaaaaaaaaa")
        edited = await ear.hears("a lot", listening)
        stream.deletes(EVE, "3k2aaaaaaaaaa")
        await ear.until(lambda: ear.removed, listening)
    assert edited.external_id == post["uri"] and edited.edited_at is not None
    assert abs(edited.edited_at.timestamp() * 1_000_000 - stream.log[1][0]) < 2
    assert [(gone.external_id, gone.hide) for gone in ear.removed] == [(post["uri"], True)]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b'{"time_us": "now", "did": "did:plc:x", "kind": "commit"}',
        b'{"time_us": 1e400, "did": "did:plc:x", "kind": "commit"}',
        b'{"time_us": 1, "kind": "commit", "commit": {"operation": "create", "collection": "app.bsky.feed.post"}}',
        b'{"time_us": 1, "did": "did:plc:x", "kind": "commit", "commit": {"operation": "create", "collection": '
        b'"app.bsky.feed.post", "rkey": "1", "record": {"text": 17}}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
async def test_nonsense_is_skipped(stream: FakeJetstream, appview: FakeAppView, ear: Ear, raw: bytes) -> None:
    async with ear.listens(plan_at(stream, appview, search=("kettle",))) as listening:
        stream.says_raw(stream.tick(), POSTS, raw)
        stream.posts(EVE, "kettle leaks", "3k2aaaaaaaaaa")
        await ear.hears("leaks", listening)
    assert ear.texts == ["kettle leaks"]


@pytest.mark.parametrize(
    "oddity",
    [
        {"langs": "en"},
        {"reply": {"root": 1, "parent": None}},
        {"facets": {"a": 1}},
        {"facets": [None, {"features": [None, {"$type": 3}]}]},
        {"createdAt": "yesterday"},
        {"createdAt": "2031-01-01T00:00:00Z"},
        {"createdAt": "9999-12-31T23:59:59.999-23:59"},
        {"createdAt": "0001-01-01T00:00:00+14:00"},
    ],
)
async def test_odd_fields_lose_no_post(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear, oddity: dict[str, Any]
) -> None:
    async with ear.listens(plan_at(stream, appview, search=("kettle",))) as listening:
        stream.posts(EVE, "kettle \x00 leaks", "3k2aaaaaaaaaa", **oddity)
        heard = await ear.hears("leaks", listening)
    assert heard.text == "kettle \ufffd leaks"
    assert heard.created_at.timestamp() * 1_000_000 <= stream.log[0][0]


async def test_half_a_character_loses_no_post(stream: FakeJetstream, appview: FakeAppView, ear: Ear) -> None:
    async with ear.listens(plan_at(stream, appview, search=("kettle",))) as listening:
        at = stream.tick()
        raw = json.dumps(
            commit(EVE, at, "create", POSTS, "3k2aaaaaaaaaa", post_record("kettle XX leaks", at))
        )
        stream.says_raw(at, POSTS, raw.replace("XX", "\\ud83d").encode())
        heard = await ear.hears("leaks", listening)
    assert heard.text == "kettle \ufffd leaks"


async def test_a_broken_line_is_told_and_what_it_missed_comes(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear
) -> None:
    plan = plan_at(stream, appview, search=("kettle",))
    async with ear.listens(plan) as listening:
        stream.posts(EVE, "kettle 1", "3k2aaaaaaaaaa")
        await ear.hears("kettle 1", listening)
        stream.drops_everybody()
        with pytest.raises(SourceDown, match="broke off"):
            await ear.until(lambda: False, listening)
    stream.posts(EVE, "kettle 2", "3k2aaaaaaaaab")
    async with ear.listens(plan) as listening:
        await ear.hears("kettle 2", listening)


@pytest.mark.parametrize(
    ("refusal", "raised"),
    [
        (web.HTTPTooManyRequests(headers={"Retry-After": "90"}), SourceBusy),
        (web.HTTPServiceUnavailable(), SourceDown),
        (web.HTTPNotFound(), SourceShut),
    ],
)
async def test_a_stream_that_says_no(
    stream: FakeJetstream,
    appview: FakeAppView,
    ear: Ear,
    refusal: web.HTTPException,
    raised: type[Exception],
) -> None:
    stream.refusals.append(refusal)
    with pytest.raises(raised) as error:
        async with ear.listens(plan_at(stream, appview)):
            pass
    if isinstance(error.value, SourceBusy):
        assert error.value.after.total_seconds() == 90


async def test_nobody_of_that_name(stream: FakeJetstream, appview: FakeAppView, ear: Ear) -> None:
    with pytest.raises(SourceShut, match=r"no account nobody\.example"):
        async with ear.listens(plan_at(stream, appview, account="nobody.example")):
            pass


async def test_without_an_account_only_words_count(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear, time: Time
) -> None:
    async with ear.listens(plan_at(stream, appview, account="", search=("H&M",))) as listening:
        stream.posts(EVE, "@kettle.example hi", "3k2aaaaaaaaaa", facets=naming(US, "@kettle.example hi"))
        at = stream.tick()
        # As the real server writes an ampersand.
        raw = json.dumps(commit(EVE, at, "create", POSTS, "3k2aaaaaaaaab", post_record("at h&m today", at)))
        stream.says_raw(at, POSTS, raw.replace("&", "\\u0026").encode())
        await ear.hears("today", listening)
    assert ear.texts == ["at h&m today"]


async def test_the_place_moves_on_though_nothing_is_about_us(
    stream: FakeJetstream, appview: FakeAppView, ear: Ear
) -> None:
    async with ear.listens(plan_at(stream, appview)) as listening:
        stream.posts(EVE, "nothing", "3k2aaaaaaaaaa")
        at = f"jetstream|{stream.log[0][0]}"
        await ear.until(lambda: any(batch.cursor == at for batch in ear.batches), listening)
    reports = await ear.store.sources.reports()
    assert reports["bluesky"].cursor == at
