"""What is wrong with Redis, and how to mend it. Writes one key that goes by itself."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    ClusterDownError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)

from bot.ports import Finding, Health
from storage.redis.link import WITHIN, client

AREA: Final = "Redis"
PATIENCE: Final = 2.0
SLOW: Final = 0.02
"""Seconds; a Redis that is near answers in less than a thousandth."""
OLDEST: Final = (5, 0)

WELL: Final = "{server} answers in {ms:.1f} ms."
ALONE: Final = "BATON_REDIS_URL is set, but the database is a SQLite file, which has only one process: nothing is shared."
MEND_ALONE: Final = "Remove it, or set BATON_DATABASE_URL to a PostgreSQL address and run several replicas."
UNREACHABLE: Final = "Redis does not answer ({error}). The desk goes on without it, more slowly."
MEND_UNREACHABLE: Final = "See that it runs, and that BATON_REDIS_URL names its host and port; a server that asks for TLS wants rediss://."
NO_ENTRY: Final = "Redis does not let us in ({error})."
MEND_ENTRY: Final = "Write the right user and password into BATON_REDIS_URL, percent-encoded."
NOT_ALLOWED: Final = "Redis does not let us do what we must ({error})."
MEND_ALLOWED: Final = "Give its user these rights: ~baton:* &baton:* +@read +@write +@scripting +@pubsub +@connection +time +info"
NO_WRITES: Final = "Redis takes no writes ({error})."
MEND_WRITES: Final = "Point BATON_REDIS_URL at the primary, and see that it has memory left (maxmemory)."
LAZY: Final = "Redis answers in {ms:.0f} ms; beyond {limit:.0f} ms the desk goes on without it, more slowly."
MEND_LAZY: Final = "Run it near the desk, on a machine that is not busy."
OLD: Final = "This is version {version}; {least} is the oldest that is known to do."
MEND_OLD: Final = "Run a newer Redis or Valkey."
CLUSTER: Final = "This is a node of a cluster, which sends us elsewhere; the desk speaks to one server."
MEND_CLUSTER: Final = (
    "Point BATON_REDIS_URL at a server without cluster mode: the desk needs a few megabytes."
)
NEARLY_FULL: Final = "Redis uses {used} of {most} MB, and its policy is noeviction: full, it takes no writes."
MEND_FULL: Final = "Raise maxmemory, or set maxmemory-policy to volatile-ttl: all our keys go by themselves."
NEARLY: Final = 0.9


async def examine(url: str, *, replicas: bool) -> AsyncIterator[Finding]:
    """`replicas`: whether the database lets several processes work, which alone need Redis. Nothing that is found
    repeats the address."""
    if not replicas:
        yield _finding(Health.DOUBTFUL, ALONE, MEND_ALONE)
    redis = client(url, within=PATIENCE)
    try:
        async with asyncio.timeout(PATIENCE * 2):
            known: dict[str, Any] = await redis.info()
            seconds = await _quickest(redis)
            await _write(redis)
    except NoPermissionError as error:
        yield _finding(Health.BROKEN, NOT_ALLOWED.format(error=error), MEND_ALLOWED)
    except (OutOfMemoryError, ReadOnlyError) as error:
        yield _finding(Health.BROKEN, NO_WRITES.format(error=_said(error)), MEND_WRITES)
    except (MovedError, ClusterDownError):
        yield _finding(Health.BROKEN, CLUSTER, MEND_CLUSTER)
    except (TimeoutError, OSError, RedisError) as error:
        # While connecting, the client hides the kind of a refusal behind a lost connection.
        kinds = AuthenticationError | AuthorizationError
        refused = isinstance(error, kinds) or isinstance(error.__cause__, kinds)
        says, mend = (NO_ENTRY, MEND_ENTRY) if refused else (UNREACHABLE, MEND_UNREACHABLE)
        yield _finding(Health.BROKEN, says.format(error=_said(error)), mend)
    else:
        found = [*_of(known), *_speed(seconds)]
        server = "Valkey" if known.get("server_name") == "valkey" else "Redis"
        version = str(known.get("valkey_version") or known.get("redis_version"))
        well = WELL.format(server=f"{server} {version}", ms=seconds * 1000)
        for finding in found or [_finding(Health.WELL, well)]:
            yield finding
    finally:
        await redis.aclose()


def _of(known: Mapping[str, Any]) -> Iterator[Finding]:
    version = str(known.get("redis_version", ""))
    parts = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if parts and parts < OLDEST:
        least = ".".join(map(str, OLDEST))
        yield _finding(Health.DOUBTFUL, OLD.format(version=version, least=least), MEND_OLD)
    if known.get("cluster_enabled"):
        yield _finding(Health.BROKEN, CLUSTER, MEND_CLUSTER)
    used, most = int(known.get("used_memory", 0)), int(known.get("maxmemory", 0))
    if most and used > most * NEARLY and known.get("maxmemory_policy") == "noeviction":
        says = NEARLY_FULL.format(used=used >> 20, most=most >> 20)
        yield _finding(Health.DOUBTFUL, says, MEND_FULL)


def _speed(seconds: float) -> Iterator[Finding]:
    if seconds > SLOW:
        says = LAZY.format(ms=seconds * 1000, limit=WITHIN * 1000)
        yield _finding(Health.DOUBTFUL, says, MEND_LAZY)


async def _quickest(redis: Redis) -> float:
    """Of several answers: one alone may have met a pause of ours."""
    taken = []
    ask: Any = redis
    for _ in range(5):
        begun = time.perf_counter()
        await ask.ping()
        taken.append(time.perf_counter() - begun)
    return min(taken)


async def _write(redis: Redis) -> None:
    key = f"baton:doctor:{secrets.token_hex(6)}"
    ask: Any = redis
    await ask.eval("return redis.call('SET', KEYS[1], '1', 'PX', '1000')", 1, key)
    await ask.publish(key, "")


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:200]


def _finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=AREA, health=health, says=says, mend=mend)
