"""The questions asked all day are answered by an index on PostgreSQL as well.

Its planner chooses by what it knows of the rows, and walks through whatever is small. So the tables hold enough rows for
an index to pay, and are analysed; what is asserted is the plan that it really chooses, and nothing is forbidden to it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import msgspec
import pytest
from sqlalchemy import event

from bot.ports import CaseFilter, Hold, Origin
from storage.sql.postgres import ServerCommitter, ServerReader
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.fakes.postgres import new_database
from tests.storage.kit import does, minutes, runs
from tests.storage.test_plans import INBOXES

ROWS: Final = 30_000
SCANS: Final = re.compile(r"Seq Scan on (\w+)")
BIG: Final = frozenset(
    ("cases", "mentions", "jobs", "messages", "threads", "web_messages", "events", "revisions", "seen")
)
_FROM: Final = f"FROM generate_series(1, {ROWS}) AS n(i)"
FILL: Final = (
    f"""INSERT INTO cases (id, version, community, department, state, priority, owner, offered_to, escalating, due,
 opened_at, since, body)
 SELECT i, 1, 'x-kettle', CASE i % 3 WHEN 0 THEN 'pr' ELSE 'support' END,
 CASE WHEN i % 10 > 0 THEN 'resolved' ELSE 'open' END, 'P' || (1 + i % 4), 'p' || (i % 50),
 CASE WHEN i % 100 > 0 THEN NULL ELSE 'legal' END, i % 1000 = 0, i, i, i, '\\x7b7d' {_FROM}""",
    f"""INSERT INTO mentions (source, external_id, community, received_at, created_at, handle, text, url, extra, case_id)
 SELECT 'x', 'm' || i, 'x-kettle', i, i, 'h' || i, 't', 'u' || i, '{{}}',
 CASE WHEN i > {ROWS - 50} THEN NULL ELSE i END {_FROM}""",
    f"""INSERT INTO jobs (kind, key, args, lane, rank, due, not_before, gen, fence, lease_until, failures)
 SELECT 'k', 'k' || i, '{{}}', CASE i % 3 WHEN 0 THEN NULL ELSE 'web:' || (i % 400) END, i % 5, i, 0, 1, 0, 0, 0 {_FROM}""",
    """INSERT INTO lanes (lane, due, rank, fence, lease_until, next_ok)
 SELECT 'web:' || i, CASE WHEN i % 40 > 0 THEN NULL ELSE i END, 3, 0, 0, 0 FROM generate_series(1, 3000) AS n(i)""",
    f"""INSERT INTO messages (key, nonce, state, place, shown, begun_at)
 SELECT 'card:' || i, 'n' || i, 'sent', 'web:1', '', i {_FROM}""",
    f"INSERT INTO threads (key, case_id, last_at) SELECT 'post:' || i, i, i {_FROM}",
    f"""INSERT INTO web_messages (conversation, nonce, at, deleted, reply_to, change)
 SELECT 'c' || (i % 300), 'n' || i, i, false, CASE WHEN i % 2 > 0 THEN NULL ELSE i - 1 END, i {_FROM}""",
    f"""INSERT INTO events (subject, seq, kind, department, at, digest, hash)
 SELECT 'case:' || (i / 4), i % 4, 'opened', 'support', i, '\\x00', '\\x00' {_FROM}""",
    f"""INSERT INTO revisions (mention_id, edited_at, received_at, text, extra, shown)
 SELECT i, i, i, 't', '{{}}', i < {ROWS - 10} {_FROM}""",
    f"INSERT INTO seen SELECT 'e' || i, i {_FROM}",
)


@pytest.fixture
async def full() -> AsyncIterator[SqlStore]:
    store = SqlStore(new_database(), test_policy())
    try:
        for statement in FILL:
            await runs(store, statement.replace(":", "\\:"))
        await runs(store, "ANALYZE")
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def asked(store: SqlStore) -> AsyncIterator[list[tuple[str, Any]]]:
    """Every statement that either engine sees meanwhile."""
    seen: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"):
            seen.append((statement, parameters))

    assert isinstance(store.writer._committer, ServerCommitter) and isinstance(store.reader, ServerReader)
    engines = [each._engine.sync_engine for each in (store.writer._committer, store.reader)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def plan_of(store: SqlStore, statement: str, parameters: Any) -> str:
    def explain(connection: Any) -> str:
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))

    return str(await does(store, explain))


async def timers(store: SqlStore) -> None:
    await store.timers.take(5, minutes(1))
    await store.timers.next_due()


async def lanes(store: SqlStore) -> None:
    for hold in await store.lanes.take(5, minutes(1)) or [Hold(lane="web:1", fence=1)]:
        await store.lanes.next_job(hold)
        await store.lanes.renew(hold, minutes(1))
        await store.lanes.release(hold)
    await store.lanes.last_message("card:7")


async def mentions(store: SqlStore) -> None:
    async with store.work(Origin()) as work:
        await work.mentions.new(["x-kettle"], 10)
        await work.mentions.of(7)
        await work.mentions.get(7)
        await work.mentions.by_link("u7")
        await work.mentions.revisions(["x-kettle"], 10)


async def threads_and_events(store: SqlStore) -> None:
    async with store.work(Origin(event_id="e99999")) as work:
        await work.cases.threads(["post:7", "post:8"])
        await work.cases.history(7)
        await work.cases.event(7, 2)


async def the_web_chat(store: SqlStore) -> None:
    await store.weblog.page("c7")
    await store.weblog.page("c7", reply_to=7, before=500)
    await store.weblog.get(7)
    await store.weblog.by_nonce("n7")
    await store.weblog.changed(ROWS - 5)
    await store.weblog.newest()
    await store.weblog.delete(7)


def inbox(which: CaseFilter) -> Callable[[SqlStore], Awaitable[None]]:
    async def look(store: SqlStore) -> None:
        async with store.work(Origin()) as work:
            await work.cases.count(which)
            with suppress(msgspec.ValidationError):  # the filling's cases cannot be read
                await work.cases.find(which)

    return look


QUESTIONS: Final[dict[str, Callable[[SqlStore], Awaitable[None]]]] = {
    "timers": timers,
    "lanes": lanes,
    "mentions": mentions,
    "threads and events": threads_and_events,
    "the web chat": the_web_chat,
    **{f"inbox: {name}": inbox(which) for name, which in INBOXES.items()},
}


async def test_no_question_of_the_day_walks_through_a_large_table(full: SqlStore) -> None:
    walks = []
    for name, ask in QUESTIONS.items():
        async with asked(full) as seen:
            await ask(full)
        assert seen, name
        for statement, parameters in seen:
            plan = await plan_of(full, statement, parameters)
            walked = BIG & set(SCANS.findall(plan))
            walks += [f"{name}: {walked}\n{statement}\n{plan}"] if walked else []
    assert walks == [], "\n\n".join(walks)
    # A walk is seen where there is one.
    assert SCANS.findall(await plan_of(full, "SELECT * FROM cases WHERE version = 2", ())) == ["cases"]
