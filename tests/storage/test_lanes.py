"""Lanes: one holder at a time, an order that holds, and what is known of messages that were begun."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import Hold, Job, Message, Origin, Place, Posted, Rank
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import minutes, put, rows, timer, words

LEASE = timedelta(seconds=60)
SUPPORT = Place(platform="web", conversation="support", department="support")
POSTED = Posted(platform="web", conversation="support", message="1")


async def hold(store: SqlStore) -> Hold:
    (held,) = await store.lanes.take(10, LEASE)
    return held


async def job_of(store: SqlStore, held: Hold) -> Job:
    job = await store.lanes.next_job(held)
    assert job is not None
    return job


async def begin(store: SqlStore, held: Hold, job: Job, nonce: str = "n1") -> Message:
    message = await store.lanes.begin(held, job, nonce=nonce, place=SUPPORT, shown="mark")
    assert message is not None
    return message


async def say(store: SqlStore, held: Hold, job: Job, nonce: str = "n1", message: str = "1") -> None:
    """The whole of one send."""
    begun = await begin(store, held, job, nonce)
    assert await store.lanes.finish(held, job, begun, replace(POSTED, message=message), "mark")


async def states(store: SqlStore) -> list[tuple[str, str]]:
    return [
        (row.nonce, row.state) for row in await rows(store, "SELECT nonce, state FROM messages ORDER BY id")
    ]


async def keys(store: SqlStore) -> list[str]:
    return [row.key for row in await rows(store, "SELECT key FROM jobs ORDER BY key")]


# -- holding ---------------------------------------------------------------------------------------


async def test_a_lane_has_one_holder(store: SqlStore) -> None:
    await put(store, *(words(f"{n}", lane=f"web:{n}") for n in range(20)), words("0b", lane="web:0"))
    taken = await asyncio.gather(*(store.lanes.take(6, LEASE) for _ in range(6)))
    lanes = [held.lane for holds in taken for held in holds]
    assert sorted(lanes) == sorted({f"web:{n}" for n in range(20)})


async def test_a_lane_is_taken_when_its_first_delivery_is_due(store: SqlStore, time: Time) -> None:
    await put(store, words("a", MONDAY + minutes(5)))
    assert await store.lanes.take(10, LEASE) == ()
    time.at += minutes(5)
    assert (await job_of(store, await hold(store))).key == "a"


async def test_lanes_with_pages_are_taken_first(store: SqlStore) -> None:
    old = [words(f"{n}", MONDAY - minutes(n), lane=f"web:{n}") for n in range(1, 9)]
    await put(store, *old, words("page", lane="dm:ana", rank=Rank.PAGE))
    assert [held.lane for held in await store.lanes.take(1, LEASE)] == ["dm:ana"]
    held = Hold(lane="dm:ana", fence=1)
    await say(store, held, await job_of(store, held))
    await store.lanes.release(held)
    await put(store, words("card", lane="dm:ana"))
    assert [held.lane for held in await store.lanes.take(1, LEASE)] == ["web:8"], "its page has left"


async def test_a_lease_that_runs_out_gives_the_lane_to_another(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    first = await hold(store)
    time.at += LEASE
    second = await hold(store)
    assert second.fence == first.fence + 1
    assert not await store.lanes.renew(first, LEASE)
    assert await store.lanes.renew(second, LEASE)


async def test_a_renewed_lease_lasts(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    held = await hold(store)
    time.at += LEASE / 2
    assert await store.lanes.renew(held, LEASE)
    time.at += LEASE / 2
    assert await store.lanes.take(10, LEASE) == ()


async def test_release_computes_when_the_lane_is_due_next(store: SqlStore) -> None:
    await put(store, words("a"), words("b", MONDAY + minutes(7)))
    held = await hold(store)
    await say(store, held, await job_of(store, held))
    await store.lanes.release(held)
    assert await store.timers.next_due() == (MONDAY + minutes(7), None)


async def test_an_empty_lane_is_left_alone_until_there_is_something_again(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    await say(store, held, await job_of(store, held))
    assert await store.lanes.next_job(held) is None
    await store.lanes.release(held)
    assert await store.timers.next_due() == (None, None)
    await put(store, words("b"))
    assert (await job_of(store, await hold(store))).key == "b"


async def test_a_put_while_the_lane_is_held_is_not_forgotten_by_its_release(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    await say(store, held, await job_of(store, held))
    await put(store, words("b"))
    await store.lanes.release(held)
    assert (await job_of(store, await hold(store))).key == "b"


async def test_a_late_release_changes_nothing(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    late = await hold(store)
    time.at += LEASE
    holder = await hold(store)
    await store.lanes.release(late)
    assert await store.lanes.take(10, LEASE) == ()
    assert await store.lanes.renew(holder, LEASE)


# -- order -------------------------------------------------------------------------------------------


async def test_ranks_come_first_then_due_then_the_order_of_putting(store: SqlStore) -> None:
    ranks = {
        "edit": Rank.EDIT,
        "note2": Rank.NOTE,
        "card": Rank.FIRST_CARD,
        "digest": Rank.DIGEST,
        "page": Rank.PAGE,
    }
    await put(store, *(words(key, rank=rank) for key, rank in ranks.items()))
    await put(store, words("note1", MONDAY - minutes(1), rank=Rank.NOTE), words("note3", rank=Rank.NOTE))
    held, order = await hold(store), []
    while job := await store.lanes.next_job(held):
        order.append(job.key)
        await say(store, held, job, f"n{job.id}")
    assert order == ["page", "card", "note1", "note2", "note3", "edit", "digest"]


async def test_a_failed_message_is_not_overtaken(store: SqlStore, time: Time) -> None:
    await put(store, words("first"), words("second"))
    held = await hold(store)
    await store.lanes.fail(held, await job_of(store, held), minutes(1))
    await store.lanes.release(held)
    assert await store.lanes.take(10, LEASE) == ()
    time.at += minutes(1)
    job = await job_of(store, await hold(store))
    assert (job.key, job.failures) == ("first", 1)


async def test_a_pause_counts_as_nobodys_failure(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    held = await hold(store)
    await store.lanes.pause(held, time.at + minutes(1))
    await store.lanes.release(held)
    assert await store.lanes.take(10, LEASE) == ()
    time.at += minutes(1)
    assert (await job_of(store, await hold(store))).failures == 0


# -- one send -------------------------------------------------------------------------------------------


async def test_a_send_is_remembered_with_what_it_shows(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    assert await store.lanes.last_message("a") is None
    await say(store, held, await job_of(store, held))
    last = await store.lanes.last_message("a")
    assert last is not None
    assert (last.posted, last.shown, last.place, last.attempts) == (POSTED, "mark", "web:support", 1)
    assert await keys(store) == []


async def test_no_send_begins_when_the_lane_was_taken_over(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    late = await hold(store)
    job = await job_of(store, late)
    time.at += LEASE
    await hold(store)
    assert await store.lanes.begin(late, job, nonce="n", place=SUPPORT, shown="") is None
    assert await states(store) == []


async def test_no_send_begins_with_an_old_state(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    job = await job_of(store, held)
    await put(store, words("a"))
    assert await store.lanes.begin(held, job, nonce="n", place=SUPPORT, shown="") is None
    await begin(store, held, await job_of(store, held))


async def test_a_change_that_arrives_while_its_delivery_is_in_flight_is_shown(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    job = await job_of(store, held)
    message = await begin(store, held, job)
    await put(store, words("a", n=2))
    assert await store.lanes.finish(held, job, message, POSTED, "mark")
    again = await job_of(store, held)
    assert (again.key, again.args["n"]) == ("a", 2)
    last = await store.lanes.last_message("a")
    assert last and last.posted == POSTED, "what was posted is known, so that it is edited"


async def test_nothing_was_posted_so_nothing_is_remembered(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    await store.lanes.lost(await begin(store, held, await job_of(store, held)))
    assert await store.lanes.last_message("a") is None


async def test_an_unknown_fate_is_remembered_with_its_attempts(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    job = await job_of(store, held)
    await begin(store, held, job, "n1")
    await begin(store, held, job, "n2")
    last = await store.lanes.last_message("a")
    assert last and (last.nonce, last.posted, last.attempts) == ("n2", None, 2)


# -- two workers ----------------------------------------------------------------------------------------


async def taken_over(store: SqlStore, time: Time) -> tuple[Hold, Job, Message, Hold]:
    """A send is begun, its worker freezes, another takes the lane."""
    await put(store, words("a"))
    late = await hold(store)
    job = await job_of(store, late)
    message = await begin(store, late, job)
    time.at += LEASE
    return late, job, message, await hold(store)


async def test_a_thawed_worker_is_told_to_take_back_what_it_posted(store: SqlStore, time: Time) -> None:
    late, job, message, _ = await taken_over(store, time)
    assert not await store.lanes.finish(late, job, message, POSTED, "mark")
    assert await keys(store) == ["a"]
    assert await store.lanes.last_message("a") is None, "nobody looks for what was taken back"


async def test_what_the_new_holder_found_and_recorded_stands(store: SqlStore, time: Time) -> None:
    late, job, message, holder = await taken_over(store, time)
    found = replace(message, posted=POSTED, shown="")
    assert await store.lanes.finish(holder, await job_of(store, holder), found, POSTED, "newer")
    assert await store.lanes.finish(late, job, message, POSTED, "mark"), "it may not be deleted any more"
    last = await store.lanes.last_message("a")
    assert last and last.shown == "newer"


async def test_what_was_taken_back_while_the_new_holder_found_it_is_said_anew(
    store: SqlStore, time: Time
) -> None:
    late, job, message, holder = await taken_over(store, time)
    found = replace(message, posted=POSTED, shown="")
    assert not await store.lanes.finish(late, job, message, POSTED, "mark")
    assert await store.lanes.finish(holder, await job_of(store, holder), found, POSTED, "newer")
    assert await keys(store) == ["a"]
    assert await store.lanes.last_message("a") is None


async def test_after_a_late_edit_the_newest_state_is_shown_again(store: SqlStore, time: Time) -> None:
    await put(store, words("a"))
    late = await hold(store)
    await say(store, late, await job_of(store, late))
    await put(store, words("a"))
    job = await job_of(store, late)
    old = await store.lanes.last_message("a")
    time.at += LEASE
    holder = await hold(store)
    assert await store.lanes.finish(holder, await job_of(store, holder), old, POSTED, "newest")
    assert await keys(store) == []
    assert not await store.lanes.finish(late, job, old, POSTED, "old")
    last = await store.lanes.last_message("a")
    assert await keys(store) == ["a"]
    assert last and last.shown == "", "what is there now is unknown, so any edit differs from it"


@pytest.mark.parametrize("end", ["fail", "pause", "give_up"])
async def test_a_thawed_worker_changes_nothing(store: SqlStore, time: Time, end: str) -> None:
    late, job, _, _ = await taken_over(store, time)
    match end:
        case "fail":
            await store.lanes.fail(late, job, minutes(5))
        case "pause":
            await store.lanes.pause(late, time.at + minutes(5))
        case _:
            await store.lanes.give_up(late, job, timer("tell"))
    assert await keys(store) == ["a"]
    assert [row.failures for row in await rows(store, "SELECT failures FROM jobs")] == [0]
    assert [row.next_ok for row in await rows(store, "SELECT next_ok FROM lanes")] == [0]


# -- giving up ------------------------------------------------------------------------------------------


async def test_giving_up_ends_the_job_and_tells_in_one_transaction(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    job = await job_of(store, held)
    await begin(store, held, job)
    await store.lanes.give_up(held, job, timer("tell"))
    assert await keys(store) == ["tell"]
    assert await states(store) == [("n1", "failed")]


async def test_a_newer_state_gets_tries_of_its_own(store: SqlStore) -> None:
    await put(store, words("a"))
    held = await hold(store)
    job = await job_of(store, held)
    await put(store, words("a"))
    await store.lanes.give_up(held, job, timer("tell"))
    assert await keys(store) == ["a"]


# -- digests --------------------------------------------------------------------------------------------


async def put_digest(store: SqlStore, key: str, day: str = "2026-03-02") -> None:
    await put(store, words(key, rank=Rank.DIGEST, digest="daily", date=day))


async def test_a_digest_is_begun_once_for_its_channel_and_date(store: SqlStore) -> None:
    await put_digest(store, "d1")
    held = await hold(store)
    await say(store, held, await job_of(store, held))
    await put_digest(store, "d2")
    assert (
        await store.lanes.begin(held, await job_of(store, held), nonce="n2", place=SUPPORT, shown="") is None
    )
    assert await keys(store) == [], "the second one is dropped"
    await put_digest(store, "d3", "2026-03-03")
    await say(store, held, await job_of(store, held), "n3", "3")


async def test_a_digest_is_posted_once_across_restarts(opened: Opener) -> None:
    async with opened() as store:
        await put_digest(store, "d1")
        held = await hold(store)
        await say(store, held, await job_of(store, held))
        await store.lanes.release(held)
    async with opened() as store:
        async with store.work(Origin()) as work:
            assert await work.tallies.posted("web:support", "daily", MONDAY.date())
            assert not await work.tallies.posted("web:support", "weekly", MONDAY.date())
        await put_digest(store, "d2")
        held = await hold(store)
        assert (
            await store.lanes.begin(held, await job_of(store, held), nonce="n2", place=SUPPORT, shown="")
            is None
        )


async def test_a_digest_that_was_not_posted_may_be_tried_again(store: SqlStore) -> None:
    await put_digest(store, "d1")
    held = await hold(store)
    job = await job_of(store, held)
    await store.lanes.lost(await begin(store, held, job))
    await say(store, held, job, "n2")
