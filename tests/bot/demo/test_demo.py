"""The demo's company, its posts and its day fit together."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from adapters.http import serve
from bot.cli.demo import DAY_ENDS, DAY_STARTS
from bot.config import Config
from bot.demo.accounts import Accounts
from bot.demo.network import Network
from bot.demo.player import NotPlayable, moment_of, read_mentions
from bot.demo.story import HERE, acts
from bot.domain.mention import Author, Mention
from bot.policy.load import load
from bot.ports import Declined, Outgoing
from bot.wiring import connect, set_standing_jobs


def test_every_act_has_its_person_its_place_and_its_posts() -> None:
    policy = load(HERE / "policy.toml")
    posts = list(read_mentions(HERE / "mentions.jsonl"))
    known = {post["id"] for post in posts}
    assert len(posts) > 200
    # An edit stands in the file where it happened.
    moments = [moment_of({"created_at": post.get("edited_at") or post["created_at"]}) for post in posts]
    assert moments == sorted(moments)
    for act in acts():
        assert act.person in policy.people
        assert act.place == "dm" or act.place in policy.departments
        assert set(act.mentions) <= known


@pytest.mark.parametrize(
    "line", ["no json", '{"id": "1"}', '["list"]', '{"id":"1","created_at":"2026-03-02T09:00"}']
)
def test_a_file_that_cannot_be_played_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(NotPlayable, match="line 2"):
        list(read_mentions(file))


async def test_the_days_digests_are_set_by_the_demos_clock(tmp_path: Path) -> None:
    config = Config(
        policy=HERE / "policy.toml", database_url=f"sqlite:///{tmp_path}/demo.db", web_chat="local"
    )
    async with connect(config) as desk:
        await set_standing_jobs(desk)  # as a start does, before anybody moves the clock
        await desk.store.clock.move(desk.store.writer, to=DAY_STARTS, rate=1.0)
        await set_standing_jobs(desk, anew=True)
        with sqlite3.connect(tmp_path / "demo.db") as seen:
            clocks = dict(seen.execute("SELECT key, due FROM jobs WHERE kind = 'digest'"))
    today = {key.split(":")[1] for key, due in clocks.items() if due < DAY_ENDS.timestamp() * 1e6}
    assert today == {"support", "pr", "legal", "sales", "operations", "ingrid@thistlecart.example"}


async def test_a_post_can_be_changed_by_its_author() -> None:
    sent: list[dict[str, str]] = []

    async def mentions(request: web.Request) -> web.Response:
        sent.append(await request.json())
        return web.Response(status=202)

    network = Network()
    network.now = lambda: DAY_STARTS
    app = web.Application()
    app.add_routes([*network.routes(), web.post("/mentions", mentions)])
    async with serve(app, "127.0.0.1", 0) as serving, ClientSession() as session:
        network.desk = serving.url
        await session.post(f"{serving.url}/network", data={"handle": "zoe", "text": "Where is it?"})
        page = f"{serving.url}/network/{sent[0]['id']}"
        async with session.post(page, data={"text": "It <came>."}) as answer:
            assert "It &lt;came&gt;." in await answer.text()
        async with session.post(page, data={"text": " "}) as answer:
            assert answer.status == 400
    await network.close()
    assert [post["text"] for post in sent] == ["Where is it?", "It <came>."]
    assert sent[1]["edited_at"] and sent[1]["id"] == sent[0]["id"]


async def test_a_reply_stands_below_its_post_once_and_travels_back_as_any_post() -> None:
    sent: list[dict[str, str]] = []

    async def mentions(request: web.Request) -> web.Response:
        sent.append(await request.json())
        return web.Response(status=202)

    network = Network()
    app = web.Application()
    app.add_routes([*network.routes(), web.post("/mentions", mentions)])
    async with serve(app, "127.0.0.1", 0) as serving, ClientSession() as session:
        network.desk = serving.url
        await session.post(f"{serving.url}/network", data={"handle": "zoe", "text": "Where is it?"})
        mention = _mention(sent[0]["id"])
        account = Accounts.at(network).answering(mention)
        assert account is not None
        reply = Outgoing(key="b1", text="On its way.", lang=None, to=mention, begun_at=DAY_STARTS)
        first = await account.publish(reply, again=False)
        assert await account.publish(reply, again=True) == first
        async with session.get(first.url or "") as page:
            assert "On its way." in await page.text()
        with pytest.raises(Declined):
            await account.publish(replace(reply, key="b2", to=_mention("gone")), again=False)
    await network.close()
    assert [(post["id"], post.get("in_reply_to")) for post in sent] == [
        (mention.external_id, None),
        ("b1", mention.external_id),
    ]


def _mention(post: str) -> Mention:
    return Mention(
        id=1,
        source="square",
        external_id=post,
        community="everywhere",
        received_at=DAY_STARTS,
        created_at=DAY_STARTS,
        author=Author(handle="zoe"),
        text="Where is it?",
    )
