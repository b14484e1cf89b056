"""Answering at Facebook and Instagram: once, whatever happens on the way, and refusals in words that help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.sources.meta.account import ALL_CAPITALS, MANY_TAGS, SETTLED
from bot.domain.mention import Author, Mention
from bot.ports import (
    AskedToWait,
    Declined,
    MaybePublished,
    Network,
    NetworkDown,
    Outgoing,
    SignInLost,
    SourceShut,
)
from tests.adapters.sources.pushing import Pushed
from tests.desk import MONDAY
from tests.fakes.meta import TOKEN, FakeMeta

SORRY = "We are sorry, a new one is on its way."


def reply_to(number: str, kind: str, **native: str) -> Outgoing:
    mention = Mention(
        id=1,
        source="facebook",
        external_id=number,
        community="everywhere",
        received_at=MONDAY,
        created_at=MONDAY,
        author=Author(handle="555"),
        text="It leaks",
        url="https://www.instagram.com/p/abc/",
        extra={"native": {"kind": kind, "id": number, **native}, "can_reply": True},
    )
    return Outgoing(key="k1", text=SORRY, lang="en", to=mention, begun_at=MONDAY)


@pytest.fixture(params=["facebook", "instagram"])
def place(request: pytest.FixtureRequest, desk: Pushed, meta: FakeMeta) -> tuple[Network, Outgoing]:
    network = desk.story.desk.sources.named(request.param)
    assert network is not None
    meta.objects["10_20"] = {}
    return network, reply_to("10_20", "comment" if request.param == "facebook" else "ig_comment")


def below(meta: FakeMeta) -> list[str]:
    return [one.get("message") or one["text"] for one in meta.replies.get("10_20", ())]


Place = tuple[Network, Outgoing]


async def test_a_reply_stands_below_its_comment(place: Place, meta: FakeMeta) -> None:
    network, reply = place
    published = await network.publish(reply, again=False)
    assert published.external_id == "10_20_1"
    assert published.url is not None
    assert below(meta) == [SORRY]
    assert meta.refused == []


async def test_after_a_crash_it_is_looked_for_first(place: Place, meta: FakeMeta, desk: Pushed) -> None:
    network, reply = place
    meta.page = 3
    for number in range(7):
        meta.replies.setdefault("10_20", []).append({"id": str(number), "text": "x", "message": "x"})
    theirs = {"id": "9", "text": SORRY, "message": SORRY, "username": "copycat", "from": {"id": "9"}}
    meta.replies["10_20"].append(theirs)
    with pytest.raises(AskedToWait) as wait:
        await network.publish(reply, again=True)
    assert wait.value.after == SETTLED
    desk.story.time.at += SETTLED
    first = await network.publish(reply, again=True)
    assert await network.publish(reply, again=True) == first
    assert below(meta).count(SORRY) == 2


@pytest.mark.parametrize(
    "fault", ["drop", {"status": 500}, {"status": 500, "code": 1}, {"status": 200, "text": "{}"}]
)
async def test_an_answer_that_never_came_is_looked_for(place: Place, meta: FakeMeta, fault: Any) -> None:
    network, reply = place
    meta.after.append(fault)
    assert (await network.publish(reply, again=False)).external_id == "10_20_1"
    assert below(meta) == [SORRY]


async def test_what_nobody_can_tell_is_left_to_a_person(place: Place, meta: FakeMeta) -> None:
    network, reply = place
    meta.faults.append("drop")
    with pytest.raises(MaybePublished):
        await network.publish(reply, again=False)
    assert below(meta) == []


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 400, "code": 190}, SignInLost),
        ({"status": 401, "code": 102}, SignInLost),
        ({"status": 403, "code": 4}, AskedToWait),
        ({"status": 400, "code": 17}, AskedToWait),
        ({"status": 400, "code": 32}, AskedToWait),
        ({"status": 400, "code": 613}, AskedToWait),
        ({"status": 400, "code": 80002}, AskedToWait),
        ({"status": 403, "code": 10}, Declined),
        ({"status": 403, "code": 200}, Declined),
        ({"status": 400, "code": 100, "sub": 33}, Declined),
        ({"status": 400, "code": 368}, Declined),
    ],
)
async def test_refusals_are_told_apart(
    place: Place, meta: FakeMeta, fault: Any, kind: type[Exception]
) -> None:
    network, reply = place
    meta.faults.append(fault)
    with pytest.raises(kind) as refused:
        await network.publish(reply, again=False)
    assert TOKEN not in str(refused.value)
    assert below(meta) == []


async def test_meta_says_how_long_to_wait(place: Place, meta: FakeMeta) -> None:
    network, reply = place
    used = '{"1111":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":19}]}'
    meta.faults.append({"status": 429, "headers": {"X-Business-Use-Case-Usage": used}, "text": "{}"})
    with pytest.raises(AskedToWait) as wait:
        await network.publish(reply, again=False)
    assert wait.value.after == timedelta(minutes=19)


async def test_a_comment_that_is_gone(place: Place) -> None:
    network, reply = place
    gone = replace(reply, to=replace(reply.to, extra={"native": {**reply.to.native, "id": "404"}}))
    with pytest.raises(Declined, match="gone"):
        await network.publish(gone, again=False)


async def test_meta_away(place: Place) -> None:
    network, reply = place
    network.graph.base = "http://127.0.0.1:9/v23.0"  # type: ignore[attr-defined]
    with pytest.raises(NetworkDown):
        await network.publish(reply, again=False)


async def test_instagrams_own_rules_are_told_before_it_is_asked(desk: Pushed, meta: FakeMeta) -> None:
    network = desk.story.desk.sources.named("instagram")
    assert network is not None
    assert network.title == "Instagram"
    assert network.rule.left("a" * 300) == 0
    reply = reply_to("10_20", "ig_comment")
    for text, why in (("#a #b #c #d #e", MANY_TAGS), ("SORRY!", ALL_CAPITALS)):
        with pytest.raises(Declined, match=why[:30]):
            await network.publish(replace(reply, text=text), again=False)
    assert meta.asked == []


async def test_a_mention_elsewhere_is_answered_where_it_stands(desk: Pushed, meta: FakeMeta) -> None:
    network = desk.story.desk.sources.named("instagram")
    assert network is not None
    reply = reply_to("1791", "ig_mention", media="1601", comment="1791")
    assert (await network.publish(reply, again=False)).external_id == "88"
    assert meta.mentions == [{"message": SORRY, "media_id": "1601", "comment_id": "1791"}]
    with pytest.raises(MaybePublished):
        await network.publish(reply, again=True)


async def test_a_revoked_token_is_noticed_before_a_reply_fails(desk: Pushed, meta: FakeMeta) -> None:
    one = next(each for each in desk.story.desk.sources.connected if each.plan.name == "facebook")
    assert one.source is not None
    well = await anext(one.source.listen(None))
    assert (list(well.mentions), well.cursor) == ([], None)
    meta.faults.append({"status": 400, "code": 190, "message": "Session has expired"})
    with pytest.raises(SourceShut, match="BATON_SOURCE_FACEBOOK__PAGE_TOKEN"):
        await anext(one.source.listen(None))
