"""The questions asked all day are answered by an index, on an empty database and on a full one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from bot.domain.people import PersonId
from bot.ports import CaseFilter, Hold, Origin
from storage.sql.sqlite import FileCommitter, FileReader
from storage.sql.store import SqlStore
from tests.desk import MONDAY
from tests.storage.conftest import ON_SQLITE
from tests.storage.kit import does, minutes, runs

pytestmark = ON_SQLITE
SCANS = re.compile(r"^SCAN (?!CONSTANT|\d|pick|anon_|\(|json)\w+")
"""A walk through a whole table or index. A partial index is walked only as far as its condition holds."""


@asynccontextmanager
async def asked(store: SqlStore) -> AsyncIterator[list[tuple[str, Any]]]:
    """Every statement that either engine sees meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"):
            seen.append((statement, parameters))

    assert isinstance(store.writer._committer, FileCommitter) and isinstance(store.reader, FileReader)
    engines = (store.writer._committer._engine, store.reader._engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def plan_of(store: SqlStore, statement: str, parameters: Any) -> list[str]:
    rows = await does(store, lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    return [row.detail for row in rows]


FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO
"""
CASES = f"""{FILL} cases (id, version, community, department, state, priority, owner, offered_to, escalating, due,
 opened_at, snoozed_until, since, body)
 SELECT i, 1, 'x-kettle', CASE i % 3 WHEN 0 THEN 'pr' ELSE 'support' END,
 CASE WHEN i % 10 THEN 'resolved' ELSE 'open' END, 'P' || (1 + i % 4), 'p' || (i % 50),
 CASE WHEN i % 100 THEN NULL ELSE 'legal' END, i % 100 = 0, i, i, NULL, i, x'7b7d' FROM n"""
MENTIONS = f"""{FILL} mentions (source, external_id, community, received_at, created_at, handle, text, url, extra, case_id)
 SELECT 'x', 'm' || i, 'x-kettle', i, i, 'h', 't', 'u' || i, '{{}}', CASE WHEN i > 2950 THEN NULL ELSE i END FROM n"""
JOBS = f"""{FILL} jobs (kind, key, args, lane, rank, due, not_before, gen, fence, lease_until, failures)
 SELECT 'k', 'k' || i, '{{}}', CASE i % 3 WHEN 0 THEN NULL ELSE 'web:' || (i % 40) END, i % 5, i, 0, 1, 0, 0, 0 FROM n"""
LANES = f"""{FILL} lanes SELECT 'web:' || i, CASE WHEN i % 40 THEN NULL ELSE i END, 3, 0, 0, 0 FROM n"""
MESSAGES = f"""{FILL} messages (key, nonce, state, place, shown, begun_at)
 SELECT 'card:' || i, 'n' || i, 'sent', 'web:1', '', i FROM n"""
THREADS = f"{FILL} threads SELECT 'post:' || i, i, i FROM n"
WEB = f"""{FILL} web_messages (conversation, nonce, at, deleted, reply_to, change)
 SELECT 'c' || (i % 30), 'n' || i, i, 0, CASE WHEN i % 2 THEN NULL ELSE i - 1 END, i FROM n"""
EVENTS = f"""{FILL} events (subject, seq, kind, department, at, digest, hash)
 SELECT 'case:' || (i / 4), i % 4, 'opened', 'support', i, x'00', x'00' FROM n"""
REVISIONS = f"""{FILL} revisions (mention_id, edited_at, received_at, text, extra, shown)
 SELECT i, i, i, 't', '{{}}', i < 2990 FROM n"""
SEEN = f"{FILL} seen SELECT 'e' || i, i FROM n"


@pytest.fixture(params=["empty", "full", "analysed"])
async def filled(store: SqlStore, request: pytest.FixtureRequest) -> SqlStore:
    if request.param != "empty":
        for insert in (CASES, MENTIONS, JOBS, LANES, MESSAGES, THREADS, WEB, EVENTS, REVISIONS, SEEN):
            await runs(store, insert.replace(":", "\\:"))
    if request.param == "analysed":
        await runs(store, "ANALYZE")
    return store


async def must_not_scan(store: SqlStore, seen: list[tuple[str, Any]], allowed: tuple[str, ...] = ()) -> None:
    assert seen, "nothing was asked"
    for statement, parameters in seen:
        for step in await plan_of(store, statement, parameters):
            scan = SCANS.match(step)
            assert not scan or any(index in step for index in allowed), f"{step}\n{statement}"


INBOXES = {
    "department": CaseFilter(departments=("support", "pr")),
    "awake": CaseFilter(departments=("support",), awake_at=MONDAY),
    "overdue": CaseFilter(departments=("support",), due_before=MONDAY),
    "owner": CaseFilter(owner=PersonId("p3")),
    "offered": CaseFilter(offered_to=("legal",)),
    "escalated": CaseFilter(escalated=True),
    "escalated here": CaseFilter(departments=("support",), escalated=True),
    "overdue here and there": CaseFilter(departments=("support", "pr"), due_before=MONDAY),
    "community": CaseFilter(communities=("x-kettle",)),
    "all": CaseFilter(),
}


async def test_what_is_few_is_not_looked_for_among_all_that_is_open(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        for which in (INBOXES["escalated"], INBOXES["escalated here"]):
            await work.cases.count(which, most=5)
            with suppress(msgspec.ValidationError):
                await work.cases.find(which)
    for statement in seen:
        plan = await plan_of(filled, *statement)
        assert any("cases_escalating" in step for step in plan), plan


async def test_pages_of_an_inbox_are_read_in_the_indexes_order(filled: SqlStore) -> None:
    for which in ("department", "overdue", "overdue here and there"):
        async with asked(filled) as seen, filled.work(Origin()) as work:
            with suppress(msgspec.ValidationError):
                await work.cases.find(INBOXES[which])
        plan = await plan_of(filled, *seen[0])
        parts = [step for step in plan if step.startswith("SEARCH cases") and "(id=?)" not in step]
        assert parts and all("cases_inbox" in step for step in parts), plan


@pytest.mark.parametrize("which", INBOXES)
async def test_inboxes(filled: SqlStore, which: str) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        await work.cases.count(INBOXES[which])
        with suppress(msgspec.ValidationError):  # the filling's cases cannot be read
            await work.cases.find(INBOXES[which])
    # What is open, in its order, is a part.
    await must_not_scan(filled, seen, allowed=("cases_open", "cases_escalating", "cases_board"))


async def test_inboxes_use_the_index_that_was_made_for_them(filled: SqlStore) -> None:
    # What is only counted need not be in order: the board's index holds all that is open, too.
    for which, indexes in (
        ("department", ("cases_inbox", "cases_board")),
        ("owner", ("cases_owner",)),
        ("all", ("cases_open", "cases_board")),
    ):
        async with asked(filled) as seen, filled.work(Origin()) as work:
            await work.cases.count(INBOXES[which])
        plan = [step for statement in seen for step in await plan_of(filled, *statement)]
        assert any(index in step for step in plan for index in indexes), (which, plan)


async def test_an_inbox_is_not_read_by_the_boards_index(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        for which in INBOXES.values():
            with suppress(msgspec.ValidationError):
                await work.cases.find(which)
    plans = [step for statement in seen for step in await plan_of(filled, *statement)]
    assert not any("cases_board" in step for step in plans), plans


async def test_the_board(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        for communities in (None, ("x-kettle",)):
            await work.board.loads(("support", "pr"), communities, MONDAY)
            await work.board.arrivals(("support", "pr"), communities, MONDAY, MONDAY + minutes(600))
    await must_not_scan(filled, seen, allowed=("cases_open", "cases_escalating", "cases_board"))
    counted = await plan_of(filled, *seen[0])
    assert any("COVERING INDEX cases_board" in step for step in counted), counted


async def test_timers(filled: SqlStore) -> None:
    async with asked(filled) as seen:
        await filled.timers.take(5, minutes(1))
        await filled.timers.next_due()
    # These walk only the timers, and only the lanes that have something to say.
    await must_not_scan(filled, seen, allowed=("jobs_timers", "lanes_due"))


async def test_lanes(filled: SqlStore) -> None:
    async with asked(filled) as seen:
        for hold in await filled.lanes.take(5, minutes(1)) or [Hold(lane="web:1", fence=1)]:
            await filled.lanes.next_job(hold)
            await filled.lanes.renew(hold, minutes(1))
            await filled.lanes.pause(hold, MONDAY)
            await filled.lanes.release(hold)
        await filled.lanes.last_message("card:7")
    await must_not_scan(filled, seen, allowed=("lanes_due",))
    for statement, parameters in seen:
        if "FROM jobs" in statement and "LIMIT" in statement:
            plan = await plan_of(filled, statement, parameters)
            assert not any("TEMP B-TREE" in step for step in plan), "the lane's next comes in order"


async def test_mentions(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        await work.mentions.new(["x-kettle"], 10)
        await work.mentions.new(["x-kettle", "everywhere"], 10)
        await work.mentions.of(7)
        await work.mentions.get(7)
        await work.mentions.by_link("u7")
    await must_not_scan(filled, seen)


async def test_mentions_of_lost_communities_and_revisions_walk_only_what_is_new(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        await work.mentions.new(["everywhere", ""], 10)
        await work.mentions.revisions(["x-kettle"], 10)
        await work.mentions.revisions(["everywhere", ""], 10)
    await filled.unfiled()
    await must_not_scan(filled, seen, allowed=("mentions_new", "revisions_new"))


async def test_threads_events_and_event_ids(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin(event_id="e9999")) as work:
        await work.cases.threads(["post:7", "post:8"])
        await work.cases.history(7)
        await work.cases.event(7, 2)
    await must_not_scan(filled, seen)


async def test_the_web_chat(filled: SqlStore) -> None:
    async with asked(filled) as seen:
        await filled.weblog.page("c7")
        await filled.weblog.page("c7", reply_to=7, before=500)
        await filled.weblog.get(7)
        await filled.weblog.by_nonce("n7")
        await filled.weblog.changed(7)
        await filled.weblog.newest()
        await filled.weblog.delete(7)
    await must_not_scan(filled, seen)


async def test_digests(filled: SqlStore) -> None:
    async with asked(filled) as seen, filled.work(Origin()) as work:
        await work.tallies.between("support", MONDAY, MONDAY + minutes(60 * 24))
    await must_not_scan(filled, seen)


async def test_the_watch_works(filled: SqlStore) -> None:
    with pytest.raises(AssertionError, match="SCAN"):
        await must_not_scan(filled, [("SELECT * FROM cases WHERE community = 'x'", ())])
