"""What waits or was given up in the desk's database, and whether its clock is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.ports import Finding, Health
from storage.sql.database import is_server
from storage.sql.doctor import open_to_read
from storage.sql.doctor_server import look
from storage.sql.migrate import current, newest
from storage.sql.moments import EPOCH, micros
from storage.sql.postgres import AWAY

JOBS: Final = "Jobs"
CLOCK: Final = "Clock"
LATE: Final = timedelta(minutes=15)
"""How long words or new mentions may wait before that is a finding."""
LATELY: Final = timedelta(days=1)
APART: Final = timedelta(minutes=1)

JOBS_WELL: Final = "Nothing was set aside, nothing waits for long."
ASIDE: Final = "{count} of the desk's jobs failed too often and were set aside, the last one {key}: {reason}"
MEND_ASIDE: Final = "The log says more. The next change of its case starts it again: a note is enough."
MENTIONS_ASIDE: Final = (
    "{count} mentions could not be filed and were set aside, the last one from {source}: {reason}"
)
MEND_MENTIONS: Final = "Mend what the reason says at the sender, and send the post again under a new id."
UNFILED: Final = "{count} mentions wait for a case, the oldest for {waits}."
MEND_UNFILED: Final = "Is the desk running? `baton serve` files them; if it runs, its log says what stops it."
LANE: Final = "{count} messages to {lane} wait, the oldest for {waits}."
MEND_LANE: Final = "Is the desk running, and its chat switched on? Else the log says what that chat answers."
MORE_LANES: Final = "Messages wait in {count} more conversations."
UNDELIVERED: Final = "{count} messages could not be delivered within the last day."
MEND_UNDELIVERED: Final = (
    "The cases concerned say which: `baton say list escalated --as <e-mail>`, and the log says why."
)
RUNS: Final = (
    "The business clock runs {rate:g} times as fast as real time: a demo's or a replay's clock was left on."
)
AHEAD: Final = (
    "The business clock shows {at:%Y-%m-%d %H:%M} UTC, {apart} {where} real time: a demo's clock was left on."
)
MEND_CLOCK: Final = (
    "Give the desk a database of its own (BATON_DATABASE_URL). If this one is right, stop the desk and say there: "
    "DELETE FROM clock"
)
CLOCK_WELL: Final = "The business clock is real time."
_MOST_LANES: Final = 3
_SHORT: Final = 200


def examine_jobs(url: str, now: datetime) -> Iterator[Finding]:
    """What waits too long or was given up, by real time `now`; nothing for a database that is not at our shape."""

    def read(connection: Asked) -> list[Finding]:
        business = _business(connection, now)
        found = [
            *_aside(connection),
            *_unfiled(connection, business),
            *_lanes(connection, business),
            *_undelivered(connection, business),
        ]
        return found or [_finding(JOBS, Health.WELL, JOBS_WELL)]

    yield from read_database(url, read)


def examine_clock(url: str, now: datetime) -> Iterator[Finding]:
    """Whether business time is real time, as a desk at work needs it."""

    def read(connection: Asked) -> list[Finding]:
        row = connection.execute("SELECT rate FROM clock").fetchone()
        if row is not None and row[0] != 1.0:
            return [_finding(CLOCK, Health.BROKEN, RUNS.format(rate=row[0]), MEND_CLOCK)]
        business = _business(connection, now)
        apart = business - now
        if abs(apart) > APART:
            where = "ahead of" if apart > timedelta(0) else "behind"
            says = AHEAD.format(at=business, apart=_length(abs(apart)), where=where)
            return [_finding(CLOCK, Health.BROKEN, says, MEND_CLOCK)]
        return [_finding(CLOCK, Health.WELL, CLOCK_WELL)]

    yield from read_database(url, read)


def read_database(url: str, read: Callable[[Asked], list[Finding]]) -> list[Finding]:
    """What it finds in a database at this program's shape; of any other, its own check says enough."""
    if is_server(url):
        try:
            return look(url, lambda c: read(_Server(c)) if current(c) == newest() else [])
        except (DBAPIError, *AWAY):
            return []
    connection = open_to_read(url)
    if connection is None:
        return []
    with closing(connection):
        return read(connection)


class Asked(Protocol):
    """A database of either kind, asked in the words both know."""

    def execute(self, sql: str, values: tuple[Any, ...] = (), /) -> Any: ...


class _Server:
    """A PostgreSQL connection, asked as a SQLite file is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: tuple[Any, ...] = (), /) -> Any:
        for number in range(1, len(values) + 1):
            sql = sql.replace("?", f"${number}", 1)
        return self._connection.exec_driver_sql(sql, values)


def _business(connection: Asked, now: datetime) -> datetime:
    row = connection.execute("SELECT real_anchor, business_anchor, rate FROM clock").fetchone()
    if row is None:
        return now
    return _moment(row[1]) + (now - _moment(row[0])) * float(row[2])


def _aside(connection: Asked) -> Iterator[Finding]:
    jobs = "FROM jobs WHERE set_aside IS NOT NULL"
    (count,) = connection.execute(f"SELECT count(*) {jobs}").fetchone()
    if count:
        key, reason = connection.execute(f"SELECT key, set_aside {jobs} ORDER BY id DESC LIMIT 1").fetchone()
        says = ASIDE.format(count=count, key=key, reason=_short(reason))
        yield _finding(JOBS, Health.BROKEN, says, MEND_ASIDE)
    mentions = "FROM mentions WHERE set_aside IS NOT NULL"
    (count,) = connection.execute(f"SELECT count(*) {mentions}").fetchone()
    if count:
        last = f"SELECT source, set_aside {mentions} ORDER BY id DESC LIMIT 1"
        source, reason = connection.execute(last).fetchone()
        says = MENTIONS_ASIDE.format(count=count, source=source, reason=_short(reason))
        yield _finding(JOBS, Health.BROKEN, says, MEND_MENTIONS)


def _unfiled(connection: Asked, now: datetime) -> Iterator[Finding]:
    new = "SELECT count(*), min(received_at) FROM mentions WHERE case_id IS NULL AND set_aside IS NULL"
    count, oldest = connection.execute(new).fetchone()
    if count and now - _moment(oldest) > LATE:
        says = UNFILED.format(count=count, waits=_length(now - _moment(oldest)))
        yield _finding(JOBS, Health.BROKEN, says, MEND_UNFILED)


def _lanes(connection: Asked, now: datetime) -> Iterator[Finding]:
    late = (
        "SELECT lane, count(*), min(due) FROM jobs WHERE lane IS NOT NULL AND set_aside IS NULL AND due < ? "
        "GROUP BY lane ORDER BY min(due)"
    )
    rows = connection.execute(late, (micros(now - LATE),)).fetchall()
    for lane, count, oldest in rows[:_MOST_LANES]:
        says = LANE.format(lane=lane, count=count, waits=_length(now - _moment(oldest)))
        yield _finding(JOBS, Health.DOUBTFUL, says, MEND_LANE)
    if len(rows) > _MOST_LANES:
        says = MORE_LANES.format(count=len(rows) - _MOST_LANES)
        yield _finding(JOBS, Health.DOUBTFUL, says, MEND_LANE)


def _undelivered(connection: Asked, now: datetime) -> Iterator[Finding]:
    lately = "SELECT count(*) FROM events WHERE kind = 'undelivered' AND at > ?"
    (count,) = connection.execute(lately, (micros(now - LATELY),)).fetchone()
    if count:
        yield _finding(JOBS, Health.DOUBTFUL, UNDELIVERED.format(count=count), MEND_UNDELIVERED)


def _moment(value: int) -> datetime:
    return (EPOCH + timedelta(microseconds=value)).astimezone(UTC)


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _finding(area: str, health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=area, health=health, says=says, mend=mend)
