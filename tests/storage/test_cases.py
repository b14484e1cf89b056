"""Cases: saved with their events, found by what inboxes ask, searched by what people remember."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import claim, lifecycle
from bot.domain.alarms import escalation
from bot.domain.events import Kind
from bot.domain.parts import State
from bot.domain.people import PersonId
from bot.domain.refusals import NoSuchCase
from bot.domain.shifts import handoff
from bot.ports import AlreadyDone, CaseFilter, Origin, Stale, Thread
from storage.sql.store import BLOCK, SqlStore
from tests.desk import MONDAY
from tests.storage.conftest import Opener
from tests.storage.kit import ANA, HOUR, a_case, file, incoming, load, minutes, rows, save


async def find(store: SqlStore, **which: Any) -> list[int]:
    async with store.work(Origin()) as work:
        found = await work.cases.find(CaseFilter(**which), limit=100)
        assert await work.cases.count(CaseFilter(**which)) == len(found)
    return [case.id for case in found]


# -- saving ----------------------------------------------------------------------------------------


async def test_a_case_is_read_as_it_was_saved(store: SqlStore) -> None:
    case = a_case(7)
    await save(store, case)
    assert await load(store, 7) == replace(case, version=1, seq=1, pending=())
    with pytest.raises(NoSuchCase):
        await load(store, 8)


async def test_every_save_is_one_version_and_appends_its_events(store: SqlStore) -> None:
    await save(store, a_case(7))
    await save(store, claim.claim(await load(store, 7), by=ANA, at=MONDAY + minutes(1), lease=HOUR))
    case = await load(store, 7)
    assert (case.version, case.seq, case.owner) == (2, 2, ANA.id)
    async with store.work(Origin()) as work:
        assert [event.kind for event in await work.cases.history(7)] == [Kind.CLAIMED, Kind.OPENED]
        assert [event.kind for event in await work.cases.history(7, limit=1)] == [Kind.CLAIMED]
        first, none = await work.cases.event(7, 1), await work.cases.event(7, 3)
    assert first and (first.kind, first.at, first.by, first.seq) == (Kind.OPENED, MONDAY, "desk", 1)
    assert none is None


async def test_the_events_know_where_it_was_said(store: SqlStore) -> None:
    async with store.work(Origin(place="web:support")) as work:
        await work.cases.save(a_case(7))
    async with store.work(Origin()) as work:
        assert [event.place for event in await work.cases.history(7)] == ["web:support"]


async def test_who_saves_an_old_version_is_told_and_nothing_of_it_stays(store: SqlStore) -> None:
    await save(store, a_case(7))
    old = await load(store, 7)
    await save(store, claim.claim(old, by=ANA, at=MONDAY, lease=HOUR))

    async def dismisses() -> None:
        async with store.work(Origin()) as work:
            await work.cases.save(lifecycle.dismiss(old, "spam", by=ANA, at=MONDAY))
            await work.cases.link([Thread(key="k", case_id=7, last_at=MONDAY)])

    with pytest.raises(Stale):
        await dismisses()
    assert (await load(store, 7)).state is State.CLAIMED
    assert await rows(store, "SELECT * FROM threads") == []
    assert len(await rows(store, "SELECT * FROM events")) == 2


async def test_two_cases_of_one_number_are_impossible(store: SqlStore) -> None:
    await save(store, a_case(7))
    with pytest.raises(Stale):
        await save(store, a_case(7))


async def test_a_case_is_saved_once_per_work(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="twice"):
        await save(store, a_case(7), a_case(7))
    await save(store, a_case(7), a_case(8))


async def test_saving_what_did_not_change_writes_nothing(store: SqlStore) -> None:
    await save(store, a_case(7))
    async with store.work(Origin()) as work:
        await work.cases.save(await work.cases.get(7))
    assert (await load(store, 7)).version == 1


async def test_a_change_without_a_word_is_saved_too(store: SqlStore) -> None:
    await save(store, a_case(7))
    async with store.work(Origin()) as work:
        await work.cases.save(replace(await work.cases.get(7), marks=("press",)))
    assert (await load(store, 7)).marks == ("press",)


async def test_of_two_changes_without_a_word_one_is_stale(store: SqlStore) -> None:
    await save(store, a_case(7))
    old = await load(store, 7)
    await save(store, replace(old, marks=("press",)))
    with pytest.raises(Stale):
        await save(store, replace(old, marks=("legal",)))
    assert (await load(store, 7)).marks == ("press",)


async def test_a_work_reads_one_snapshot(store: SqlStore) -> None:
    await save(store, a_case(7))
    async with store.work(Origin()) as work:
        before = await work.cases.get(7)
        await save(store, claim.claim(before, by=ANA, at=MONDAY, lease=HOUR))
        assert await work.cases.get(7) == before
    assert (await load(store, 7)).owner == ANA.id


async def test_a_work_left_with_an_error_saves_nothing(store: SqlStore) -> None:
    async def fails() -> None:
        async with store.work(Origin()) as work:
            await work.cases.save(a_case(7))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await store.case_count() == 0


# -- threads ------------------------------------------------------------------------------------------


async def test_a_key_leads_to_its_case(store: SqlStore) -> None:
    async with store.work(Origin()) as work:
        await work.cases.save(a_case(7))
        await work.cases.link([Thread(key="a", case_id=7, last_at=MONDAY)])
    async with store.work(Origin()) as work:
        assert await work.cases.threads(["a", "b"]) == {"a": Thread(key="a", case_id=7, last_at=MONDAY)}
        assert await work.cases.threads([]) == {}


async def test_a_key_that_another_linked_meanwhile_makes_the_work_stale(store: SqlStore) -> None:
    async def opens(number: int) -> None:
        async with store.work(Origin()) as work:
            assert await work.cases.threads(["a"]) == {}
            await asyncio.sleep(0.01)
            await work.cases.save(a_case(number))
            await work.cases.link([Thread(key="a", case_id=number, last_at=MONDAY)])

    results = await asyncio.gather(opens(7), opens(8), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Stale"]
    assert await store.case_count() == 1


@pytest.mark.parametrize("meanwhile", [(8, 0), (7, 1)])
async def test_a_key_that_changed_meanwhile_makes_the_work_stale(
    store: SqlStore, meanwhile: tuple[int, int]
) -> None:
    async def moves(to: int, after: int, meanwhile: tuple[int, int] | None = None) -> None:
        async with store.work(Origin()) as work:
            await work.cases.threads(["a"])
            if meanwhile is not None:
                await moves(*meanwhile)
            await work.cases.link([Thread(key="a", case_id=to, last_at=MONDAY + minutes(after))])

    await moves(7, 0)
    with pytest.raises(Stale):
        await moves(9, 2, meanwhile)
    assert [row.case_id for row in await rows(store, "SELECT case_id FROM threads")] == [meanwhile[0]]


# -- finding -------------------------------------------------------------------------------------------


async def a_crowd(store: SqlStore) -> None:
    """1 open, 2 claimed by ana, 3 offered to pr, 4 escalated, 5 resolved, 6 of pr, 7 snoozed, 8 urgent."""
    mine = claim.claim(a_case(2, at=MONDAY + minutes(2)), by=ANA, at=MONDAY, lease=HOUR)
    offered = handoff.offer(
        a_case(3, at=MONDAY + minutes(3)),
        "pr",
        "yours",
        by=ANA,
        at=MONDAY,
        clock=HOUR,
        lease=HOUR,
        page_at_half=False,
    )
    loud = escalation.escalate(a_case(4, at=MONDAY + minutes(4)), "why", "standard", by=ANA, at=MONDAY)
    done = lifecycle.resolve(a_case(5), "fixed", "", by=ANA, at=MONDAY)
    asleep = replace(a_case(7, at=MONDAY + minutes(7)), snoozed_until=MONDAY + minutes(60))
    other = replace(a_case(6, department="pr", at=MONDAY + minutes(6)), community="everywhere")
    await save(store, a_case(1), mine, offered, loud, done, other, asleep, a_case(8, priority="P1"))


async def test_cases_are_found_by_every_filter(store: SqlStore) -> None:
    await a_crowd(store)
    assert await find(store) == [8, 1, 2, 3, 4, 6, 7], "open ones, the urgent first, then by what is due"
    assert await find(store, departments=("support",)) == [8, 1, 2, 3, 4, 7]
    assert await find(store, departments=("pr", "legal")) == [6]
    assert await find(store, departments=()) == []
    assert await find(store, communities=("everywhere",)) == [6]
    assert await find(store, states=(State.RESOLVED, State.DISMISSED)) == [5]
    assert await find(store, states=(State.CLAIMED,)) == [2]
    assert await find(store, owner=ANA.id) == [2]
    assert await find(store, owner=PersonId("ben@kettle.example")) == []
    assert await find(store, offered_to=("pr",)) == [3]
    assert await find(store, escalated=True) == [4]
    assert await find(store, escalated=False) == [8, 1, 2, 3, 6, 7]
    assert await find(store, due_before=MONDAY + minutes(60 + 2)) == [8, 1, 2]
    assert await find(store, awake_at=MONDAY) == [8, 1, 2, 3, 4, 6]
    assert await find(store, awake_at=MONDAY + minutes(60)) == [8, 1, 2, 3, 4, 6, 7]
    assert await find(store, departments=("support",), escalated=True, states=(State.OPEN,)) == [4]


async def test_pages_over_several_departments_are_in_one_order(store: SqlStore) -> None:
    places = ("support", "pr", "legal")
    ranks = ("P3", "P1", "P2", "P3", "P4")
    await save(store, *(a_case(n, department=places[n % 3], priority=ranks[n % 5]) for n in range(1, 31)))
    everything = CaseFilter(departments=places)
    for which in (everything, replace(everything, due_before=MONDAY + minutes(60 * 24 * 30))):
        async with store.work(Origin()) as work:
            pages = [await work.cases.find(which, limit=7, offset=offset) for offset in range(0, 35, 7)]
            counts = [await work.cases.count(which, most=most) for most in (4, 30, 100, None)]
        cases = [case for page in pages for case in page]
        assert [case.id for case in cases] == [
            case.id for case in sorted(cases, key=lambda c: (c.priority, c.service.first_due, c.id))
        ]
        assert {case.id for case in cases} == set(range(1, 31))
        assert counts == [4, 30, 30, 30]


async def test_queues_are_counted_no_further_than_asked(store: SqlStore) -> None:
    await a_crowd(store)
    async with store.work(Origin()) as work:
        exact = await work.cases.queues(("support", "pr", "legal"), most=100)
        most = await work.cases.queues(("support",), most=2)
        there = await work.cases.queues(("support", "pr"), ("everywhere",), most=100)
    assert (exact["support"].unclaimed, exact["support"].claimed, exact["pr"].unclaimed) == (5, 1, 1)
    assert exact["support"].oldest == (await load(store, 1)).opened_at and "legal" not in exact
    assert (most["support"].unclaimed, most["support"].claimed) == (2, 1)
    assert list(there) == ["pr"]


async def test_pages_of_a_list_do_not_overlap(store: SqlStore) -> None:
    await save(store, *(a_case(n) for n in range(1, 8)))
    async with store.work(Origin()) as work:
        pages = [await work.cases.find(CaseFilter(), limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [[case.id for case in page] for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]


async def test_search_takes_peoples_words_as_they_are(store: SqlStore) -> None:
    texts = {
        1: "100% cotton, they said",
        2: "a_b under score",
        3: "it's \"quoted\" and 'so on'",
        4: "back\\slash",
        5: "Der KÜHLSCHRANK ist kaputt",
        6: "100 percent; DROP TABLE cases; --",
    }
    for number, text in texts.items():
        await file(
            store, a_case(number), incoming(f"m{number}", text=text, handle=f"h{number}", name="Zoë Núñez")
        )
    for words, found in {
        "100%": [1],
        "%": [1],
        "_": [2],
        "a_b": [2],
        "it's": [3],
        '"quoted"': [3],
        "back\\slash": [4],
        "\\": [4],
        "COTTON": [1],
        "kühlschrank": [5],
        "100 said": [1],
        "table cases;": [6],
        "h4": [4],
        "NÚÑEZ 100": [1, 6],
        "nothing like this": [],
        "   ": [1, 2, 3, 4, 5, 6],
    }.items():
        assert await find(store, text=words) == found, words


async def test_search_finds_a_case_by_any_of_its_mentions_once(store: SqlStore) -> None:
    await file(store, a_case(1), incoming("m1", text="first"))
    await store.intake.append([incoming("m2", text="second first")])
    async with store.work(Origin()) as work:
        (new,) = await work.mentions.new(["x-kettle"], 10)
        await work.mentions.file(new, 1)
    assert await find(store, text="first") == [1]
    assert await find(store, text="second") == [1]


# -- numbers -------------------------------------------------------------------------------------------


async def numbers(store: SqlStore, count: int) -> list[int]:
    async def one() -> int:
        async with store.work(Origin()) as work:
            return await work.cases.number()

    return await asyncio.gather(*(one() for _ in range(count)))


async def test_numbers_start_where_people_can_say_them_and_never_repeat(opened: Opener) -> None:
    async with opened() as store:
        first = await numbers(store, 3 * BLOCK + 1)
    async with opened() as store, opened() as other:
        again = await numbers(store, 30) + await numbers(other, 30)
    assert min(first) == 1001
    assert len({*first, *again}) == len(first) + len(again)
    assert max(again) < 1001 + 3 * BLOCK + 60 + 4 * BLOCK, "gaps stay small"


async def test_cases_stay_in_the_order_of_their_numbers_for_one_caller(store: SqlStore) -> None:
    assert await numbers(store, 1) + await numbers(store, 1) == [1001, 1002]


# -- once ---------------------------------------------------------------------------------------------


async def test_the_same_event_has_one_effect(store: SqlStore) -> None:
    async with store.work(Origin(event_id="e1")) as work:
        await work.cases.save(a_case(7))
    with pytest.raises(AlreadyDone):
        async with store.work(Origin(event_id="e1")) as work:
            await work.cases.save(a_case(8))
    with pytest.raises(AlreadyDone):
        async with store.work(Origin(event_id="e1")) as work:
            await work.cases.get(7)
    assert await find(store) == [7]


async def test_a_failed_event_may_come_again(store: SqlStore) -> None:
    await save(store, a_case(7))
    with pytest.raises(Stale):
        async with store.work(Origin(event_id="e1")) as work:
            await work.cases.save(a_case(7))
    async with store.work(Origin(event_id="e1")) as work:
        await work.cases.save(a_case(8))
    assert await find(store) == [7, 8]


async def test_old_event_ids_are_forgotten(store: SqlStore, time: Any) -> None:
    async with store.work(Origin(event_id="old")) as work:
        await work.cases.save(a_case(7))
    time.at += timedelta(days=3)
    async with store.work(Origin(event_id="new")) as work:
        await work.cases.save(a_case(8))
    await store.forget_seen()
    assert [row.event_id for row in await rows(store, "SELECT event_id FROM seen")] == ["new"]
