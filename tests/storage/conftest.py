"""A store on a database of its own, and real time under the test's hand."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import Time, test_policy
from tests.fakes.postgres import new_database

Opener = Callable[[], AbstractAsyncContextManager[SqlStore]]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of either kind."""
    if request.param == "postgresql":
        return new_database()
    return f"sqlite:///{shutil.copy(request.getfixturevalue('migrated'), tmp_path / 'store.db')}"


ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what only a SQLite file has."""


@pytest.fixture
def opened(database: str, time: Time) -> Opener:
    """Opens the test's database; each time is another process, as far as the store can tell."""

    @asynccontextmanager
    async def open_it() -> AsyncIterator[SqlStore]:
        store = SqlStore(database, test_policy(), SqlClock(real=time.real, sleep=time.sleep))
        await store.clock.refresh(store.reader)
        try:
            yield store
        finally:
            await store.close()

    return open_it


@pytest.fixture
async def store(opened: Opener) -> AsyncIterator[SqlStore]:
    async with opened() as store:
        yield store
