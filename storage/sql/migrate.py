"""Migrations: the database's shape moves forward with the program, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.sql.database import is_server
from storage.sql.engine import connect
from storage.sql.postgres import AWAY, CannotConnect, engine_of, why_not

_SCRIPTS: Final = Path(__file__).parent / "migrations"


def upgrade(url: str, to: str = "head") -> None:
    """Brings the database at `url` to the revision `to`, creating it where there is none. Safe to repeat.

    A database that a newer program has brought further is left as it is: while replicas are replaced one by one, or
    the program is taken back, the older one works on it.
    """

    def up(config: Config) -> None:
        at = current(config.attributes["connection"])
        if not further(at) and (to, at) != ("head", newest()):
            command.upgrade(config, to)

    _run(url, up)


def downgrade(url: str, to: str) -> None:
    """Takes the database back to the revision `to`; what newer revisions hold is lost."""
    _run(url, lambda config: command.downgrade(config, to))


def newest() -> str:
    """The revision this program needs."""
    return _revisions()[0]


def current(connection: Connection) -> str:
    """The revision the database is at; empty before the first migration."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def further(revision: str) -> bool:
    """Whether only a newer program knows that revision."""
    return bool(revision) and revision not in _revisions()


@cache
def _revisions() -> tuple[str, ...]:
    """Those that this program knows, the newest first; read once, because every start and every look at readiness asks."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _run(url: str, do: Callable[[Config], None]) -> None:
    def migrate(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        do(config)

    if is_server(url):
        asyncio.run(_on_server(url, migrate))
        return
    engine = connect(url, role="write")
    try:
        with engine.begin() as connection:
            migrate(connection)
    finally:
        engine.dispose()


async def _on_server(url: str, migrate: Callable[[Connection], None]) -> None:
    """Replicas that start together take turns, so that one migrates and the others find it done."""
    engine = engine_of(url, patient=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
            await connection.run_sync(migrate)
    except AWAY as error:
        raise CannotConnect(why_not(url, error)) from error
    finally:
        await engine.dispose()


_TURN: Final = 0x6261746F6E
"""The advisory lock of migrations: "baton" in ASCII."""
