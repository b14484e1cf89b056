"""A store that has been at work for years: as many mentions and open cases as wanted, written by the driver itself.

On the day itself, and in what one person has to do, stores of all sizes are alike: so what differs is what lies there.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bot.domain.case import Case
from bot.domain.mention import Author, Mention
from bot.domain.parts import State
from bot.domain.people import PersonId
from bot.effects import follow
from bot.policy.load import load
from handlers.intake.filing import opened, own_key
from storage.sql.cases import THREADS, _row
from storage.sql.chain import EVENTS
from storage.sql.inbox import CASES, MENTIONS
from storage.sql.mentions import COLUMNS
from storage.sql.migrate import upgrade
from storage.sql.moments import micros
from storage.sql.puts import JOBS
from storage.sql.puts import _row as job_row
from storage.sql.store import BLOCK, COUNTERS, FIRST_CASE
from tests.bench.server import POLICY

OWNER: Final = PersonId("ana@kettle.example")
_NUMBER: Final = 87_654_321
"""Stands for a case's number in what is copied."""
_TODAY: Final = 300
"""So many cases were opened today, whatever the size."""
_CLAIMED: Final = 20
_CHUNK: Final = 20_000
_LONG_AGO: Final = timedelta(days=10)
_SPREAD: Final = timedelta(days=60)
_TEXTS: Final = (
    "My kettle leaks and nobody answers",
    "Where is my parcel",
    "Charged twice, please refund me",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many mentions are stored, and how many of their cases are open; the others are closed, ten mentions each."""

    mentions: int
    open: int


SMALL: Final = Size(mentions=10_000, open=1_000)


@dataclass(frozen=True, slots=True)
class _Mould:
    """A case as the desk makes it, to be copied under other numbers."""

    row: dict[str, Any]
    events: tuple[tuple[str, str], ...]
    jobs: tuple[dict[str, Any], ...]


def fill(file: Path, size: Size, now: datetime) -> None:
    """A database of that size at the newest revision. `now` is the day it is used on."""
    upgrade(f"sqlite:///{file}")
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-262144")
    connection.execute("BEGIN")
    step, open_ones = max(1, size.mentions // size.open), 0
    rows = _Rows(connection)
    free, mine, closed = _mould(now, None, State.OPEN), _mould(now, OWNER, State.CLAIMED), _closed(now)
    chance = random.Random(5)
    number = FIRST_CASE - 1
    for index in range(size.mentions):
        is_open = index % step == 0 and open_ones < size.open
        if is_open or index % 10 == 1 or index == 0:
            number += 1
            left = size.open - open_ones
            at = now - _LONG_AGO - chance.random() * _SPREAD
            at = now - timedelta(seconds=left) if is_open and left <= _TODAY else at
            mould = closed if not is_open else mine if left <= _CLAIMED else free
            rows.case(mould, number, at, chance)
            open_ones += is_open
        rows.mention(index, number, at)
    rows.end()
    connection.execute(f"INSERT INTO {COUNTERS.name} VALUES ('case', ?)", (number + BLOCK,))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def open_numbers(file: Path, count: int) -> Sequence[int]:
    """Numbers of open cases that nobody has, some of every age."""
    connection = sqlite3.connect(file)
    found = [row[0] for row in connection.execute("SELECT id FROM cases WHERE state = 'open' ORDER BY id")]
    connection.close()
    return found[:: max(1, len(found) // count)][:count]


class _Rows:
    """Rows on their way, written many at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, tuple[str, list[tuple[Any, ...]]]] = {}

    def case(self, mould: _Mould, number: int, at: datetime, chance: random.Random) -> None:
        moment, said = micros(at), str(number)
        due = moment + int(chance.random() * 3600e6)
        times = {"id": number, "opened_at": moment, "since": moment, "due": due}
        body = mould.row["body"].replace(str(_NUMBER).encode(), said.encode())
        priority = chance.choice(("P2", "P3", "P3", "P4"))
        self._add(CASES, {**mould.row, **times, "body": body, "priority": priority})
        for seq, (kind, data) in enumerate(mould.events, 1):
            event = {
                "subject": f"case:{number}",
                "seq": seq,
                "kind": kind,
                "department": mould.row["department"],
            }
            self._add(EVENTS, {**event, "at": moment, "data": data, "digest": b"", "hash": b""})
        for job in mould.jobs:
            self._add(
                JOBS, {**job, **{name: job[name].replace(str(_NUMBER), said) for name in ("key", "args")}}
            )

    def mention(self, index: int, case: int, at: datetime) -> None:
        moment, handle = micros(at), f"someone_{index}"
        mention = _mention(index, at)
        row = dict.fromkeys(COLUMNS)
        row |= {
            "source": "x",
            "external_id": mention.external_id,
            "community": mention.community,
            "extra": "{}",
        }
        row |= {"received_at": moment, "created_at": moment, "handle": handle, "text": mention.text}
        self._add(MENTIONS, {**row, "case_id": case})
        self._add(THREADS, {"key": own_key(mention), "case_id": case, "last_at": moment})

    def end(self) -> None:
        for table in list(self._waiting):
            self._write(table)

    def _add(self, table: Any, row: dict[str, Any]) -> None:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"
        _, rows = self._waiting.setdefault(table.name, (statement, []))
        rows.append(tuple(row.values()))
        if len(rows) >= _CHUNK:
            self._write(table.name)

    def _write(self, table: str) -> None:
        statement, rows = self._waiting.pop(table)
        self._connection.executemany(statement, rows)


def _mention(index: int, at: datetime) -> Mention:
    return Mention(
        id=index + 1,
        source="x",
        external_id=f"old-{index}",
        community="x-kettle",
        received_at=at,
        created_at=at,
        author=Author(handle=f"someone_{index}"),
        text=f"{_TEXTS[index % len(_TEXTS)]} {index}",
    )


def _mould(now: datetime, owner: PersonId | None, state: State) -> _Mould:
    policy = load(POLICY)
    case = opened(policy, _NUMBER, _mention(1, now), at=now)
    case = replace(case, owner=owner, state=state, claimed_at=now if owner else None)
    follows = follow(None, case, policy)
    # Timers of far-off days lie there, and do not ring while the rest is measured.
    later = datetime(2200, 1, 1, tzinfo=UTC)
    jobs = [job_row(replace(job, due=later)) for job in follows.puts if job.lane is None]
    return _Mould(_plain(_row(case, 1)), _events(case), tuple(_plain(job) for job in jobs))


def _closed(now: datetime) -> _Mould:
    mould = _mould(now, OWNER, State.RESOLVED)
    row = {**mould.row, "closed_at": micros(now), "responded_at": micros(now)}
    return _Mould(row, (*mould.events, ("resolved", "{}")), ())


def _events(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple((event.kind.value, '{"why": "the default of its community"}') for event in case.pending)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: micros(value) if isinstance(value, datetime) else value for name, value in row.items()}
