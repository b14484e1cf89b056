"""Engines: how this process talks to its database file."""

from __future__ import annotations

import sqlite3
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

READERS: Final = 8
LOWER: Final = "lower_of_any_alphabet"
"""SQLite's own `lower` is faster, and knows the letters A to Z only."""
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
)
_CACHE_KIB: Final = {"write": 65536, "read": 8192}
"""For each connection; what readers miss here, the system's own cache has."""


class UnsupportedDatabase(ValueError):
    """The database address is of a kind this release does not know."""


def sqlite_path(url: str) -> str:
    """The file behind a SQLite address. Raises UnsupportedDatabase for any other kind, or one without a file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise UnsupportedDatabase(
            f"BATON_DATABASE_URL is {parsed.render_as_string()}; write the address of a SQLite file, such as "
            "sqlite:///baton.db, or of a PostgreSQL server, such as postgresql://baton:password@host/baton."
        )
    return parsed.database


def connect(url: str, *, role: Literal["write", "read"]) -> Engine:
    """An engine with one writing connection, or with several that read snapshots."""
    sqlite_path(url)
    engine = create_engine(
        url,
        # A reader that gave up may hold its connection for a moment longer: the next one gets another.
        pool_size=1 if role == "write" else READERS + 1,
        max_overflow=0 if role == "write" else READERS,
        connect_args={"check_same_thread": False, "cached_statements": 256},
        # What a statement carries are people's words, and an error's text ends up in the log.
        hide_parameters=True,
    )
    begin = "BEGIN IMMEDIATE" if role == "write" else "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # Transactions are begun by the hook below, never by the driver's guess.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB[role]}")
        if role == "read":
            connection.execute("PRAGMA query_only=ON")
            connection.create_function(LOWER, 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
