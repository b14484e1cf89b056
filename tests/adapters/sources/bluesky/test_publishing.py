"""A reply is published once, whatever the line does, and not where its author does not want one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.mention import CAN_REPLY, REMOVED, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import AskedToWait, Declined, Incoming, Network, NetworkDown
from tests.adapters.sources.bluesky.conftest import Joins
from tests.adapters.sources.bluesky.kit import Ear, as_mention, plan_of, reply_to
from tests.desk import Time
from tests.fakes.bluesky import Between, Trouble
from tests.fakes.bluesky_pds import Pds, Person

PUT, LOOK, VIEW = "com.atproto.repo.putRecord", "com.atproto.repo.getRecord", "app.bsky.feed.getPosts"


def plan_at(server: Pds, url: str, us: Person, appview: str = "") -> SourcePlan:
    options = {"stream": "relay", "stream_url": server.url, "plc": server.plc, "appview": appview}
    return plan_of(url=url, account=us.handle, reply=True, options=options)


async def heard_from(server: Pds, us: Person, eve: Person, ear: Ear, **gate: Any) -> Incoming:
    async with ear.listens(
        plan_at(server, server.url, us), password=await us.app_password("ear")
    ) as listening:
        await eve.names(us, "my kettle leaks")
        return await ear.hears("leaks", listening)


async def network_at(server: Pds, url: str, us: Person, ear: Ear, appview: str = "") -> Network:
    network = ear.connected(plan_at(server, url, us, appview), password=await us.app_password("net")).network
    assert network is not None
    return network


@pytest.mark.parametrize("again", [True, False])
async def test_an_answer_that_is_lost_makes_no_second_post(
    server: Pds, joins: Joins, ear: Ear, time: Time, again: bool
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    reply = reply_to(heard, "Sorry!", time)
    async with Between(ear.http, server.url).serving() as line:
        line.plans(PUT, Trouble.UNANSWERED)
        with pytest.raises(NetworkDown, match="cannot publish it twice"):
            await (await network_at(server, line.url, us, ear)).publish(reply, again=False)
        # The process that tried is gone; another one tries again, minutes later.
        time.at = time.at.replace(year=time.at.year + 1)
        after = plan_at(server, line.url, us)
        network = ear.connected(after, password=await us.app_password("later")).network
        assert network is not None
        published = await network.publish(reply, again=again)
    (post,) = await us.posts()
    assert published.external_id == post["uri"] and post["value"]["text"] == "Sorry!"


async def test_two_replies_of_one_moment_are_two_posts(
    server: Pds, joins: Joins, ear: Ear, time: Time
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    network = await network_at(server, server.url, us, ear)
    for key in ("a1", "a2"):
        await network.publish(reply_to(heard, f"Sorry {key}", time, key), again=False)
    assert len(await us.posts()) == 2


@pytest.mark.parametrize(
    ("method", "trouble"),
    [(LOOK, Trouble.BROKEN), (PUT, Trouble.LOST), (PUT, Trouble.BROKEN), (PUT, Trouble.NONSENSE)],
)
async def test_a_server_in_trouble_is_tried_again(
    server: Pds, joins: Joins, ear: Ear, time: Time, trouble: Trouble, method: str
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    async with Between(ear.http, server.url).serving() as line:
        network = await network_at(server, line.url, us, ear)
        line.plans(method, trouble)
        with pytest.raises(NetworkDown):
            await network.publish(reply_to(heard, "Sorry!", time), again=False)
        assert await us.posts() == []
        await network.publish(reply_to(heard, "Sorry!", time), again=True)
    assert len(await us.posts()) == 1


async def test_a_busy_server_says_how_long(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    async with Between(ear.http, server.url).serving() as line:
        network = await network_at(server, line.url, us, ear)
        line.plans(PUT, Trouble.BUSY)
        with pytest.raises(AskedToWait) as wait:
            await network.publish(reply_to(heard, "Sorry!", time), again=False)
    assert wait.value.after.total_seconds() == 77


async def test_a_post_that_is_gone_is_not_answered(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    await eve.deletes({"uri": heard.external_id})
    network = await network_at(server, server.url, us, ear)
    with pytest.raises(Declined, match="gone"):
        await network.publish(reply_to(heard, "Sorry!", time), again=False)
    assert await us.posts() == []


async def test_gates_are_kept(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    network = await network_at(server, server.url, us, ear)
    nobody = await heard_from(server, us, eve, ear)
    await eve.limits({"uri": nobody.external_id}, [])
    with pytest.raises(Declined, match="limited"):
        await network.publish(reply_to(nobody, "Sorry!", time), again=False)
    named = {"$type": "app.bsky.feed.threadgate#mentionRule"}
    ear.mentions.clear()
    async with ear.listens(plan_at(server, server.url, us), password=await us.app_password("x")) as listening:
        root = await eve.post("Who has a kettle?")
        await eve.limits(root, [named])
        with_us = await eve.names(us, "tell them")
        await eve.limits(with_us, [named])
        ours = await ear.hears("tell them", listening)
    await network.publish(reply_to(ours, "We have.", time), again=False)
    uninvited = {
        "native": {"uri": root["uri"], "cid": root["cid"], "root_uri": root["uri"], "root_cid": root["cid"]}
    }
    with pytest.raises(Declined, match="limited"):
        await network.publish(reply_to(replace(ours, extra=uninvited), "We have.", time, "k2"), again=False)


@pytest.mark.parametrize(
    ("author", "viewer", "said"),
    [
        ({"blockedBy": True}, {}, "blocked us"),
        ({"blocking": "at://us/block/1"}, {}, "unblock"),
        ({}, {"replyDisabled": True}, "limited"),
    ],
)
async def test_an_appview_knows_who_blocks_whom(
    server: Pds, joins: Joins, ear: Ear, time: Time, author: object, viewer: object, said: str
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    async with Between(ear.http, server.url).serving() as line:
        network = await network_at(server, line.url, us, ear, appview="http://127.0.0.1:9")
        view = {"uri": heard.external_id, "author": {"did": eve.did, "viewer": author}, "viewer": viewer}
        line.answers[VIEW] = (200, {"posts": [view]})
        with pytest.raises(Declined, match=said):
            await network.publish(reply_to(heard, "Sorry!", time), again=False)
        # An AppView that does not answer holds nothing up.
        line.answers[VIEW] = (502, {"error": "UpstreamFailure"})
        await network.publish(reply_to(heard, "Sorry!", time), again=False)
    assert len(await us.posts()) == 1


async def test_length_as_the_network_counts(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    heard = await heard_from(server, us, eve, ear)
    network = await network_at(server, server.url, us, ear)
    family = "👨‍👩‍👧‍👦"
    for text in ("x" * 301, family * 121):
        with pytest.raises(Declined, match="longer"):
            await network.publish(reply_to(heard, text, time), again=False)
    for number, text in enumerate(("x" * 300, family * 120)):
        await network.publish(reply_to(heard, text, time, f"k{number}"), again=False)
    assert len(await us.posts()) == 2


def test_why_not(ear: Ear) -> None:
    network = ear.connected(plan_of(account="kettle.example", reply=True), password="x").network
    assert network is not None
    native = dict.fromkeys(("uri", "cid", "root_uri", "root_cid"), "at://did:plc:a/app.bsky.feed.post/1")
    one = Incoming(
        source="bluesky",
        external_id="1",
        community="everyone",
        created_at=ear.time.at,
        handle="eve",
        text="hello",
        extra={"native": native},
    )
    assert network.why_not(as_mention(one)) is None
    for extra, said in (
        ({}, "not kept"),
        ({"native": {**native, "cid": ""}}, "not kept"),
        ({"native": {**native, "uri": "https://x.example"}}, "not kept"),
        ({"native": native, REMOVED: True}, "deleted"),
        ({"native": native, CAN_REPLY: False, WHY_NO_REPLY: "Not here."}, "Not here."),
    ):
        why = network.why_not(as_mention(replace(one, extra=extra)))
        assert why is not None and said in why
