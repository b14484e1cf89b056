"""Listening to X: what comes is filed once, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sources.x.api import BUSY_WAIT, FIRST_WAIT
from bot.ports import SourceBusy, SourceDown, SourceShut
from tests.adapters.sources.x.ear import Ear, an_ear
from tests.desk import MONDAY
from tests.fakes.x import ACCOUNT, FakeX, post_id

SEARCH = 'search = ["kettle", "copper pot"]\nexclude = ["giveaway"]\nexclude_authors = ["@spammer"]'


async def test_a_mention_comes_whole(tmp_path: Path, x: FakeX) -> None:
    async with an_ear(tmp_path, x) as ear:
        ear.begins()
        await x.listened_to()
        root = x.writes("I love @kettleco")
        number = x.writes(
            "@kettleco it &amp; I leak, see https://t.co/abc",
            conversation_id=root,
            referenced_tweets=[{"type": "replied_to", "id": root}],
            entities={
                "mentions": [{"username": "KettleCo"}],
                "urls": [{"url": "https://t.co/abc", "expanded_url": "https://blog.example/leak"}],
            },
        )
        await ear.has("I love @kettleco", "@kettleco it & I leak, see https://blog.example/leak")
        row = (await ear.pushed.mentions())[1]
        assert (row.external_id, row.thread, row.in_reply_to) == (number, root, root)
        assert row.url == f"https://x.com/ana_writes/status/{number}"
        assert (row.handle, row.followers, row.bio, row.lang) == ("ana_writes", 120, "writes", "en")
        extra = json.loads(row.extra)
        assert extra["can_reply"] is True
        assert extra["native"] == {"id": number}


async def test_words_are_listened_for_minus_what_is_none_of_ours(tmp_path: Path, x: FakeX) -> None:
    async with an_ear(tmp_path, x, SEARCH) as ear:
        ear.begins()
        await x.listened_to()
        x.writes("my kettle is fine")
        x.writes("kettle giveaway")
        x.writes("kettle!", by="spammer")
        x.writes("nothing of the kind")
        x.writes("we say so ourselves", by=ACCOUNT)
        await ear.has("my kettle is fine", "we say so ourselves")
        extra = json.loads((await ear.pushed.mentions())[0].extra)
        assert extra["can_reply"] is False
        assert "Open the post" in extra["why_no_reply"]


async def test_rules_follow_the_policy_and_leave_those_of_others(tmp_path: Path, x: FakeX) -> None:
    x.rules["a"] = {"value": "cats", "tag": "somebody else's"}
    x.rules["b"] = {"value": "(@old) -is:retweet", "tag": "baton:x"}
    many = ", ".join(f'"word number {number} of very many"' for number in range(40))
    async with an_ear(tmp_path, x, f"search = [{many}]") as ear:
        ear.begins()
        await x.listened_to()
        ours = [rule["value"] for rule in x.rules.values() if rule["tag"] == "baton:x"]
        assert len(ours) > 1
        assert all(len(value) <= 512 for value in ours)
        assert {"value": "cats", "tag": "somebody else's"} in x.rules.values()
        assert "(@old) -is:retweet" not in ours
        await ear.ends()
        before = dict(x.rules)
        ear.begins()
        await x.listened_to()
        assert x.rules == before


async def test_nothing_is_missed_or_filed_twice_when_the_process_dies(tmp_path: Path, x: FakeX) -> None:
    x.page = 10
    async with an_ear(tmp_path, x) as ear:
        ear.begins()
        await x.listened_to()
        x.writes("@kettleco one")
        await ear.has("@kettleco one")
        await ear.ends()
    missed = [f"@kettleco missed {number}" for number in range(35)]
    for text in missed:
        x.writes(text)
    async with an_ear(tmp_path, x) as ear:
        ear.begins()
        await x.listened_to()
        x.writes("@kettleco while it looks back")
        await ear.has("@kettleco one", *missed, "@kettleco while it looks back")
        assert x.refused == []


async def test_a_desk_that_slept_for_weeks_asks_for_what_x_still_has(tmp_path: Path, x: FakeX) -> None:
    async with an_ear(tmp_path, x) as ear:
        book = ear.pushed.story.desk.store.sources
        hold = await book.take("x", timedelta(hours=1))
        assert hold is not None
        from bot.ports import Batch

        await book.append(hold, Batch(cursor=post_id(MONDAY - timedelta(days=30))))
        await book.release(hold)
        x.writes("@kettleco yesterday")
        ear.begins()
        await ear.has("@kettleco yesterday")
        assert x.refused == []


async def test_an_edit_is_the_same_post_and_a_deletion_hides_it(tmp_path: Path, x: FakeX) -> None:
    async with an_ear(tmp_path, x) as ear:
        ear.begins()
        await x.listened_to()
        first = x.writes("@kettleco it leeks")
        await ear.has("@kettleco it leeks")
        await ear.pushed.story.settles()
        newer = post_id(MONDAY + timedelta(minutes=9))
        x.writes("@kettleco it leaks", id=newer, edit_history_tweet_ids=[first, newer])
        x.writes("@kettleco a second post")
        await ear.has("@kettleco it leeks", "@kettleco a second post")
        await ear.pushed.story.settles()
        assert sorted(await ear.texts()) == ["@kettleco a second post", "@kettleco it leaks"]
        x.says(
            json.dumps({"data": {"delete": {"tweet": {"id": first, "author_id": "1"}}}}).encode() + b"\r\n"
        )
        x.writes("@kettleco a third post")
        await ear.has("", "@kettleco a second post", "@kettleco a third post")
        await ear.pushed.story.settles()
        assert sorted(await ear.texts()) == ["", "@kettleco a second post", "@kettleco a third post"]


async def test_poison_stops_nothing(tmp_path: Path, x: FakeX) -> None:
    async with an_ear(tmp_path, x) as ear:
        ear.begins()
        await x.listened_to()
        for line in (
            b"nonsense",
            b"[1]",
            b'{"data":7}',
            b'{"data":{"text":"no id"}}',
            b"\xff\xfe",
            b"null",
            b"[" * 5000,
        ):
            x.says(line + b"\r\n")
        x.says(b'{"data":{"id":"18","text":"\\u0000 \\ud800"},"includes":{"users":{}}}\r\n')
        x.writes("@kettleco after all that")
        await ear.has("@kettleco after all that")


@pytest.mark.parametrize(
    ("path", "fault", "kind"),
    [
        ("GET /2/tweets/search/stream", {"status": 503}, SourceBusy),
        ("GET /2/tweets/search/stream", {"status": 401, "text": "{}"}, SourceShut),
        (
            "GET /2/tweets/search/stream",
            {"status": 403, "text": '{"detail":"client-not-enrolled"}'},
            SourceShut,
        ),
        (
            "GET /2/tweets/search/stream/rules",
            {"status": 402, "text": '{"title":"CreditsDepleted"}'},
            SourceShut,
        ),
        ("GET /2/tweets/search/stream/rules", {"status": 200, "text": "<html>"}, SourceDown),
        ("GET /2/tweets/search/stream/rules", "drop", SourceDown),
        ("GET /2/tweets/search/stream", "drop", SourceDown),
    ],
)
async def test_what_goes_wrong_is_told(
    tmp_path: Path, x: FakeX, path: str, fault: object, kind: type[Exception]
) -> None:
    # A client asks once more by itself when a kept connection was cut.
    x.faults[path] = [fault, fault]
    async with an_ear(tmp_path, x) as ear:
        with pytest.raises(kind):
            await anext(ear.source().listen(None))


async def test_x_is_not_asked_before_it_allows(tmp_path: Path, x: FakeX) -> None:
    reset = int((MONDAY + timedelta(minutes=7)).timestamp())
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset)}
    x.faults["GET /2/tweets/search/stream"] = [
        {"status": 429, "headers": headers},
        {"status": 429},
        {"status": 500},
    ]
    async with an_ear(tmp_path, x) as ear:
        waits = [await _wait(ear) for _ in range(3)]
        assert waits[0] == timedelta(minutes=7, seconds=1)
        assert waits[1] == 2 * BUSY_WAIT
        assert waits[2] == 4 * FIRST_WAIT


async def _wait(ear: Ear) -> timedelta:
    with pytest.raises(SourceBusy) as busy:
        await anext(ear.source().listen(None))
    return busy.value.after


async def test_a_second_listener_waits_and_a_lost_stream_is_told(tmp_path: Path, x: FakeX) -> None:
    async with an_ear(tmp_path, x) as ear:
        ear.begins()
        await x.listened_to()
        with pytest.raises(SourceBusy):
            await anext(ear.source().listen(None))
        x.hangs_up()
        assert ear.task is not None
        with pytest.raises(SourceDown):
            await asyncio.wait_for(asyncio.shield(ear.task), 30)
        ear.task = None
