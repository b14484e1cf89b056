"""A delivery that comes again while it is handled waits for its end; the database alone says whether it was."""

from __future__ import annotations

import asyncio

import pytest

from storage.redis.underway import RedisUnderway
from tests.fakes.valkey import Server
from tests.storage.redis.conftest import Joining


async def test_the_second_waits_for_the_first(joins: Joining, redis_url: str) -> None:
    one, other = (RedisUnderway(joins(redis_url).link, "baton:{u1}:") for _ in range(2))
    order: list[str] = []
    handling, go_on = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with one.alone("Ev1"):
            handling.set()
            await go_on.wait()
            order.append("first")

    async def second() -> None:
        await handling.wait()
        asyncio.get_running_loop().call_later(0.2, go_on.set)
        async with other.alone("Ev1"):
            order.append("second")

    await asyncio.gather(first(), second())
    assert order == ["first", "second"]


async def test_one_that_died_is_waited_for_shortly(
    joins: Joining, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.redis.underway.LONGEST", 0.2)
    one, other = (RedisUnderway(joins(redis_url).link, "baton:{u2}:") for _ in range(2))
    dead = one.alone("Ev2")
    await dead.__aenter__()
    async with other.alone("Ev2"), other.alone("Ev3"), other.alone(None), other.alone(None):
        pass
    await dead.__aexit__(None, None, None)


async def test_what_failed_may_be_tried_again_at_once(joins: Joining, redis_url: str) -> None:
    one, other = (RedisUnderway(joins(redis_url).link, "baton:{u3}:") for _ in range(2))
    with pytest.raises(ValueError, match="no"):
        async with one.alone("Ev1"):
            raise ValueError("no")
    await asyncio.gather(*one._ending)
    assert await other._begin("baton:{u3}:event:Ev1")


async def test_without_redis_everything_is_handled_at_once(joins: Joining, server: Server) -> None:
    one, other = (RedisUnderway(joins(server.url).link, "baton:{u4}:") for _ in range(2))
    async with one.alone("Ev1"):
        server.kill()
        async with other.alone("Ev1"):
            pass
