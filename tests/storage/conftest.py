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


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Path:
    return Path(shutil.copy(migrated, tmp_path / "store.db"))


@pytest.fixture
def opened(database: Path, time: Time) -> Opener:
    """Opens the test's database; each time is another process, as far as the store can tell."""

    @asynccontextmanager
    async def open_it() -> AsyncIterator[SqlStore]:
        store = SqlStore(f"sqlite:///{database}", test_policy(), SqlClock(real=time.real, sleep=time.sleep))
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
