"""`rediss://`: the same over TLS, and nothing where the certificate is somebody else's. TLS ends in the test, before a
real server; its password is in no sentence and no log."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from bot.config_redis import read_redis
from bot.ports import Health, Rate
from storage.redis.doctor import examine
from storage.redis.shared import Shared
from storage.sql.clock import SqlClock
from tests.fakes.teams.tls import local_tls
from tests.fakes.valkey import Server, a_valkey, new_desk

PASSWORD = "hunter2-and-more"
PACE = {"channel": Rate(2, timedelta(seconds=1))}


@asynccontextmanager
async def tls_before(server: Server, context: ssl.SSLContext) -> AsyncIterator[str]:
    """Host and port where TLS is spoken; what comes through goes to the server's socket."""

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_unix_connection(server.url.removeprefix("unix://"))
        await asyncio.gather(copy(reader, forth), copy(back, writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


@asynccontextmanager
async def replica(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shared]:
    # A busy machine is no reason to think that Redis is away.
    monkeypatch.setattr("storage.redis.shared.WITHIN", 10.0)
    shared = Shared(read_redis({"BATON_REDIS_URL": url}), new_desk(), SqlClock())
    try:
        yield shared
    finally:
        await shared.close()


async def test_redis_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, authority = local_tls(tmp_path)
    (tmp_path / "other").mkdir()
    _, stranger = local_tls(tmp_path / "other")
    with a_valkey() as server, capture_logs() as logs:
        server.command("ACL", "SETUSER", "desk", "on", f">{PASSWORD}", "~baton:*", "&baton:*", "+@all")
        async with tls_before(server, context) as where:

            def address(trusted: Path, password: str = PASSWORD) -> str:
                return f"rediss://desk:{password}@{where}/0?ssl_ca_certs={quote(str(trusted))}"

            async with replica(address(authority), monkeypatch) as shared:
                await shared.well()
                await shared.budgets.take(PACE, urgent=True)
                kept = server.keys()
                assert any(key.startswith("baton:") for key in kept)
            for wrong in (address(stranger), address(authority, "wrong-" + PASSWORD)):
                async with replica(wrong, monkeypatch) as shared:
                    with pytest.raises(RuntimeError) as away:
                        await shared.well()
                    assert PASSWORD not in str(away.value)
                    # The desk goes on without it.
                    assert isinstance(await shared.budgets.take(PACE, urgent=True), timedelta)
                found = [finding async for finding in examine(wrong, replicas=True)]
                assert found[0].health is Health.BROKEN
                assert PASSWORD not in f"{found}"
    assert PASSWORD not in f"{logs}"
    assert [each for each in logs if each["event"].startswith("Redis is away")]
