"""What the tests of delivery start with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.adapters.outbox import Outbox
from tests.desk import Time, test_policy
from tests.fakes.chat import FakeChat


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def chats() -> dict[str, FakeChat]:
    return {"web": FakeChat()}


@pytest.fixture
async def out(tmp_path: Path, empty_database: bytes, chats: dict[str, FakeChat]) -> AsyncIterator[Outbox]:
    database = tmp_path / "out.db"
    database.write_bytes(empty_database)
    time = Time()
    store = SqlStore(f"sqlite:///{database}", test_policy(), SqlClock(real=time.real, sleep=time.sleep))
    yield Outbox(store, time, chats)
    await store.close()
