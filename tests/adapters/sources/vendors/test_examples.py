"""The worked examples of deploy/sources-examples.toml load, and take what those vendors really send."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.sources.pushing import JSON, SECRET, TOKEN, Pushed, hub_signature, pushed_to

FILE = Path(__file__).parents[4] / "deploy" / "sources-examples.toml"
SECRETS = {
    "octolens": {"token": TOKEN},
    "youscan": {"token": TOKEN},
    "brand24": {"secrets": f"an-older-secret-of-before,{SECRET}", "verify": "the-word-that-was-agreed"},
}


def examples() -> str:
    """What stands commented out, without its #."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    code = re.compile(r"# (\[|\w[\w.]* = )")
    return "\n".join(line[2:] for line in lines if code.match(line))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Pushed]:
    async with pushed_to(tmp_path, examples(), SECRETS) as pushed:
        yield pushed


def octolens(**changed: Any) -> dict[str, Any]:
    data = {
        "title": "",
        "body": "Just discovered @kettleco, where is my parcel?",
        "url": "https://twitter.com/user/status/1790000000000000001",
        "timestamp": "2026-03-02 08:35:37.000",
        "imageUrl": "",
        "author": "user123",
        "authorName": "John Doe",
        "authorAvatar": "https://pbs.example/1.jpg",
        "authorFollowers": 5420,
        "source": "twitter",
        "sourceId": "twitter_1790000000000000001",
        "relevance": "relevant",
        "sentiment": "Negative",
        "language": "en",
        "tags": ["complaint"],
        "keywords": [{"id": 1, "keyword": "kettleco"}],
        **changed,
    }
    return {"action": "mention_created", "data": data}


def youscan(**changed: Any) -> dict[str, Any]:
    return {
        "topicId": 12,
        "topicName": "Kettle",
        "mentionId": 981,
        "postId": "1790000000000000007",
        "sourceName": "Twitter",
        "published": "2026-03-02T08:30:00Z",
        "language": "en",
        "author": {"profileId": "44196397", "subscribers": 120},
        **changed,
    }


async def test_octolens(desk: Pushed) -> None:
    answer = await desk.post(f"/mentions/octolens/{TOKEN}", octolens())
    assert (answer.status, answer.json) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    (row,) = await desk.mentions()
    assert (row.source, row.external_id) == ("x", "twitter_1790000000000000001")
    assert row.text == "Just discovered @kettleco, where is my parcel?"
    assert (row.handle, row.name, row.followers, row.lang) == ("user123", "John Doe", 5420, "en")
    assert row.created_at == datetime(2026, 3, 2, 8, 35, 37, tzinfo=UTC)
    assert row.url == "https://twitter.com/user/status/1790000000000000001"
    again = await desk.post(f"/mentions/octolens?token={TOKEN}", octolens())
    assert again.json == {"accepted": 0, "duplicates": 1, "rejected": []}


async def test_octolens_says_something_else(desk: Pushed) -> None:
    answer = await desk.post(f"/mentions/octolens/{TOKEN}", {"action": "test", "data": {"hello": 1}})
    assert (answer.status, answer.json["accepted"]) == (202, 0)
    assert await desk.mentions() == []


async def test_youscan_gives_only_the_number_of_a_post_and_its_words_come_later(desk: Pushed) -> None:
    path = f"/mentions/youscan/{TOKEN}"
    answer = await desk.post(path, youscan())
    assert answer.json == {"accepted": 1, "duplicates": 0, "rejected": []}
    await desk.story.settles()
    card = await desk.card()
    assert "words of this post have not come yet" in card
    assert (await desk.mentions())[0].url == "https://x.com/i/status/1790000000000000007"

    whole = {"author": {"nickname": "angry", "name": "Ann Gry"}, "text": "Is it <b>legal</b> &amp; fair?"}
    answer = await desk.post(path, youscan(**whole, url="https://x.com/angry/status/1790000000000000007"))
    assert answer.json == {"accepted": 1, "duplicates": 0, "rejected": []}
    await desk.story.settles()
    (row,) = await desk.mentions()
    assert (row.text, row.handle, row.name) == ("Is it legal & fair?", "angry", "Ann Gry")
    assert row.url == "https://x.com/angry/status/1790000000000000007"
    card = await desk.card()
    assert "Is it legal & fair?" in card
    assert "edited" not in card
    assert "The words of the post have come." in card

    again = await desk.post(path, youscan(**whole))
    assert again.json == {"accepted": 0, "duplicates": 1, "rejected": []}


async def test_words_that_come_before_anybody_saw_the_post_are_as_if_they_had_come_with_it(
    desk: Pushed,
) -> None:
    path = f"/mentions/youscan/{TOKEN}"
    await desk.post(path, youscan())
    await desk.post(path, youscan(text="It arrived broken."))
    await desk.story.settles()
    card = await desk.card()
    assert "It arrived broken." in card
    assert "words of the post" not in card


async def test_number_only_posts_are_no_copies_of_one_another(desk: Pushed) -> None:
    for number in range(5):
        await desk.post(
            f"/mentions/youscan/{TOKEN}", youscan(postId=str(number), author={"profileId": str(number)})
        )
    await desk.story.settles()
    assert len({row.case_id for row in await desk.mentions()}) == 5


def brand24(**changed: Any) -> dict[str, Any]:
    return {
        "mention_id": 55,
        "title": "Kettles compared",
        "content": "The <em>Kettle &amp; Co</em> one leaks.<br>Twice.",
        "url": "https://blog.example/kettles",
        "host": "blog.example",
        "author": "Bo Log",
        "author_nick": "bolog",
        "followers_count": "12,400",
        "created_date": "2026-03-02 09:35:37",
        "source": "blog",
        **changed,
    }


async def test_a_signed_list_of_flat_mentions(desk: Pushed) -> None:
    bad = brand24(mention_id=None, url="")
    body = await _signed(
        desk, {"mentions": [brand24(), bad, brand24(mention_id=56, content="giveaway!", url="")]}
    )
    assert body.status == 202
    assert body.json["accepted"] == 1
    assert [each["index"] for each in body.json["rejected"]] == [1]
    (row,) = await desk.mentions()
    assert (row.external_id, row.source, row.followers) == ("55", "blog", 12_400)
    assert row.text == "Kettles compared\n\nThe Kettle & Co one leaks.\nTwice."
    assert row.created_at == datetime(2026, 3, 2, 8, 35, 37, tzinfo=UTC)


async def test_a_deleted_one_is_shown_as_gone(desk: Pushed) -> None:
    await _signed(desk, {"mentions": [brand24()]})
    await desk.story.settles()
    answer = await _signed(desk, {"mentions": [brand24(status="deleted")]})
    assert answer.status == 202
    await desk.story.settles()
    (row,) = await desk.mentions()
    assert row.text == ""
    assert "deleted" in await desk.card()


async def _signed(desk: Pushed, body: Any) -> Any:
    content = json.dumps(body).encode()
    return await desk.post("/mentions/brand24", content, {**JSON, "X-Signature": hub_signature(content)})


async def test_a_challenge_is_sent_back_to_whoever_knows_the_word(desk: Pushed) -> None:
    good = await desk.get("/mentions/brand24?challenge=1158201444&verify_token=the-word-that-was-agreed")
    assert (good.status, good.body) == (200, b"1158201444")
    assert good.headers["Content-Type"].startswith("text/plain")
    assert (await desk.get("/mentions/brand24?challenge=1158201444&verify_token=no")).status == 403
    assert (await desk.get("/mentions/brand24?verify_token=the-word-that-was-agreed")).status == 400
