"""The Chat port over the web chat's memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.web.outbound import WebChat
from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.ports import Failed, Gone, Overloaded, Place, Posted, SlowDown, Stale, Undeliverable
from tests.adapters.web.conftest import WebDesk

ANA = PersonId("ana@kettle.example")
CARD = Card(title="1042", summary="1042")
SUPPORT = Place(platform="web", conversation="support", department="support")


def speaking(chat: WebDesk, nudges: list[int] | None = None) -> WebChat:
    told = nudges if nudges is not None else []
    return WebChat(policy=chat.policy, log=chat.store.weblog, nudge=lambda: told.append(1))


async def test_what_is_posted_can_be_edited_found_and_deleted(chat: WebDesk) -> None:
    nudges: list[int] = []
    web = speaking(chat, nudges)
    posted = await web.post(SUPPORT, CARD, nonce="n1", reply_to=None)
    assert await web.find(SUPPORT, "n1") == posted
    await web.edit(posted, Card(title="1042", summary="newer"))
    (message,) = await chat.store.weblog.page("support")
    assert message.card is not None
    assert message.card.summary == "newer"
    assert (str(message.id), message.by) == (posted.message, None)
    await web.delete(posted)
    assert await chat.store.weblog.page("support") == []
    assert await web.find(SUPPORT, "n1") is None
    assert len(nudges) == 3


async def test_the_same_nonce_is_one_message(chat: WebDesk) -> None:
    web = speaking(chat)
    first = await web.post(SUPPORT, CARD, nonce="n1", reply_to=None)
    assert await web.post(SUPPORT, CARD, nonce="n1", reply_to=None) == first
    assert len(await chat.store.weblog.page("support")) == 1


async def test_it_posts_into_threads_and_direct_messages(chat: WebDesk) -> None:
    web = speaking(chat)
    root = await web.post(SUPPORT, CARD, nonce="n1", reply_to=None)
    await web.post(SUPPORT, CARD, nonce="n2", reply_to=root)
    assert len(await chat.store.weblog.page("support", reply_to=int(root.message))) == 1
    place = await web.direct(ANA)
    assert place == Place(platform="web", conversation=f"@{ANA}", person=ANA)
    await web.post(place, CARD, nonce="n3", reply_to=None)
    assert len(await chat.store.weblog.page(f"@{ANA}")) == 1


@pytest.mark.parametrize("message", ["999", "not-a-number"])
async def test_what_is_gone_is_said_to_be_gone(chat: WebDesk, message: str) -> None:
    web, lost = speaking(chat), Posted(platform="web", conversation="support", message=message)
    with pytest.raises(Gone):
        await web.edit(lost, CARD)
    with pytest.raises(Gone):
        await web.post(SUPPORT, CARD, nonce="n", reply_to=lost)
    assert await chat.store.weblog.page("support") == []


async def test_nobody_can_be_told_where_nobody_is(chat: WebDesk) -> None:
    web, stranger = speaking(chat), PersonId("stranger@x.example")
    with pytest.raises(Undeliverable, match=r"stranger@x\.example"):
        await web.direct(stranger)
    with pytest.raises(Undeliverable):
        await web.post(
            Place(platform="web", conversation="@x", person=stranger), CARD, nonce="n", reply_to=None
        )
    with pytest.raises(Undeliverable, match="nowhere"):
        await web.post(Place(platform="web", conversation="nowhere"), CARD, nonce="n", reply_to=None)


@pytest.mark.parametrize(("error", "told"), [(Overloaded(7), SlowDown), (Stale("again"), Failed)])
async def test_the_stores_refusals_are_told_as_a_chats(
    chat: WebDesk, monkeypatch: pytest.MonkeyPatch, error: Exception, told: type[Exception]
) -> None:
    async def refuses(*_given: Any, **_named: Any) -> Any:
        raise error

    for name in ("post", "edit", "delete", "by_nonce"):
        monkeypatch.setattr(chat.store.weblog, name, refuses)
    web, posted = speaking(chat), Posted(platform="web", conversation="support", message="1")
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: web.edit(posted, CARD),
        lambda: web.delete(posted),
        lambda: web.find(SUPPORT, "n"),
    ]
    for call in calls:
        with pytest.raises(told) as raised:
            await call()
        assert raised.value.__cause__ is error
        if isinstance(raised.value, SlowDown):
            assert raised.value.after == timedelta(seconds=7)


async def test_whether_a_busy_database_took_a_post_is_unknown(
    chat: WebDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_given: Any, **_named: Any) -> Any:
        raise Overloaded(2)

    monkeypatch.setattr(chat.store.weblog, "post", cut)
    # No error of a chat, which would say that it is not there: the next try looks for it first.
    with pytest.raises(Overloaded):
        await speaking(chat).post(SUPPORT, CARD, nonce="n", reply_to=None)
