"""Migrations lead from nothing to what the tables say, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

import storage.sql.schema  # noqa: F401
from storage.sql.engine import UnsupportedDatabase, connect, sqlite_path
from storage.sql.migrate import current, downgrade, further, newest, upgrade
from storage.sql.store import SqlStore
from tests.desk import test_policy
from tests.storage.kit import a_case, load, save


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.db'}"


def look(url: str) -> tuple[str, set[str]]:
    """(revision, tables)"""
    engine = connect(url, role="read")
    with engine.connect() as connection:
        found = current(connection), set(inspect(connection).get_table_names()) - {"alembic_version"}
    engine.dispose()
    return found


def test_up_from_an_empty_file(url: str) -> None:
    upgrade(url)
    assert look(url) == (newest(), set(SQLModel.metadata.tables))


def test_up_again_changes_nothing(url: str) -> None:
    upgrade(url)
    upgrade(url)
    assert look(url)[0] == newest() != ""


def test_what_a_newer_program_brought_further_is_left_alone(url: str) -> None:
    upgrade(url)
    engine = connect(url, role="write")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    upgrade(url)
    assert look(url)[0] == "9999"
    assert further("9999")
    assert not further(newest()) and not further("")


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, SQLModel.metadata))


def test_migrations_and_models_agree(url: str) -> None:
    upgrade(url)
    engine = connect(url, role="write")
    with engine.begin() as connection:
        assert _differences(connection) == []
        indexes = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index'").all()
    engine.dispose()
    fresh = connect(url.replace("new.db", "models.db"), role="write")
    with fresh.begin() as connection:
        SQLModel.metadata.create_all(connection)
        # The comparison above does not read the conditions of partial indexes; the statements tell.
        wanted = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'index'").all()
    fresh.dispose()
    assert _plain(indexes) == _plain(wanted)


def _plain(indexes: object) -> dict[str, str]:
    named = ((name, " ".join((sql or "").split())) for name, sql in indexes)  # type: ignore[attr-defined]
    return {name: sql for name, sql in named if "alembic" not in name}


def test_ids_are_never_used_again_after_migration(url: str) -> None:
    upgrade(url)
    engine = connect(url, role="read")
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    engine.dispose()
    growing = {name for name, sql in tables if sql and "AUTOINCREMENT" in sql.upper()}
    assert growing >= {"jobs", "messages", "mentions", "events", "revisions", "web_messages"}


def test_down_to_nothing_and_up_again(url: str) -> None:
    upgrade(url)
    downgrade(url, "base")
    assert look(url) == ("", set())
    upgrade(url)
    assert look(url) == (newest(), set(SQLModel.metadata.tables))


async def test_up_keeps_what_is_there(url: str) -> None:
    upgrade(url)
    store = SqlStore(url, test_policy())
    await save(store, a_case(7))
    await store.close()
    upgrade(url)
    store = SqlStore(url, test_policy())
    assert (await load(store, 7)).id == 7
    await store.close()


@pytest.mark.parametrize("folder", ["100% sure", "späce and $ign"])
def test_any_folder_will_do(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    url = f"sqlite:///{tmp_path / folder / 'desk.db'}"
    upgrade(url)
    assert (tmp_path / folder / "desk.db").exists()
    assert look(url)[0] == newest()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "postgresql://u:secret@h/d"]
)
def test_an_address_that_is_no_sqlite_file_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UnsupportedDatabase, match="SQLite file") as refused:
        sqlite_path(url)
    assert "secret" not in str(refused.value)
