"""Whose a message is, also when it is not there any more; and what follows when somebody takes one away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.people import PersonId
from bot.ports import Place, Posted, Rank
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import ON_SQLITE
from tests.storage.kit import does, minutes, put, rows, words
from tests.storage.test_lanes import LEASE, SUPPORT, hold, job_of, say

CARD = "card:1042@web:support"
AT = Posted(platform="web", conversation="support", message="1")


async def said(store: SqlStore, key: str, message: str = "1") -> Posted:
    """A delivery of that key was posted."""
    await put(store, words(key))
    held = await hold(store)
    await say(store, held, await job_of(store, held), f"nonce of {message}", message)
    await store.lanes.release(held)
    return Posted(platform="web", conversation="support", message=message)


async def jobs(store: SqlStore) -> dict[str, tuple[int, str]]:
    found = await rows(store, "SELECT key, rank, args FROM jobs ORDER BY key")
    return {row.key: (row.rank, row.args) for row in found}


# -- whose it is -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "case"),
    [
        (CARD, 1042),
        ("page:1042:1772442000:1", 1042),
        ("note:1042:7@web:support", 1042),
        ("notice:1042:7:ana@kettle.example", 1042),
        ("notice:1042:7@web:support", 1042),
        ("reposted:1042@web:support", 1042),
        ("digest:support:daily:2026-03-02@web:support", None),
        ("promises:support:2026030209:ana@kettle.example", None),
        ("told:shut:web:20260302T0900:ana@kettle.example", None),
    ],
)
async def test_a_message_belongs_to_the_case_that_its_delivery_was_about(
    store: SqlStore, key: str, case: int | None
) -> None:
    assert await store.sent.case_of(await said(store, key)) == case


async def test_a_message_of_somebody_else_belongs_to_no_case(store: SqlStore) -> None:
    await said(store, CARD)
    for other in ({"message": "2"}, {"conversation": "pr"}, {"platform": "slack"}):
        known = {"platform": "web", "conversation": "support", "message": "1", **other}
        assert await store.sent.case_of(Posted(**known)) is None


async def test_a_message_that_was_taken_away_is_known_all_the_same(store: SqlStore) -> None:
    posted = await said(store, CARD)
    await store.sent.gone(posted)
    assert await store.sent.case_of(posted) == 1042


@ON_SQLITE
async def test_it_is_found_by_an_index(store: SqlStore) -> None:
    await said(store, CARD)
    sql = "SELECT key FROM messages WHERE platform = 'web' AND conversation = 'support' AND message = '1'"
    plan = await does(store, lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all())
    assert "messages_posted" in str(plan)


# -- gone ---------------------------------------------------------------------------------------------------


async def test_a_card_that_was_taken_away_comes_back_at_once_and_says_so(store: SqlStore) -> None:
    posted = await said(store, CARD)
    woken: list[bool] = []
    store.woken = lambda: woken.append(True)
    await store.sent.gone(posted)
    assert woken
    assert await store.lanes.last_message(CARD) is None
    found = await jobs(store)
    assert list(found) == [CARD, "reposted:1042@web:support"]
    assert found[CARD] == (
        Rank.FIRST_CARD,
        '{"view":"case","subject":"1042","place":"web:support","department":"support"}',
    )
    rank, args = found["reposted:1042@web:support"]
    assert rank == Rank.NOTE, "behind its card"
    assert f'"below":"{CARD}"' in args
    assert '"view":"sentence","subject":"The card of 1042 was deleted here' in args


async def test_told_again_it_does_nothing(store: SqlStore) -> None:
    posted = await said(store, CARD)
    await store.sent.gone(posted)
    again = await said(store, CARD, "2")
    await does(store, lambda c: c.exec_driver_sql("DELETE FROM jobs").rowcount)
    await store.sent.gone(posted)
    assert await jobs(store) == {}
    last = await store.lanes.last_message(CARD)
    assert last is not None
    assert last.posted == again


async def test_other_messages_stay_away(store: SqlStore) -> None:
    for number, key in enumerate(("note:1042:7@web:support", "page:1042:1:1", "digest:support:daily:x")):
        posted = await said(store, key, str(number))
        await store.sent.gone(posted)
        assert await store.lanes.last_message(key) is None
        assert await jobs(store) == {}
    await store.sent.gone(AT)


async def test_a_channel_that_is_nobodys_any_more_gets_nothing_back(store: SqlStore) -> None:
    place = Place(platform="web", conversation="old", department="support")
    await put(store, words("card:1042@web:old", lane="web:old"))
    held = await hold(store)
    job = await job_of(store, held)
    begun = await store.lanes.begin(held, job, nonce="n", place=place, shown="")
    posted = Posted(platform="web", conversation="old", message="9")
    assert await store.lanes.finish(held, job, begun, posted, "")
    await store.sent.gone(posted)
    assert await jobs(store) == {}


async def test_a_change_that_waits_leaves_as_the_new_card(store: SqlStore) -> None:
    posted = await said(store, CARD)
    await put(store, words(CARD, MONDAY, rank=Rank.EDIT, place="web:support"))
    await store.sent.gone(posted)
    assert (await jobs(store))[CARD][0] == Rank.FIRST_CARD


async def test_an_edit_that_finds_it_gone_puts_it_back_the_same_way_once(store: SqlStore) -> None:
    await said(store, CARD)
    message = await store.lanes.last_message(CARD)
    assert message is not None
    back = words(CARD, rank=Rank.FIRST_CARD)
    await store.lanes.lost(message, then=(back,))
    assert list(await jobs(store)) == [CARD]
    await does(store, lambda c: c.exec_driver_sql("DELETE FROM jobs").rowcount)
    await store.lanes.lost(message, then=(back,))
    assert await jobs(store) == {}, "somebody else put it back before"


# -- let in again -------------------------------------------------------------------------------------------


async def paused(store: SqlStore, time: Time, lane: str) -> None:
    await put(store, words("a", lane=lane))
    held = await hold(store)
    await store.lanes.pause(held, time.at + minutes(10))
    await store.lanes.release(held)
    assert await store.lanes.take(10, LEASE) == ()


async def test_a_channel_need_not_wait_any_longer(store: SqlStore, time: Time) -> None:
    await paused(store, time, "web:support")
    await store.sent.open_again(Place(platform="web", conversation="pr"))
    assert await store.lanes.take(10, LEASE) == ()
    await store.sent.open_again(SUPPORT)
    assert [held.lane for held in await store.lanes.take(10, LEASE)] == ["web:support"]


async def test_nor_need_a_person(store: SqlStore, time: Time) -> None:
    ana = PersonId("ana@kettle.example")
    await paused(store, time, f"dm:{ana}")
    await store.sent.open_again(Place(platform="slack", conversation="D1", person=ana))
    assert [held.lane for held in await store.lanes.take(10, LEASE)] == [f"dm:{ana}"]


# -- what deliveries ask -------------------------------------------------------------------------------------


async def test_what_waits_is_counted_by_channel_of_one_platform(store: SqlStore) -> None:
    await put(store, words("a"), words("b"), words("c", lane="web:pr"), words("d", lane="slack:C1"))
    await put(store, words("e", lane="dm:ana"), words("f", lane="webex:1"))
    assert await store.lanes.waiting("web") == {"web:support": 2, "web:pr": 1}
    assert await store.lanes.waiting("teams") == {}


async def test_a_pause_tells_in_the_same_transaction(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    held = await hold(store)
    tell = words("tell", lane="dm:ana")
    await store.lanes.pause(held, time.at + timedelta(minutes=1), tell)
    assert "tell" in await jobs(store)
    await store.lanes.release(held)
    await does(store, lambda c: c.exec_driver_sql("DELETE FROM jobs WHERE key = 'tell'").rowcount)
    time.at += minutes(2)
    await store.lanes.take(10, LEASE)
    await store.lanes.pause(held, time.at + minutes(1), tell)
    assert "tell" not in await jobs(store), "the lane is somebody else's"


async def test_some_jobs_can_be_passed_over(store: SqlStore) -> None:
    await put(store, words("a"), words("b"), words("c"))
    held = await hold(store)
    first = await job_of(store, held)
    second = await store.lanes.next_job(held, but={first.id})
    assert second is not None
    third = await store.lanes.next_job(held, but={first.id, second.id})
    assert [job.key for job in (first, second, third) if job] == ["a", "b", "c"]
    assert third is not None
    assert await store.lanes.next_job(held, but={first.id, second.id, third.id}) is None
