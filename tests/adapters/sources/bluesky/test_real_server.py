"""Bluesky's own server: a customer posts, the desk hears it, answers, and the answer stands in the talk."""

from __future__ import annotations

from typing import Any

from bot.domain.mention import REPOST_OF
from bot.policy.model import SourcePlan
from tests.adapters.sources.bluesky.conftest import Joins
from tests.adapters.sources.bluesky.kit import Ear, plan_of, reply_to
from tests.desk import Time
from tests.fakes.bluesky_pds import Pds, Person


def plan_at(server: Pds, us: Person, **more: Any) -> SourcePlan:
    options = {"stream": "relay", "stream_url": server.url, "appview": "", "plc": server.plc}
    return plan_of(url=server.url, account=us.handle, reply=True, options=options, **more)


async def test_a_customer_names_us(server: Pds, joins: Joins, ear: Ear) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    async with ear.listens(plan_at(server, us), password=await us.app_password()) as listening:
        await eve.post("Nobody is meant by this.")
        post = await eve.names(us, "my kettle leaks")
        heard = await ear.hears("my kettle leaks", listening)
    assert ear.texts == [f"@{us.handle} my kettle leaks"]
    assert heard.external_id == heard.thread == post["uri"]
    assert heard.handle == eve.handle
    assert heard.lang == "en" and heard.in_reply_to is None
    assert heard.url == f"https://bsky.app/profile/{eve.handle}/post/{post['uri'].rpartition('/')[2]}"
    assert heard.extra["native"] == {
        "uri": post["uri"],
        "cid": post["cid"],
        "root_uri": post["uri"],
        "root_cid": post["cid"],
    }


async def test_words_are_looked_for(server: Pds, joins: Joins, ear: Ear) -> None:
    us, eve, spam = await joins("kettle"), await joins("eve"), await joins("spam")
    plan = plan_at(server, us, search=("kettle & co",), exclude=("giveaway",), exclude_authors=(spam.handle,))
    async with ear.listens(plan, password=await us.app_password()) as listening:
        await spam.post("Kettle & Co from me, too")
        await eve.post("Kettle & Co giveaway!")
        await eve.post("The KETTLE &\nCo shop was closed again")
        await ear.hears("closed again", listening)
    assert [mention.handle for mention in ear.mentions] == [eve.handle]


async def test_answers_quotes_and_what_follows_in_a_talk(server: Pds, joins: Joins, ear: Ear) -> None:
    us, eve, ned = await joins("kettle"), await joins("eve"), await joins("ned")
    async with ear.listens(plan_at(server, us), password=await us.app_password()) as listening:
        ours = await us.post("Our new kettle is here.")
        under = await eve.post("It leaks.", to=ours)
        await ned.post("Mine, too.", to=under, root=ours)
        embed = {"$type": "app.bsky.embed.record", "record": {"uri": ours["uri"], "cid": ours["cid"]}}
        await ned.post("Look at this one.", embed=embed)
        hers = await eve.names(us, "and where is my refund?")
        await eve.post("Order 4711, by the way.", to=hers)
        last = await ear.hears("Order 4711", listening)
    assert ear.texts == [
        "Our new kettle is here.",
        "It leaks.",
        "Mine, too.",
        "Look at this one.",
        f"@{us.handle} and where is my refund?",
        "Order 4711, by the way.",
    ]
    assert ear.mentions[0].handle == us.handle
    assert ear.mentions[2].thread == ours["uri"] and ear.mentions[2].in_reply_to == under["uri"]
    assert last.thread == last.in_reply_to == hers["uri"]


async def test_edits_deletes_and_reposts(server: Pds, joins: Joins, ear: Ear) -> None:
    us, eve, ned = await joins("kettle"), await joins("eve"), await joins("ned")
    async with ear.listens(plan_at(server, us), password=await us.app_password()) as listening:
        post = await eve.names(us, "it leaks")
        await ear.hears("it leaks", listening)
        again = await ned.reposts(post)
        await eve.rewrites(post, f"@{us.handle} it leaks, and burns")
        edited = await ear.hears("burns", listening)
        await eve.deletes(post)
        await ear.until(lambda: ear.removed, listening)
    assert edited.external_id == post["uri"] and edited.edited_at is not None
    repost = next(each for each in ear.mentions if each.external_id == again["uri"])
    assert repost.extra[REPOST_OF] == post["uri"] and repost.handle == ned.handle
    (gone,) = ear.removed
    assert gone.external_id == post["uri"] and gone.hide


async def test_after_a_kill_nothing_is_missing_and_nothing_comes_twice(
    server: Pds, joins: Joins, ear: Ear
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    plan, password = plan_at(server, us), await us.app_password()
    async with ear.listens(plan, password=password) as listening:
        await eve.names(us, "number 0")
        await ear.hears("number 0", listening)
    for number in range(1, 4):
        # It is killed with the next one on its way.
        await eve.names(us, f"number {number}a")
        async with ear.listens(plan, password=password) as listening:
            await eve.names(us, f"number {number}b")
            await ear.hears(f"number {number}b", listening)
    wanted = {"number 0", *(f"number {number}{part}" for number in range(1, 4) for part in "ab")}
    assert {text.removeprefix(f"@{us.handle} ") for text in ear.texts} == wanted
    assert ear.stored == len(wanted)


async def test_after_a_restart_talks_we_answered_in_are_still_ours(
    server: Pds, joins: Joins, ear: Ear, time: Time
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    hers = await eve.post("My kettle leaks.")
    await us.post("Sorry! Which one is it?", to=hers)
    async with ear.listens(plan_at(server, us), password=await us.app_password()) as listening:
        await eve.post("I mean the copper one.", to=hers)
        await ear.hears("copper", listening)


async def test_a_reply_stands_in_the_talk(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    plan, password = plan_at(server, us), await us.app_password()
    network = ear.connected(plan, password=password).network
    assert network is not None
    async with ear.listens(plan, password=password) as listening:
        await eve.names(us, "it leaks")
        heard = await ear.hears("it leaks", listening)
        text = f"Sorry ☹ @{eve.handle}: see https://kettle.example/größe?a=(1). #refund"
        published = await network.publish(reply_to(heard, text, time), again=False)
        # The customer's answer comes back to the same talk.
        (ours,) = await us.posts()
        await eve.post(
            "Thank you!", to=ours, root={"uri": heard.thread, "cid": ours["value"]["reply"]["root"]["cid"]}
        )
        answer = await ear.hears("Thank you!", listening)
    assert published.external_id == ours["uri"]
    assert published.url == f"https://bsky.app/profile/{us.handle}/post/{ours['uri'].rpartition('/')[2]}"
    record = ours["value"]
    assert record["reply"]["parent"]["uri"] == record["reply"]["root"]["uri"] == heard.external_id
    assert record["langs"] == ["en"]
    raw = text.encode()
    said = {
        raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in record["facets"]
    }
    assert said[f"@{eve.handle}"]["did"] == eve.did
    assert said["https://kettle.example/größe?a=(1)"]["uri"] == "https://kettle.example/größe?a=(1)"
    assert said["#refund"]["tag"] == "refund"
    assert answer.thread == heard.thread and answer.in_reply_to == ours["uri"]
