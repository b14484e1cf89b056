"""What is wrong with the desk's PostgreSQL server, and how to mend it. Only looks: nothing is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.ports import Finding, Health
from storage.sql.doctor import AREA, MEND_NEWER, MEND_OLD, NEWER, OLD, WELL
from storage.sql.migrate import current, further, newest
from storage.sql.postgres import AWAY, READERS, engine_of, why_not

T = TypeVar("T")

OLDEST: Final = 140000
PER_REPLICA: Final = READERS + 2
"""Connections that one replica opens: its readers, its writer, and the one that hears of the others."""
APART: Final = 2.0
SLOW: Final = 30

MEND_AWAY: Final = (
    "Is the server running, does it let this machine in (pg_hba.conf, firewall), and is what BATON_DATABASE_URL says "
    "right: host, port, database, user, password, sslmode?"
)
TOO_OLD: Final = "The server is PostgreSQL {version}; the desk needs 14 or newer."
MEND_TOO_OLD: Final = "Move the database to a newer server: pg_dump there, psql here."
ENCODING: Final = (
    "The database's encoding is {encoding}: words in other alphabets and emoji cannot be stored."
)
MEND_ENCODING: Final = "Make a database with ENCODING 'UTF8' TEMPLATE template0 and move the desk there."
FROM_NOTHING: Final = "The database has no tables yet; the first start makes them."
MAY_NOT: Final = "The user {user} may not {what}, so the desk cannot work."
MEND_MAY_NOT: Final = "As the database's owner: GRANT USAGE, CREATE ON SCHEMA public TO {user}; and make {user} the tables' owner."
STANDBY: Final = "The server is a stand-by, which only reads."
MEND_STANDBY: Final = "Write the primary's address into BATON_DATABASE_URL."
FEW_LEFT: Final = "{free} of the server's {most} connections are free; one replica needs {needed}."
MEND_FEW_LEFT: Final = (
    "Raise max_connections, or end what does not need its connection: SELECT * FROM pg_stat_activity."
)
CLOCKS: Final = "The server's clock and this machine's are {seconds:.0f} seconds apart."
MEND_CLOCKS: Final = "Let both take their time from the same NTP servers."
BLOCKED: Final = (
    "{count} sessions wait for another's lock, one of them for {seconds} seconds behind process {by}."
)
MEND_BLOCKED: Final = "A forgotten transaction? On the server: SELECT pg_terminate_backend({by})"
IDLE: Final = "Process {pid} has had a transaction open for {seconds} seconds and does nothing in it."
MEND_IDLE: Final = "End a forgotten shell; on the server: SELECT pg_terminate_backend({pid})"
UNSAFE: Final = "{name} is off: what was confirmed can be lost when the server's machine stops."
MEND_UNSAFE: Final = "Switch {name} on in postgresql.conf."


def look(url: str, read: Callable[[Connection], T]) -> T:
    """What `read` finds, on a connection of its own that only reads. Raises one of AWAY."""

    async def once() -> T:
        engine = engine_of(url, reads_only=True)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(read)
        finally:
            await engine.dispose()

    return asyncio.run(once())


def examine_server(url: str) -> list[Finding]:
    """Whether it can be reached and used, its shape, and who stands in the way."""
    before = datetime.now(UTC)
    try:
        found: list[Finding] = look(url, lambda connection: list(_examined(connection, before)))
    except (DBAPIError, *AWAY) as error:
        return [_finding(Health.BROKEN, f"{why_not(url, error)}.", MEND_AWAY)]
    return found


def _examined(connection: Connection, before: datetime) -> Iterator[Finding]:
    there = connection.execute(_SERVER).one()
    apart = abs((there.now - before).total_seconds())
    if there.version < OLDEST:
        yield _finding(Health.BROKEN, TOO_OLD.format(version=there.name), MEND_TOO_OLD)
    if there.encoding != "UTF8":
        yield _finding(Health.BROKEN, ENCODING.format(encoding=there.encoding), MEND_ENCODING)
    if there.standby:
        yield _finding(Health.BROKEN, STANDBY, MEND_STANDBY)
    if apart > APART + (datetime.now(UTC) - before).total_seconds():
        yield _finding(Health.DOUBTFUL, CLOCKS.format(seconds=apart), MEND_CLOCKS)
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if getattr(there, name) == "off":
            yield _finding(Health.DOUBTFUL, UNSAFE.format(name=name), MEND_UNSAFE.format(name=name))
    free = there.most - there.reserved - there.used
    if free < PER_REPLICA:
        told = {"free": max(free, 0), "most": there.most, "needed": PER_REPLICA}
        yield _finding(Health.DOUBTFUL, FEW_LEFT.format(**told), MEND_FEW_LEFT)
    yield from _shape(connection)
    yield from _rights(connection, there.who)
    yield from _in_the_way(connection)


def _shape(connection: Connection) -> Iterator[Finding]:
    at, needed = current(connection), newest()
    if not at:
        yield _finding(Health.WELL, FROM_NOTHING)
    elif at == needed:
        yield _finding(Health.WELL, WELL)
    elif further(at):
        yield _finding(Health.BROKEN, NEWER.format(at=at, newest=needed), MEND_NEWER)
    else:
        yield _finding(Health.DOUBTFUL, OLD.format(at=at, newest=needed), MEND_OLD)


def _rights(connection: Connection, user: str) -> Iterator[Finding]:
    lacking = [row.name for row in connection.execute(_CLOSED_TABLES)]
    if not current(connection) and not connection.execute(_MAY_CREATE).scalar():
        yield _may_not(user, "make tables in the schema public")
    if lacking:
        yield _may_not(user, f"write {', '.join(lacking[:3])}")


def _may_not(user: str, what: str) -> Finding:
    return _finding(Health.BROKEN, MAY_NOT.format(user=user, what=what), MEND_MAY_NOT.format(user=user))


def _in_the_way(connection: Connection) -> Iterator[Finding]:
    blocked = connection.execute(_BLOCKED, {"slow": SLOW}).all()
    if blocked:
        told = {"count": len(blocked), "seconds": int(blocked[0].seconds), "by": blocked[0].by}
        yield _finding(Health.BROKEN, BLOCKED.format(**told), MEND_BLOCKED.format(**told))
    for row in connection.execute(_IDLE, {"slow": SLOW}):
        told = {"pid": row.pid, "seconds": int(row.seconds)}
        yield _finding(Health.DOUBTFUL, IDLE.format(**told), MEND_IDLE.format(**told))


_SERVER: Final = text(
    "SELECT current_user AS who, current_setting('server_version_num')::int AS version, current_setting('server_version') AS name, "
    "current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby, clock_timestamp() AS now, "
    "current_setting('max_connections')::int AS most, "
    "current_setting('superuser_reserved_connections')::int AS reserved, "
    "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used, "
    "current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes, "
    "current_setting('synchronous_commit') AS synchronous_commit"
)
_MAY_CREATE: Final = text("SELECT has_schema_privilege('public', 'CREATE')")
_CLOSED_TABLES: Final = text(
    "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
    "AND c.relname <> 'alembic_version' "
    "AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') "
    "AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')) ORDER BY 1"
)
_BLOCKED: Final = text(
    "SELECT (pg_blocking_pids(pid))[1] AS by, extract(epoch FROM clock_timestamp() - query_start) AS seconds "
    "FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0 "
    "AND clock_timestamp() - query_start > make_interval(secs => :slow) ORDER BY 2 DESC"
)
_IDLE: Final = text(
    "SELECT pid, extract(epoch FROM clock_timestamp() - state_change) AS seconds FROM pg_stat_activity "
    "WHERE datname = current_database() AND state LIKE 'idle in transaction%' "
    "AND clock_timestamp() - state_change > make_interval(secs => :slow) ORDER BY 2 DESC LIMIT 3"
)


def _finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=AREA, health=health, says=says, mend=mend)
