"""What digests read: who waits longest, and facts of a time, each by an index."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from bot.domain.digests.mute import Mute, Told
from bot.domain.people import PersonId
from bot.ports import CaseFilter, Origin
from bot.ports.reports import Scope
from storage.sql.store import SqlStore
from tests.desk import MONDAY
from tests.storage.conftest import ON_SQLITE
from tests.storage.kit import a_case, save
from tests.storage.test_plans import asked, filled, plan_of

__all__ = ["filled"]
WAITS = CaseFilter(departments=("support",), unanswered=True)


@ON_SQLITE
async def test_who_waits_longest_is_read_in_order_from_its_index(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        await work.cases.count(WAITS, most=10)
    async with asked(filled) as found, filled.work(Origin()) as work:
        with suppress(msgspec.ValidationError):  # the filling's cases cannot be read
            await work.cases.find(WAITS, limit=3)
    for statement, parameters in (*seen, *found):
        plan = await plan_of(filled, statement, parameters)
        assert any("cases_unanswered" in step for step in plan), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


@ON_SQLITE
async def test_facts_of_a_time_walk_through_no_table(filled: SqlStore) -> None:
    day = (MONDAY, MONDAY + timedelta(days=1))
    where = Scope(communities=("x-kettle",))
    async with asked(filled) as seen, filled.work(Origin()) as work:
        await work.reports.tally(("x-kettle",), *day)
        await work.reports.opened(where, *day)
        await work.reports.promised("x-kettle", *day, undone_at=MONDAY)
        await work.reports.facts((), *day)
        await work.reports.facts_of((1, 2), (), MONDAY)
        await work.reports.spoken(where, *day, busy=5, hidden=())
    for statement, parameters in seen:
        plan = await plan_of(filled, statement, parameters)
        assert not any(step.startswith(("SCAN cases", "SCAN events", "SCAN mentions")) for step in plan), plan


@pytest.mark.parametrize("most", [None, 2])
async def test_counting_may_stop_early(store: SqlStore, most: int | None) -> None:
    for number in range(4):
        await save(store, a_case(2000 + number))
    async with store.work(Origin()) as work:
        found = await work.cases.count(WAITS, most=most)
    assert found == (most or 4)


async def test_mutes_are_kept_and_taken_back(store: SqlStore) -> None:
    ana, weekly = PersonId("ana@kettle.example"), Mute(what=Told.WEEKLY, department="pr")
    for _ in range(2):
        async with store.work(Origin()) as work:
            await work.mutes.mute(ana, [weekly, Mute(what=Told.JOINED)], MONDAY)
    async with store.work(Origin()) as work:
        assert await work.mutes.of(ana) == {weekly, Mute(what=Told.JOINED)}
        assert await work.mutes.of(PersonId("ben@kettle.example")) == frozenset()
        await work.mutes.unmute(ana, [weekly])
    async with store.work(Origin()) as work:
        assert await work.mutes.of(ana) == {Mute(what=Told.JOINED)}
