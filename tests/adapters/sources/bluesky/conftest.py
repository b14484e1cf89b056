"""One real server for all of these tests of a process, and a store of its own for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from cryptography.fernet import Fernet

from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.adapters.sources.bluesky.kit import Ear
from tests.desk import Time, test_policy
from tests.fakes.bluesky import FakeAppView, FakeJetstream
from tests.fakes.bluesky_pds import Pds, Person, pds

Joins = Callable[[str], Awaitable[Person]]


@pytest.fixture(scope="session")
def server() -> Iterator[Pds]:
    with pds() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=30), cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest.fixture
def joins(server: Pds, http: ClientSession) -> Joins:
    async def join(name: str) -> Person:
        return await Person.joins(http, server.url, name)

    return join


@pytest.fixture
def time() -> Time:
    return Time(datetime.now(UTC))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("bluesky") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
async def store(tmp_path: Path, empty: bytes, time: Time) -> AsyncIterator[SqlStore]:
    file = tmp_path / "desk.db"
    file.write_bytes(empty)
    keys = (Fernet.generate_key().decode(),)
    clock = SqlClock(real=time.real, sleep=time.sleep)
    store = SqlStore(f"sqlite:///{file}", test_policy(), clock, token_keys=keys)
    await store.clock.refresh(store.reader)
    yield store
    await store.close()


@pytest.fixture
def ear(store: SqlStore, http: ClientSession, time: Time) -> Ear:
    return Ear(store, http, time)


@pytest.fixture
async def stream() -> AsyncIterator[FakeJetstream]:
    async with FakeJetstream().serving() as fake:
        yield fake


@pytest.fixture
async def appview() -> AsyncIterator[FakeAppView]:
    async with FakeAppView().serving() as fake:
        yield fake
