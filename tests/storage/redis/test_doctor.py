"""What the doctor says of Redis."""

from __future__ import annotations

import pytest

from bot.ports import Finding, Health
from storage.redis.doctor import examine
from tests.fakes.valkey import Server, a_valkey


async def found(url: str, *, replicas: bool = True) -> list[Finding]:
    return [finding async for finding in examine(url, replicas=replicas)]


async def test_all_is_well(server: Server) -> None:
    (only,) = await found(server.url)
    assert only.health is Health.WELL
    assert "answers in" in only.says
    assert server.keys() == [] or server.keys()[0].startswith("baton:doctor:")


async def test_with_a_file_there_is_nothing_to_share(server: Server) -> None:
    (doubt, _) = await found(server.url, replicas=False)
    assert doubt.health is Health.DOUBTFUL
    assert "SQLite" in doubt.says


async def test_nobody_is_there() -> None:
    (only,) = await found("redis://:not-to-be-told@127.0.0.1:1/0")
    assert only.health is Health.BROKEN
    assert "does not answer" in only.says
    assert "not-to-be-told" not in f"{only.says}{only.mend}"


async def test_a_wrong_password_and_too_few_rights() -> None:
    with a_valkey() as server:
        server.command("ACL", "SETUSER", "desk", "on", ">right", "~other:*", "+@all")
        address = server.url.replace("unix://", "unix://desk@")
        (only,) = await found(f"{address}?password=wrong")
        assert (only.health, "let us in" in only.says) == (Health.BROKEN, True), only.says
        (only,) = await found(f"{address}?password=right")
        assert (only.health, "what we must" in only.says) == (Health.BROKEN, True), only.says
        assert "+@scripting" in only.mend
        rights = only.mend.split(": ", 1)[1].split()
        server.command("ACL", "SETUSER", "desk", "resetkeys", "nocommands", *rights)
        (only,) = await found(f"{address}?password=right")
        assert only.health is Health.WELL, only.says


async def test_it_is_full_or_nearly(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.redis.doctor.NEARLY", 0.01)
    server.command("CONFIG", "SET", "maxmemory", "20mb")
    (only,) = await found(server.url)
    assert "noeviction" in only.says
    assert only.health is Health.DOUBTFUL
    server.command("CONFIG", "SET", "maxmemory", "1")
    (only,) = await found(server.url)
    assert "takes no writes" in only.says


async def test_a_replica_takes_no_writes(server: Server) -> None:
    server.command("REPLICAOF", "127.0.0.1", "1")
    (only,) = await found(server.url)
    assert "takes no writes" in only.says
    assert "primary" in only.mend


async def test_a_node_of_a_cluster() -> None:
    with a_valkey("--cluster-enabled", "yes", "--port", "7999", "--bind", "127.0.0.1") as server:
        (only,) = await found(server.url)
    assert only.health is Health.BROKEN
    assert "cluster" in only.says
