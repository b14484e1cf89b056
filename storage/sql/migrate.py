"""Migrations: the database's shape moves forward with the program, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.sql.engine import connect

_SCRIPTS: Final = Path(__file__).parent / "migrations"


def upgrade(url: str, to: str = "head") -> None:
    """Brings the database at `url` to the revision `to`, creating it where there is none. Safe to repeat."""
    _run(url, lambda config: command.upgrade(config, to))


def downgrade(url: str, to: str) -> None:
    """Takes the database back to the revision `to`; what newer revisions hold is lost."""
    _run(url, lambda config: command.downgrade(config, to))


def newest() -> str:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(connection: Connection) -> str:
    """The revision the database is at; empty before the first migration."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


def _run(url: str, do: Callable[[Config], None]) -> None:
    engine = connect(url, role="write")
    try:
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            do(config)
    finally:
        engine.dispose()
