"""Secrets of networks: sealed at rest, opened by any key that is still named, and in no log."""

from __future__ import annotations

import base64
import logging
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import Connection, text

from bot.config import read_config
from storage.sql.store import SqlStore
from storage.sql.vault import SqlVault
from tests.desk import test_policy
from tests.storage.kit import rows

SECRET = b"session-of-quetzal-0123456789"
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def keys(*known: str) -> tuple[str, ...]:
    """As the settings hand them over."""
    return read_config({"BATON_TOKEN_KEY": ",".join(known)}).token_keys


def store_with(url: str, *known: str) -> AbstractAsyncContextManager[SqlStore]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[SqlStore]:
        store = SqlStore(url, test_policy(), token_keys=keys(*known))
        try:
            yield store
        finally:
            await store.close()

    return opened()


async def sealed(store: SqlStore) -> list[Any]:
    return [bytes(row.sealed) for row in await rows(store, "SELECT sealed FROM secrets")]


async def test_what_is_put_is_found_again_after_a_restart_until_it_is_forgotten(database: str) -> None:
    async with store_with(database, NEW) as store:
        await store.vault.put("sky", b"first")
        await store.vault.put("sky", SECRET)
        await store.vault.put("other", b"another")
    async with store_with(database, NEW) as store:
        assert await store.vault.get("sky") == SECRET
        await store.vault.forget("sky")
        await store.vault.forget("never")
        assert await store.vault.get("sky") is None
        assert await store.vault.get("other") == b"another"


async def test_nothing_of_it_stands_unsealed_in_the_file(tmp_path: Path, migrated: Path) -> None:
    file = Path(shutil.copy(migrated, tmp_path / "sealed.db"))
    async with store_with(f"sqlite:///{file}", NEW) as store:
        await store.vault.put("sky", SECRET)
        # Also while it is open: what is not in the file yet stands in the log beside it.
        assert len(held := _bytes(tmp_path)) > 0 and SECRET not in held
    for form in (SECRET, base64.b64encode(SECRET).strip(b"="), NEW.encode(), base64.b64decode(NEW)):
        assert form not in _bytes(tmp_path)


def _bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_an_old_key_opens_and_the_newest_seals(database: str) -> None:
    async with store_with(database, OLD) as store:
        await store.vault.put("sky", SECRET)
        await store.vault.put("other", b"another")
    async with store_with(database, NEW, OLD) as store:
        assert await store.vault.get("sky") == SECRET
        await store.vault.put("sky", SECRET)
    async with store_with(database, NEW) as store:
        assert await store.vault.get("sky") == SECRET
        assert await store.vault.get("other") is None
    async with store_with(database, OLD) as store:
        assert await store.vault.get("sky") is None
        assert await store.vault.get("other") == b"another"


async def test_a_lost_key_is_said_without_any_secret(database: str) -> None:
    async with store_with(database, OLD) as store:
        await store.vault.put("sky", SECRET)
        (held,) = await sealed(store)
    async with store_with(database, NEW) as store:
        with structlog.testing.capture_logs() as logs:
            assert await store.vault.get("sky") is None
    (said,) = logs
    assert (said["log_level"], said["name"]) == ("warning", "sky")
    assert "another key" in said["event"]
    for secret in (SECRET.decode(), held.decode(), OLD, NEW, *keys(OLD, NEW)):
        assert secret not in str(logs)


def _set(connection: Connection, held: bytes) -> int:
    return connection.execute(text("UPDATE secrets SET sealed = :held"), {"held": held}).rowcount


async def test_what_somebody_changed_in_the_database_is_not_used(database: str) -> None:
    async with store_with(database, NEW) as store:
        await store.vault.put("sky", SECRET)
        (held,) = await sealed(store)
        for broken in (held[:-1], b"", b"\xff\x00", held[:20] + bytes([held[20] ^ 1]) + held[21:]):
            await store.writer.submit([partial(_set, held=broken)])
            assert await store.vault.get("sky") is None


async def test_without_a_key_nothing_is_written(database: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with store_with(database) as store:
        await store.vault.put("sky", SECRET)
        assert await store.vault.get("sky") == SECRET
        assert await sealed(store) == []
    async with store_with(database) as store:
        assert await store.vault.get("sky") is None
        await store.vault.put("sky", SECRET)
        await store.vault.forget("sky")
        assert await store.vault.get("sky") is None
    assert SECRET.decode() not in caplog.text


def test_a_vault_shows_no_key_of_its_own() -> None:
    vault = SqlVault(None, None, None, keys(NEW))  # type: ignore[arg-type]
    assert NEW[:20] not in repr(vault) and keys(NEW)[0] not in str(vars(vault))
