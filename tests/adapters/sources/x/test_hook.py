"""X pushing to us: the challenge, signatures over the raw body, every shape it has, and nonsense."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sources.x.events import hear
from adapters.sources.x.posts import Reader
from bot.policy.model import SourceKind, SourcePlan
from bot.triage.sifting import Sift
from tests.adapters.sources.pushing import JSON, Pushed, pushed_to
from tests.desk import MONDAY
from tests.fakes.x import ACCOUNT, FakeX, Keys, signature

PLAN = f'[sources.x-push]\nkind = "x"\nsource = "x"\nmode = "webhook"\naccount = "{ACCOUNT}"'


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Pushed]:
    secrets = {"x-push": {"consumer_secret": Keys.CONSUMER_SECRET}}
    async with pushed_to(tmp_path, PLAN, secrets) as pushed:
        yield pushed


async def push(desk: Pushed, value: Any, **headers: str) -> Any:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return await desk.post(
        "/mentions/x-push", body, {**JSON, "x-twitter-webhooks-signature": signature(body), **headers}
    )


def old(number: str = "1050118621198921728", **changed: Any) -> dict[str, Any]:
    return {
        "id_str": number,
        "id": int(number),
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "timestamp_ms": "1539202764000",
        "text": "@kettleco it le…",
        "extended_tweet": {
            "full_text": "@kettleco it leaks &lt;a lot&gt;",
            "entities": {"user_mentions": []},
        },
        "user": {"id_str": "1", "screen_name": "ana_writes", "name": "Ana", "followers_count": 12},
        "in_reply_to_status_id_str": None,
        "entities": {"user_mentions": [{"screen_name": "KettleCo"}]},
        "lang": "en",
        **changed,
    }


async def test_the_challenge_is_answered(desk: Pushed) -> None:
    answer = await desk.get("/mentions/x-push?crc_token=foo%20bar")
    wanted = base64.b64encode(hmac.new(Keys.CONSUMER_SECRET.encode(), b"foo bar", hashlib.sha256).digest())
    assert answer.json == {"response_token": f"sha256={wanted.decode()}"}
    assert (await desk.get("/mentions/x-push")).status == 400


async def test_only_x_may_push(desk: Pushed) -> None:
    value = {"tweet_create_events": [old()]}
    assert (await push(desk, value, **{"x-twitter-webhooks-signature": signature(b"other")})).status == 401
    assert (await desk.post("/mentions/x-push", value)).status == 401
    assert await desk.mentions() == []


async def test_the_account_activity_api(desk: Pushed) -> None:
    bad = {"text": "no id"}
    answer = await push(desk, {"for_user_id": "900", "tweet_create_events": [bad, old(), 7]})
    assert (answer.status, answer.json["accepted"]) == (202, 1)
    assert [each["index"] for each in answer.json["rejected"]] == [0, 2]
    (row,) = await desk.mentions()
    assert (row.text, row.handle, row.source) == ("@kettleco it leaks <a lot>", "ana_writes", "x")
    assert json.loads(row.extra)["via"] == "x-push"
    assert (await push(desk, {"tweet_create_events": [old()]})).json["duplicates"] == 1
    await desk.story.settles()
    gone = {"status": {"id": row.external_id, "user_id": "1"}, "timestamp_ms": "1539202765000"}
    assert (await push(desk, {"tweet_delete_events": [gone]})).status == 202
    await desk.story.settles()
    assert (await desk.mentions())[0].text == ""


async def test_the_filtered_stream_and_the_activity_api(desk: Pushed) -> None:
    x = FakeX(now=MONDAY)
    first, second = x.writes("@kettleco one"), x.writes("@kettleco two")
    assert (await push(desk, x.event(first))).json["accepted"] == 1
    event = {"event_type": "post.create", "payload": x.posts[second], "includes": x.event(second)["includes"]}
    assert (await push(desk, {"data": event})).json["accepted"] == 1
    assert [row.text for row in await desk.mentions()] == ["@kettleco one", "@kettleco two"]
    await desk.story.settles()
    await push(desk, {"data": {"event_type": "post.delete", "payload": {"id": second}}})
    await desk.story.settles()
    assert [row.text for row in await desk.mentions()] == ["@kettleco one", ""]


async def test_what_is_no_post_is_taken_and_forgotten(desk: Pushed) -> None:
    for value in ({"favorite_events": [{"id": "1"}]}, {}, {"data": {"event_type": "follow.follow"}}):
        assert (await push(desk, value)).status == 202
    for nonsense in (b"", b"nonsense", b"[]", b"7"):
        assert (await push(desk, nonsense)).status == 400


READER = Reader(
    SourcePlan(name="x", kind=SourceKind.X, source="x", account=ACCOUNT),
    lambda *, community, brand, source: "everywhere",
    Sift(()),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
POST = FakeX(now=MONDAY)
KEPT = POST.event(POST.writes("@kettleco it leaks"))


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([*KEPT["data"], "note_tweet", "x"]), anything), max_size=4), anything
)
def test_no_post_of_a_stranger_is_an_error(changes: list[tuple[str, Any]], includes: Any) -> None:
    """And one that has its id and a time is never lost."""
    post = {
        **KEPT["data"],
        **{name: value for name, value in changes if name not in ("id", "edit_history_tweet_ids")},
    }
    heard = hear({"data": post, "includes": includes}, READER, MONDAY)
    if "event_type" not in post and "delete" not in post:
        assert len(heard.mentions) == 1


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(anything, anything, anything)
def test_nonsense_around_a_good_one_loses_nothing(before: Any, after: Any, more: Any) -> None:
    value = {"tweet_create_events": [before, old(), after], "tweet_delete_events": more, "data": more}
    heard = hear(value, READER, MONDAY)
    assert "1050118621198921728" in [one.external_id for one in heard.mentions]
