"""Replicas together stay within what a platform takes, whatever happens to Redis meanwhile."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from adapters.slack.pace import BUDGETS, CHANNEL, WORKSPACE
from adapters.teams.pace import APP, SENDS
from bot.ports import Limits, OwnBudgets, Rate, Window
from storage.redis.budgets import share
from tests.adapters.slack.moving import Moving
from tests.fakes.valkey import Server
from tests.storage.redis.conftest import SETTLE, Joining, Replica

SECOND = timedelta(seconds=1)
NOW = timedelta(0)
TEAMS: dict[str, Limits] = {"app": APP, "teams": SENDS}
SLACK: dict[str, Limits] = {"workspace": WORKSPACE, "slack": CHANNEL}


async def passing(replica: Replica, limits: dict[str, Limits], *, urgent: bool = True) -> int:
    """How many calls of that replica pass at this very moment."""
    passed = 0
    while not await replica.budgets.take(limits, urgent=urgent):
        passed += 1
        assert passed < 1000, "there is no end to it"
    return passed


async def two(joins: Joining, url: str, time: Moving) -> tuple[Replica, Replica]:
    """Two replicas that have found each other."""
    one, other = joins(url), joins(url)
    for replica in (one, other, one):
        await replica.looks()
    time.at += SETTLE
    return one, other


def within(windows: Sequence[Window], passed: Sequence[datetime]) -> bool:
    return all(
        sum(1 for at in passed if since <= at < since + window.span) <= window.most
        for window in windows
        for since in set(passed)
    )


# -- together --------------------------------------------------------------------------------------------------


async def test_what_one_replica_says_the_other_cannot_say_again(
    joins: Joining, redis_url: str, time: Moving
) -> None:
    one, other = await two(joins, redis_url, time)
    assert await passing(one, SLACK) == CHANNEL.burst
    assert await other.budgets.take(SLACK, urgent=True) == SECOND
    assert await passing(one, TEAMS) + await passing(other, TEAMS) == 7
    assert await other.budgets.take(TEAMS, urgent=True) == SECOND
    assert other.counted.how.count("waited") == 3


async def test_the_reserve_is_for_what_is_urgent_wherever_it_is_said(
    joins: Joining, redis_url: str, time: Moving
) -> None:
    one, other = await two(joins, redis_url, time)
    many = [await passing(one, {"app": APP, f"c{n}": SENDS}, urgent=False) for n in range(9)]
    assert sum(many) == APP[0].most - APP[0].reserve
    assert await other.budgets.take({"app": APP, "x": SENDS}, urgent=False) == SECOND
    assert await passing(other, {"app": APP, "direct": SENDS}) == 7


async def test_nothing_counts_where_one_of_the_budgets_is_used_up(
    joins: Joining, redis_url: str, time: Moving
) -> None:
    one, other = await two(joins, redis_url, time)
    await passing(one, SLACK)
    for _ in range(50):
        assert await other.budgets.take(SLACK, urgent=True) > NOW
    assert await passing(other, {"workspace": WORKSPACE}) == WORKSPACE.burst - CHANNEL.burst


async def test_a_platform_s_wish_to_wait_is_everybody_s(joins: Joining, redis_url: str, time: Moving) -> None:
    one, other = await two(joins, redis_url, time)
    await one.budgets.block("slack", timedelta(seconds=30))
    await other.budgets.block("slack", timedelta(seconds=5))
    assert await other.budgets.take(SLACK, urgent=True) == timedelta(seconds=30)
    assert await other.budgets.take({"slack": ()}, urgent=True) == timedelta(seconds=30)
    assert await other.budgets.take({"two": CHANNEL}, urgent=False) == NOW
    time.at += timedelta(seconds=30)
    assert await other.budgets.take(SLACK, urgent=True) == NOW


async def test_a_clock_put_back_keeps_nobody_waiting_for_long(
    joins: Joining, redis_url: str, time: Moving
) -> None:
    one, other = await two(joins, redis_url, time)
    await passing(one, {**SLACK, **TEAMS})
    time.at -= timedelta(hours=1)
    assert await other.budgets.take(SLACK, urgent=True) <= CHANNEL.burst * CHANNEL.each
    assert await other.budgets.take(TEAMS, urgent=True) <= SENDS[1].span
    time.at += max(CHANNEL.burst * CHANNEL.each, SENDS[1].span)
    assert await other.budgets.take(SLACK, urgent=True) == NOW
    assert await other.budgets.take(TEAMS, urgent=True) == NOW


async def test_alone_on_redis_a_replica_waits_exactly_as_it_would_by_itself(
    joins: Joining, redis_url: str, time: Moving
) -> None:
    replica = joins(redis_url)
    await replica.looks()
    time.at += SETTLE
    own, chance = OwnBudgets(time), random.Random(7)
    names: list[dict[str, Limits]] = [SLACK, TEAMS, {"update": BUDGETS["chat.update"]}, {"app": APP}]
    for _ in range(400):
        wanted, urgent = chance.choice(names), chance.random() < 0.3
        expected = await own.take({f"own:{name}": each for name, each in wanted.items()}, urgent=urgent)
        assert await replica.budgets.take(wanted, urgent=urgent) == expected
        time.at += timedelta(milliseconds=chance.choice([0, 0, 1, 40, 300, 1100]))


async def test_keys_go_by_themselves(joins: Joining, server: Server, time: Moving) -> None:
    one, _ = await two(joins, server.url, time)
    one.budgets._moment, one.budgets._kept = None, 1
    await one.budgets.take(
        {"r": Rate(3, timedelta(milliseconds=1)), "w": (Window(3, SECOND / 100),)}, urgent=True
    )
    await one.budgets.block("r", timedelta(milliseconds=1))
    async with _client(server) as redis:
        lives = {key: await redis.pttl(key) for key in await redis.keys("*")}
    assert all(life != -1 for life in lives.values()), lives


# -- whatever happens to Redis ---------------------------------------------------------------------------------


async def test_emptied_it_is_told_anew_what_was_spent(joins: Joining, server: Server, time: Moving) -> None:
    one, other = await two(joins, server.url, time)
    assert await passing(one, TEAMS) == 7
    await one.budgets.block("two", timedelta(minutes=1))
    server.flush()
    assert await other.budgets.take(TEAMS, urgent=True) == SETTLE, "until every replica has told"
    await one.looks()
    time.at += SETTLE
    assert await passing(other, TEAMS) == 1, "eight within two seconds"
    assert await other.budgets.take({"two": ()}, urgent=True) == timedelta(minutes=1) - SETTLE


async def test_killed_each_keeps_to_its_share_and_tells_afterwards(
    joins: Joining, server: Server, time: Moving
) -> None:
    one, other = await two(joins, server.url, time)
    server.kill()
    for replica in (one, other):
        assert await replica.budgets.take(SLACK, urgent=True) == SETTLE, "what others said must grow old"
    time.at += SETTLE
    assert [await passing(each, SLACK) for each in (one, other)] == [1, 1]
    assert await one.budgets.take(SLACK, urgent=True) == 2 * SECOND
    assert one.counted.up == [True, False] and one.counted.how[-1] == "alone"
    server.start()
    for replica in (one, other):
        await replica.looks()
    time.at += SETTLE
    assert await passing(one, SLACK) + await passing(other, SLACK) <= CHANNEL.burst
    assert one.counted.up == [True, False, True]


async def test_while_it_is_away_nobody_waits_for_it(joins: Joining, server: Server, time: Moving) -> None:
    one = joins(server.url, within=0.2)
    await one.looks()
    time.at += SETTLE
    server.freeze()
    assert await one.budgets.take(SLACK, urgent=True) == timedelta(seconds=0.2), "asked to come again"
    await one.budgets.take(SLACK, urgent=True)
    assert not one.link.up
    failed = len(one.counted.failed)
    time.at += SETTLE
    for _ in range(200):
        await one.budgets.take(SLACK, urgent=True)
        time.at += SECOND
    assert len(one.counted.failed) == failed, "it is not asked"
    server.thaw()
    await one.looks()
    assert one.counted.up == [True, False, True]


async def test_what_was_said_apart_counts_when_it_is_back(
    joins: Joining, server: Server, time: Moving
) -> None:
    one, other = joins(server.url, within=0.2), joins(server.url)
    for replica in (one, other):
        await replica.looks()
    time.at += SETTLE
    server.freeze()
    while one.link.up:
        await one.budgets.take(TEAMS, urgent=True)
    await one.budgets.take(TEAMS, urgent=True)
    time.at += SETTLE
    assert await passing(one, TEAMS) == 7 // one.budgets.replicas
    await one.budgets.block("two", timedelta(minutes=1))
    server.thaw()
    await one.looks()
    assert one.link.up
    # How much of what timed out still counted, Redis alone knows: never more than is left.
    assert await passing(other, TEAMS) <= 7 - 7 // one.budgets.replicas
    assert await other.budgets.take({"two": ()}, urgent=True) == timedelta(minutes=1)


async def test_full_or_read_only_it_is_as_good_as_away(joins: Joining, server: Server, time: Moving) -> None:
    one = joins(server.url)
    await one.looks()
    async with _client(server) as redis:
        await redis.config_set("maxmemory", "1")
    time.at += SETTLE
    await one.budgets.take(SLACK, urgent=True)
    assert not one.link.up
    await one.looks()
    assert not one.link.up, "it answers a ping and can do nothing"
    async with _client(server) as redis:
        await redis.config_set("maxmemory", "0")
    await one.looks()
    assert one.link.up


async def test_a_server_that_never_was_there(joins: Joining, time: Moving) -> None:
    one = joins("redis://127.0.0.1:1/0")
    await one.budgets.take(TEAMS, urgent=True)
    time.at += SETTLE
    assert await passing(one, TEAMS) == 7 // 2, "there may be another one"
    with pytest.raises(RuntimeError, match="their own share"):
        await one.link.well()


@pytest.mark.parametrize("seed", range(6))
async def test_no_window_is_ever_exceeded_whatever_happens(
    joins: Joining, server: Server, time: Moving, seed: int
) -> None:
    """Three replicas; Redis is emptied, killed and started at random. Only while it goes may the half minute, the hour
    and a used-up burst not be known to all: then each keeps to its share."""
    chance = random.Random(seed)
    replicas = [joins(server.url) for _ in range(3)]
    for replica in (*replicas, *replicas):
        await replica.looks()
    time.at += SETTLE
    passed: list[datetime] = []
    alive = True
    for _ in range(150):
        what = chance.random()
        if what < 0.03 and alive:
            server.flush()
        elif what < 0.06:
            server.kill() if alive else server.start()
            alive = not alive
        for replica in replicas:
            # Keepers look once a second.
            if chance.random() < 0.5:
                await replica.looks()
        replica = chance.choice(replicas)
        passed += [time.at] * await passing(replica, {"teams": SENDS})
        time.at += timedelta(milliseconds=chance.choice([50, 300, 700]))
        for each in replicas:
            await each.looks()
    assert len(passed) > 30
    assert within(SENDS[:2], passed)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 12), st.sampled_from([*BUDGETS.values(), CHANNEL, SENDS, APP]))
def test_shares_together_are_no_more_than_the_whole(replicas: int, limits: Limits) -> None:
    part = share(limits, replicas)
    if isinstance(limits, Rate):
        assert isinstance(part, Rate)
        assert part.each == limits.each * replicas
        assert part.burst * replicas <= max(limits.burst, replicas) and part.reserve < part.burst
        return
    assert isinstance(part, tuple)
    for whole, narrow in zip(limits, part, strict=True):
        assert narrow.most * replicas * whole.span <= whole.most * narrow.span + timedelta(milliseconds=1)
        assert narrow.most > narrow.reserve >= 0


def _client(server: Server) -> Redis:
    made: Redis = Redis.from_url(server.url, decode_responses=True)
    return made
