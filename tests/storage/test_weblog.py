"""The memory of the web chat."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards.card import Card, Text
from bot.domain.people import PersonId
from bot.ports import Place, Posted, WebMessage
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import minutes, put, rows, words

ANA = PersonId("ana@kettle.example")


def card(title: str) -> Card:
    return Card(title=title, summary=title, elements=(Text(text=title),))


async def test_a_message_is_kept_as_it_was_said(store: SqlStore) -> None:
    said = await store.weblog.post("support", nonce="n1", by=ANA, text="hello")
    ours = await store.weblog.post("support", nonce="n2", card=card("case 1"))
    assert (said.at, said.by, said.text, said.card) == (MONDAY, ANA, "hello", None)
    assert (ours.by, ours.text, ours.card) == (None, None, card("case 1"))
    assert await store.weblog.page("support") == [said, ours]
    assert await store.weblog.get(ours.id) == ours == await store.weblog.by_nonce("n2")
    assert await store.weblog.get(99) is None is await store.weblog.by_nonce("n9")


async def test_the_same_nonce_again_is_the_first_message(store: SqlStore) -> None:
    posts = [store.weblog.post("support", nonce="n1", text=f"{n}") for n in range(20)]
    assert len({message.id for message in await asyncio.gather(*posts)}) == 1
    assert len(await store.weblog.page("support")) == 1


async def test_an_edit_replaces_the_card(store: SqlStore, time: Time) -> None:
    first = await store.weblog.post("support", nonce="n1", card=card("open"))
    time.at += minutes(5)
    edited = await store.weblog.edit(first.id, card("claimed"))
    assert edited is not None
    assert (edited.card, edited.at, edited.edited_at) == (card("claimed"), MONDAY, MONDAY + minutes(5))
    assert await store.weblog.edit(99, card("x")) is None


async def test_what_was_deleted_is_gone_and_stays_gone(store: SqlStore) -> None:
    message = await store.weblog.post("support", nonce="n1", card=card("secret"))
    await store.weblog.delete(message.id)
    assert await store.weblog.get(message.id) is None is await store.weblog.by_nonce("n1")
    assert await store.weblog.page("support") == []
    assert await store.weblog.edit(message.id, card("again")) is None
    assert [row.card for row in await rows(store, "SELECT card FROM web_messages")] == [None]


async def test_answers_stand_in_their_thread_and_are_counted(store: SqlStore) -> None:
    root = await store.weblog.post("support", nonce="n1", card=card("case"))
    answers = [
        await store.weblog.post("support", nonce=f"a{n}", by=ANA, text=f"{n}", reply_to=root.id)
        for n in range(3)
    ]
    await store.weblog.delete(answers[0].id)
    assert [message.id for message in await store.weblog.page("support")] == [root.id]
    assert await store.weblog.page("support", reply_to=root.id) == answers[1:]
    now = await store.weblog.get(root.id)
    assert now is not None
    assert now.replies == 2


async def test_pages_go_back_in_time(store: SqlStore) -> None:
    for n in range(7):
        await store.weblog.post("support", nonce=f"n{n}", text=f"{n}")
        await store.weblog.post("pr", nonce=f"p{n}", text="elsewhere")
    newest = await store.weblog.page("support", limit=3)
    assert [m.text for m in newest] == ["4", "5", "6"]
    before = await store.weblog.page("support", before=newest[0].id, limit=3)
    assert [m.text for m in before] == ["1", "2", "3"]
    assert [m.text for m in await store.weblog.page("support", before=before[0].id)] == ["0"]


async def test_every_change_gets_a_number_that_any_process_can_follow(opened: Opener) -> None:
    async with opened() as store, opened() as other:
        assert (await store.weblog.newest(), await store.weblog.changed(0)) == (0, (0, []))
        first = await store.weblog.post("support", nonce="n1", card=card("a"))
        second = await store.weblog.post("pr", nonce="n2", text="b")
        seen, ids = await other.weblog.changed(0)
        assert (ids, seen) == ([first.id, second.id], await other.weblog.newest())
        await store.weblog.edit(first.id, card("c"))
        assert (await other.weblog.changed(seen))[1] == [first.id]
        seen = await other.weblog.newest()
        answer = await store.weblog.post("pr", nonce="n3", text="d", reply_to=second.id)
        assert (await other.weblog.changed(seen))[1] == [answer.id, second.id], "the root counts its answers"
        seen = await other.weblog.newest()
        await store.weblog.delete(answer.id)
        assert answer.id in (await other.weblog.changed(seen))[1]
        now, none = await other.weblog.changed(await other.weblog.newest())
        assert (now, none) == (await other.weblog.newest(), [])


async def test_no_change_is_missed_by_who_reads_in_steps(store: SqlStore) -> None:
    for n in range(10):
        await store.weblog.post("support", nonce=f"n{n}", text=f"{n}")
    seen, found = 0, list[int]()
    while True:
        seen, ids = await store.weblog.changed(seen, limit=3)
        if not ids:
            break
        found += ids
    assert len(found) == 10


async def test_deleting_an_answer_tells_its_root(store: SqlStore) -> None:
    root = await store.weblog.post("support", nonce="n1", card=card("case"))
    answer = await store.weblog.post("support", nonce="n2", text="x", reply_to=root.id)
    seen = await store.weblog.newest()
    await store.weblog.delete(answer.id)
    assert root.id in (await store.weblog.changed(seen))[1]


async def test_a_cards_message_knows_its_case(store: SqlStore) -> None:
    async def shown(key: str, nonce: str) -> WebMessage:
        await put(store, words(key))
        (held,) = await store.lanes.take(1, minutes(1))
        job = await store.lanes.next_job(held)
        assert job is not None
        place = Place(platform="web", conversation="support")
        message = await store.lanes.begin(held, job, nonce=nonce, place=place, shown="")
        posted = await store.weblog.post("support", nonce=nonce, card=card("x"))
        at = Posted(platform="web", conversation="support", message=str(posted.id))
        assert await store.lanes.finish(held, job, message, at, "")
        await store.lanes.release(held)
        found = await store.weblog.get(posted.id)
        assert found is not None
        return found

    assert (await shown("card:1042@web:support", "n1")).case_id == 1042
    assert (await shown("note:1042:3@web:support", "n2")).case_id is None
    assert (await store.weblog.post("support", nonce="n3", text="x")).case_id is None


async def test_words_are_looked_for_from_the_newest_on(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sql.weblog_search.STRETCH", 4)
    monkeypatch.setattr("storage.sql.weblog_search._CHUNK", 2)
    log = store.weblog
    said = [
        await log.post("c", nonce=f"s{n}", text=f"Línea {n} {'odd' if n % 2 else 'even'}") for n in range(10)
    ]
    await log.post("d", nonce="elsewhere", text="linea odd")
    first, further = await log.search("c", ["linea", "ODD"], limit=2)
    assert [each.id for each in first] == [said[9].id, said[7].id]
    second, further = await log.search("c", ["linea", "odd"], before=further, limit=9)
    assert [each.id for each in second] == [said[5].id, said[3].id]
    assert further is not None  # a stretch was looked through, and there is more
    third, further = await log.search("c", ["linea", "odd"], before=further, limit=9)
    assert ([each.id for each in third], further) == ([said[1].id], None)


async def test_what_stands_behind_a_message(store: SqlStore) -> None:
    log = store.weblog
    said = [(await log.post("c", nonce=f"a{n}", text=str(n))).id for n in range(6)]
    assert [each.id for each in await log.page("c", after=said[1], limit=3)] == said[2:5]
    assert [each.id for each in await log.page("c", after=said[5])] == []
