"""Facebook and Instagram pushing to us: the challenge, signatures, every shape, words looked up, and nonsense."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sources.meta.posts import NO_WORDS, Reader
from bot.policy.model import SourceKind, SourcePlan
from bot.triage.sifting import Sift
from tests.adapters.sources.meta.conftest import WORD
from tests.adapters.sources.pushing import JSON, Pushed, hub_signature
from tests.desk import MONDAY
from tests.fakes.meta import ACCOUNT, APP_SECRET, INSTAGRAM, PAGE, FakeMeta

AT = int(MONDAY.timestamp())


def page(*values: Any, what: str = "feed") -> dict[str, Any]:
    changes = [{"field": what, "value": value} for value in values]
    return {"object": "page", "entry": [{"id": PAGE, "time": AT + 60, "changes": changes}]}


def comment(number: str = "10_20", **changed: Any) -> dict[str, Any]:
    return {
        "item": "comment",
        "verb": "add",
        "comment_id": number,
        "post_id": "1111_10",
        "parent_id": "1111_10",
        "from": {"id": "555", "name": "Ann Gry"},
        "message": "It leaks!",
        "created_time": AT,
        "post": {"permalink_url": "https://www.facebook.com/kettleco/posts/10", "id": "1111_10"},
        **changed,
    }


def instagram(*values: Any, what: str = "comments") -> dict[str, Any]:
    changes = [{"field": what, "value": value} for value in values]
    return {"object": "instagram", "entry": [{"id": INSTAGRAM, "time": AT, "changes": changes}]}


def ig_comment(number: str = "1790", **changed: Any) -> dict[str, Any]:
    return {
        "id": number,
        "text": "Mine too @kettleco",
        "from": {"id": "777", "username": "ig_ann"},
        "media": {"id": "1600", "media_product_type": "FEED"},
        **changed,
    }


async def push(desk: Pushed, value: Any, to: str = "facebook") -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    headers = {**JSON, "X-Hub-Signature-256": hub_signature(body, APP_SECRET)}
    return await desk.post(f"/mentions/{to}", body, headers)


async def test_the_challenge(desk: Pushed) -> None:
    asked = f"/mentions/facebook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={WORD}"
    answer = await desk.get(asked)
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert (await desk.get(asked + "x")).status == 403
    assert (await desk.get(f"/mentions/facebook?hub.verify_token={WORD}")).status == 400


async def test_only_meta_may_push(desk: Pushed) -> None:
    body = json.dumps(page(comment())).encode()
    headers = {**JSON, "X-Hub-Signature-256": hub_signature(body + b" ", APP_SECRET)}
    assert (await desk.post("/mentions/facebook", body, headers)).status == 401
    assert (await desk.post("/mentions/facebook", body)).status == 401
    assert await desk.mentions() == []


async def test_comments_and_posts_on_a_page(desk: Pushed) -> None:
    own = comment("10_21", message="We are sorry", **{"from": {"id": PAGE, "name": "Kettle & Co"}})
    post = {"item": "status", "verb": "add", "post_id": "1111_11", "message": "Hello", "created_time": AT}
    like = {"item": "reaction", "verb": "add", "reaction_type": "like", "post_id": "1111_10"}
    answer = await push(desk, page(comment(), own, post, like, {"item": "comment", "verb": "add"}, None))
    assert (answer.status, answer.json["accepted"]) == (202, 3)
    assert [each["index"] for each in answer.json["rejected"]] == [4, 5]
    first, second, third = await desk.mentions()
    assert (first.source, first.external_id, first.text) == ("facebook", "10_20", "It leaks!")
    assert (first.handle, first.name, first.thread, first.in_reply_to) == (
        "555",
        "Ann Gry",
        "1111_10",
        "1111_10",
    )
    assert first.created_at == MONDAY
    assert first.url == "https://www.facebook.com/kettleco/posts/10"
    assert (second.handle, third.handle) == (ACCOUNT, "unknown")
    again = await push(desk, page(comment()))
    assert again.json == {"accepted": 0, "duplicates": 1, "rejected": []}


async def test_edits_and_deletions(desk: Pushed) -> None:
    await push(desk, page(comment()))
    await desk.story.settles()
    await push(desk, page(comment(verb="edited", message="It leaks a lot!")))
    await desk.story.settles()
    assert "It leaks a lot!" in await desk.card()
    assert "edited since" in await desk.card()
    await push(desk, page({"item": "comment", "verb": "remove", "comment_id": "10_20", "post_id": "1111_10"}))
    await desk.story.settles()
    (row,) = await desk.mentions()
    assert row.text == ""
    assert "deleted" in await desk.card()


async def test_a_picture_without_words(desk: Pushed) -> None:
    await push(desk, page(comment(message=None, photo="https://scontent.example/1.jpg")))
    assert (await desk.mentions())[0].text == NO_WORDS


async def test_comments_on_instagram(desk: Pushed) -> None:
    flat = {
        "object": "instagram",
        "entry": [{"id": INSTAGRAM, "time": AT, "field": "comments", "value": ig_comment("2")}],
    }
    assert (await push(desk, instagram(ig_comment()), "instagram")).json["accepted"] == 1
    assert (await push(desk, [flat], "instagram")).json["accepted"] == 1
    row = (await desk.mentions())[0]
    assert (row.source, row.handle, row.thread, row.created_at) == ("instagram", "ig_ann", "1600", MONDAY)
    live = await push(desk, instagram(ig_comment("3"), what="live_comments"), "instagram")
    assert live.status == 202
    assert json.loads((await desk.mentions())[2].extra)["can_reply"] is False


async def test_a_mention_on_instagram_is_looked_up(desk: Pushed, meta: FakeMeta) -> None:
    meta.objects["1791"] = {
        "text": "@kettleco it leaks",
        "username": "ig_bob",
        "timestamp": "2026-03-02T08:59:00+0000",
        "media": {"id": "1601", "permalink": "https://www.instagram.com/p/abc/"},
    }
    meta.objects["1602"] = {
        "caption": "My @kettleco",
        "username": "ig_cleo",
        "permalink": "https://www.instagram.com/p/d/",
    }
    both = instagram({"media_id": "1601", "comment_id": "1791"}, {"media_id": "1602"}, what="mentions")
    assert (await push(desk, both, "instagram")).json["accepted"] == 2
    first, second = await desk.mentions()
    assert (first.text, first.handle, first.url) == (
        "@kettleco it leaks",
        "ig_bob",
        "https://www.instagram.com/p/abc/",
    )
    assert first.created_at == datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
    assert (second.text, second.external_id) == ("My @kettleco", "1602")
    assert meta.refused == []


@pytest.mark.parametrize(
    "fault", [{"status": 500, "code": 2}, {"status": 400, "code": 4}, {"status": 400, "code": 190}]
)
async def test_words_that_cannot_be_had_now_come_with_metas_next_try(
    desk: Pushed, meta: FakeMeta, fault: Any
) -> None:
    meta.objects["1791"] = {"text": "@kettleco it leaks", "username": "ig_bob"}
    meta.faults.append(fault)
    body = instagram({"media_id": "1601", "comment_id": "1791"}, what="mentions")
    answer = await push(desk, body, "instagram")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    await desk.story.settles()
    assert "words of this post have not come yet" in await desk.card()
    assert (await push(desk, body, "instagram")).status == 202
    await desk.story.settles()
    card = await desk.card()
    assert "@kettleco it leaks" in card
    assert "edited" not in card


async def test_words_that_are_not_for_us_stay_away(desk: Pushed) -> None:
    answer = await push(
        desk, instagram({"media_id": "1601", "comment_id": "404"}, what="mentions"), "instagram"
    )
    assert answer.status == 202
    await desk.story.settles()
    assert "words of this post have not come yet" in await desk.card()


async def test_nonsense(desk: Pushed) -> None:
    for body in (b"", b"nonsense", b"[]", b"7", b"{}", b'{"entry":7}'):
        assert (await push(desk, body)).status == 400
    assert (await push(desk, page({"item": "reaction", "verb": "add"}))).status == 202
    assert (await push(desk, {"object": "page", "entry": []})).status == 202


READER = Reader(
    SourcePlan(name="facebook", kind=SourceKind.META, source="facebook", account=ACCOUNT),
    lambda *, community, brand, source: "everywhere",
    Sift(()),
    PAGE,
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.dictionaries(
    st.sampled_from([*comment(), *ig_comment(), "media_id", "comment_id", "photo"]), anything, max_size=5
)
names = st.sampled_from(["feed", "mention", "comments", "live_comments", "mentions"])


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(fields, names, anything, anything)
def test_a_good_one_among_nonsense_is_never_lost(changed: Any, what: str, time: Any, body: Any) -> None:
    entry = page({**comment("x"), **changed}, what=what)["entry"] + [{"time": time, "changes": body}, body]
    entry += page(comment("good"))["entry"]
    told = READER.read({"object": "page", "entry": entry}, MONDAY)
    assert "good" in [one.external_id for one in told.mentions]
    READER.read(body, MONDAY)
    for lookup in told.lookups:
        READER.worded(lookup, changed)
