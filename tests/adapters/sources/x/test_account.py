"""Answering at X: once, whatever happens on the way, and each refusal in words that help its author."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.x.account import DUPLICATE, GONE, LINKS
from bot.domain.mention import Author, Mention
from bot.ports import (
    AskedToWait,
    Costly,
    Declined,
    MaybePublished,
    Network,
    NetworkDown,
    Outgoing,
    Published,
    SignInLost,
)
from tests.adapters.sources.x.ear import SECRETS, an_ear
from tests.desk import MONDAY
from tests.fakes.x import ACCOUNT, FakeX

SORRY = "We are sorry, a new one is on its way."


@pytest.fixture
async def account(tmp_path: Path, x: FakeX) -> AsyncIterator[Network]:
    async with an_ear(tmp_path, x) as ear:
        network = ear.pushed.story.desk.sources.named("x")
        assert network is not None
        yield network


def to(number: str, **extra: Any) -> Outgoing:
    mention = Mention(
        id=1,
        source="x",
        external_id=number,
        community="everywhere",
        received_at=MONDAY,
        created_at=MONDAY,
        author=Author(handle="ana_writes"),
        text="",
        extra={"native": {"id": number}, "can_reply": True, **extra},
    )
    return Outgoing(key="k1", text=SORRY, lang="en", to=mention, begun_at=MONDAY)


def ours(x: FakeX) -> list[str]:
    return [post["text"] for post in x.posts.values() if post["author_id"] == "900"]


async def test_a_reply_stands_below_its_post(account: Network, x: FakeX) -> None:
    reply = to(x.writes("@kettleco it leaks"))
    published = await account.publish(reply, again=False)
    assert isinstance(published, Published)
    assert published.url == f"https://x.com/{ACCOUNT}/status/{published.external_id}"
    made = x.posts[published.external_id]
    assert made["referenced_tweets"] == [{"type": "replied_to", "id": reply.to.external_id}]
    assert x.refused == []


async def test_after_a_crash_behind_the_send_it_is_found(account: Network, x: FakeX) -> None:
    reply = to(x.writes("@kettleco it leaks"))
    first = await account.publish(reply, again=False)
    assert await account.publish(reply, again=True) == first
    assert ours(x) == [SORRY]


async def test_after_a_crash_before_the_send_it_is_sent(account: Network, x: FakeX) -> None:
    await account.publish(to(x.writes("@kettleco it leaks")), again=True)
    assert ours(x) == [SORRY]


@pytest.mark.parametrize("fault", ["drop", {"status": 500}, {"status": 201, "text": "<html>"}])
async def test_an_answer_that_never_came_is_looked_for(account: Network, x: FakeX, fault: Any) -> None:
    x.faults["after"] = [fault]
    published = await account.publish(to(x.writes("@kettleco it leaks")), again=False)
    assert published.external_id in x.posts
    assert ours(x) == [SORRY]


async def test_what_nobody_can_tell_is_left_to_a_person(account: Network, x: FakeX) -> None:
    x.faults["POST /2/tweets"] = ["drop"]
    with pytest.raises(MaybePublished):
        await account.publish(to(x.writes("@kettleco it leaks")), again=False)
    assert ours(x) == []


async def test_the_same_words_to_somebody_else_are_refused_by_x(account: Network, x: FakeX) -> None:
    await account.publish(to(x.writes("@kettleco it leaks")), again=False)
    with pytest.raises(Declined, match=DUPLICATE[:30]):
        await account.publish(to(x.writes("@kettleco mine too")), again=False)


async def test_x_says_whom_we_may_answer(account: Network, x: FakeX) -> None:
    number = x.writes("kettles are bad")
    with pytest.raises(Declined, match="mentioned or quoted us"):
        await account.publish(to(number), again=False)
    asked = len(x.asked)
    with pytest.raises(Declined, match="because I say so"):
        await account.publish(to(number, can_reply=False, why_no_reply="because I say so"), again=False)
    assert len(x.asked) == asked


async def test_a_post_that_is_gone(account: Network, x: FakeX) -> None:
    number = x.writes("@kettleco it leaks")
    x.gone.add(number)
    with pytest.raises(Declined, match=GONE[:30]):
        await account.publish(to(number), again=False)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (401, "{}", SignInLost),
        (402, '{"title":"CreditsDepleted"}', SignInLost),
        (403, '{"detail":"Your account is temporarily locked."}', SignInLost),
        (403, '{"detail":"You are not permitted to perform this action."}', Declined),
        (400, '{"errors":[{"message":"text is too long"}]}', Declined),
        (429, "{}", AskedToWait),
    ],
)
async def test_refusals_are_told_apart(
    account: Network, x: FakeX, status: int, text: str, kind: type[Exception]
) -> None:
    x.faults["POST /2/tweets"] = [{"status": status, "text": text}]
    with pytest.raises(kind):
        await account.publish(to(x.writes("@kettleco it leaks")), again=False)
    assert ours(x) == []


async def test_a_limit_is_kept_before_x_says_so(account: Network, x: FakeX) -> None:
    reset = str(int((MONDAY + timedelta(minutes=9)).timestamp()))
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    x.faults["after"] = [{"status": 201, "text": '{"data":{"id":"17"}}', "headers": headers}]
    reply = to(x.writes("@kettleco it leaks"))
    await account.publish(reply, again=False)
    asked = len(x.asked)
    with pytest.raises(AskedToWait) as wait:
        await account.publish(replace(reply, text="Another one."), again=False)
    assert wait.value.after == timedelta(minutes=9, seconds=1)
    assert len(x.asked) == asked


async def test_x_away_before_anything_was_sent(account: Network) -> None:
    account.api.base = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    with pytest.raises(NetworkDown):
        await account.publish(to("17"), again=False)


async def test_a_link_costs_more(account: Network) -> None:
    assert isinstance(account, Costly)
    assert account.cost_note("See kettle.example/help or https://kettle.example") == LINKS
    assert account.cost_note("Sorry about that!") is None


async def test_keys_stand_in_no_sentence(account: Network, x: FakeX) -> None:
    account.api.keys = replace(account.api.keys, access_secret="another")  # type: ignore[attr-defined]
    with pytest.raises(SignInLost) as lost:
        await account.publish(to(x.writes("@kettleco it leaks")), again=False)
    assert not any(secret in str(lost.value) for secret in (*SECRETS.values(), "another"))
