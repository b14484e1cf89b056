"""The Bot Connector's keys: found, kept, renewed; however slow, dead or odd the key server is, nobody waits for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.adapters.teams.minting import Front, a_front


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


# -- rotation ------------------------------------------------------------------------------------------------


async def test_a_rotated_key_is_found_at_once(front: Front) -> None:
    assert (await front.post(front.mint())).status == 200
    front.server.keys.rotate()
    assert (await front.post(front.mint())).status == 200
    assert front.server.asked == 2


async def test_a_hundred_unknown_keys_make_one_fetch(front: Front) -> None:
    await front.post(front.mint())
    for number in range(50):
        assert (await front.post(front.strange(number))).status == 401
    at_once = await asyncio.gather(*(front.post(front.strange(number)) for number in range(50, 100)))
    assert {answer.status for answer in at_once} == {401} and front.server.asked == 2


async def test_a_hundred_unknown_keys_make_one_fetch_from_the_start(front: Front) -> None:
    at_once = await asyncio.gather(*(front.post(front.strange(number)) for number in range(50)))
    later = [await front.post(front.strange(number)) for number in range(50, 100)]
    assert {answer.status for answer in [*at_once, *later]} == {401} and front.server.asked == 1


async def test_after_a_minute_an_unknown_key_may_ask_again(front: Front) -> None:
    await front.post(front.mint())
    await front.post(front.strange(1))
    front.server.keys.rotate()
    front.later(seconds=59)
    assert (await front.post(front.mint())).status == 401
    front.later(seconds=1)
    assert (await front.post(front.mint())).status == 200
    assert front.server.asked == 3


async def test_a_clock_that_was_set_back_does_not_keep_us_from_asking(front: Front) -> None:
    await front.post(front.mint())
    await front.post(front.strange(1))
    front.later(days=-1)
    front.server.keys.rotate()
    assert (await front.post(front.mint())).status == 200


async def test_both_keys_are_good_while_both_are_published(front: Front) -> None:
    old = front.mint()
    front.server.keys.rotate(keep=True)
    assert (await front.post(old)).status == 200
    assert (await front.post(front.mint())).status == 200
    assert front.server.asked == 1


# -- a day, and five -------------------------------------------------------------------------------------------


async def test_keys_are_renewed_in_the_background_before_a_day_is_over(front: Front) -> None:
    await front.post(front.mint())
    front.later(hours=22, minutes=59)
    await front.post(front.mint())
    assert front.server.asked == 1
    front.later(minutes=2)
    front.server.slow = 2.8
    begun = time.perf_counter()
    assert (await front.post(front.mint())).status == 200
    assert time.perf_counter() - begun < 2.5
    await front.settles(2)


async def test_after_a_day_newer_keys_are_waited_for(front: Front) -> None:
    old = front.server.keys.current
    await front.post(front.mint())
    front.server.keys.rotate()
    front.later(hours=24)
    assert (await front.post(front.mint(key=old))).status == 401
    assert front.server.asked == 2


async def test_while_the_key_server_is_down_old_keys_serve_five_days(front: Front) -> None:
    await front.post(front.mint())
    front.server.metadata = 503
    front.later(days=4, hours=23)
    assert (await front.post(front.mint())).status == 200
    front.server.slow = 2.8
    front.later(seconds=6)
    begun = time.perf_counter()
    assert (await front.post(front.mint())).status == 200
    assert time.perf_counter() - begun < 2.5, "one has waited; the others need not"
    front.later(hours=2)
    assert (await front.post(front.mint())).status == 503
    front.server.metadata, front.server.slow = None, 0.0
    front.later(seconds=6)
    assert (await front.post(front.mint())).status == 200


async def test_a_token_that_was_good_is_no_longer_after_five_days_without_keys(front: Front) -> None:
    token = front.mint(exp=front.clock.at + timedelta(days=9))
    assert (await front.post(token)).status == 200
    front.server.metadata = 500
    front.later(days=5)
    assert (await front.post(token)).status == 503
