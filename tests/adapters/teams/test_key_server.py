"""However slow, dead or odd the key server is, nobody waits for long, and nobody is let in by mistake."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.teams.keys import Keys, KeysUnknown
from tests.adapters.teams.minting import Front, Hour, a_front, key_server
from tests.adapters.teams.stalls import HELD, stalls


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


GARBAGE: list[dict[str, Any]] = [
    {"metadata": 500},
    {"metadata": 404},
    {"metadata": "<html>"},
    {"metadata": "[]"},
    {"metadata": "[" * 100_000},
    {"metadata": "{}"},
    {"metadata": " " * (2 * 1024 * 1024)},
    {"metadata": {"jwks_uri": None}},
    {"metadata": {"jwks_uri": 7}},
    {"metadata": {"jwks_uri": "http://["}},
    {"metadata": {"jwks_uri": "https://evil.example/keys"}},
    {"metadata": {"jwks_uri": "http://127.0.0.1.evil.example/keys"}},
    {"metadata": {"jwks_uri": "file:///etc/passwd"}},
    {"metadata": {"id_token_signing_alg_values_supported": ["HS256", "none"]}},
    {"metadata": {"id_token_signing_alg_values_supported": "RS256"}},
    {"key_set": 502},
    {"key_set": "null"},
    {"key_set": {"keys": None}},
    {"key_set": {"keys": []}},
    {"key_set": {"keys": [1, {}, {"kty": "RSA"}, {"kty": "RSA", "kid": "a", "n": "!", "e": 3}]}},
    {
        "key_set": {
            "keys": [{"kty": "oct", "kid": "kettle-key-1", "k": "c2VjcmV0", "endorsements": ["msteams"]}]
        }
    },
    {"key_set": {"keys": [{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}]}},
]


@pytest.mark.parametrize("how", GARBAGE, ids=lambda how: str(how)[:60])
async def test_a_key_server_that_talks_garbage_is_a_503_and_old_keys_serve(
    front: Front, how: dict[str, Any]
) -> None:
    for name, value in how.items():
        setattr(front.server, name, value)
    answer = await front.post(front.mint())
    assert answer.status == 503 and answer.headers["Retry-After"] == "5" and front.heard == []
    for name in how:
        setattr(front.server, name, None)
    front.later(seconds=5)
    assert (await front.post(front.mint())).status == 200
    for name, value in how.items():
        setattr(front.server, name, value)
    front.later(hours=25)
    assert (await front.post(front.mint())).status == 200
    unknown = await front.post(front.strange(1))
    assert unknown.status == 503, "nobody can say whether it is a key of today"


async def test_a_key_server_that_redirects_elsewhere_is_not_followed(front: Front) -> None:
    clock = Hour()
    async with key_server(clock) as other:
        front.server.elsewhere = other.url
        assert (await front.post(front.mint())).status == 503
        assert other.asked == 0


async def test_a_dead_key_server_is_tried_again_after_a_pause(front: Front) -> None:
    front.server.metadata = 503
    for _ in range(20):
        assert (await front.post(front.mint())).status == 503
    assert front.server.asked == 1
    front.later(seconds=5)
    front.server.metadata = None
    assert (await front.post(front.mint())).status == 200


async def test_a_key_server_that_is_not_there() -> None:
    async with a_front(openid_url="http://127.0.0.1:9/none") as front:
        assert (await front.post(front.mint())).status == 503


async def test_nobody_waits_longer_than_the_bound(front: Front) -> None:
    front.server.slow = 30.0
    front.door._keys._within = timedelta(milliseconds=200)
    begun = time.perf_counter()
    answers = await asyncio.gather(*(front.post(front.mint()) for _ in range(5)))
    assert {answer.status for answer in answers} == {503}
    assert 0.15 < time.perf_counter() - begun < 20 and front.server.asked == 1


async def test_the_loop_never_stalls_while_fifty_wait_for_slow_keys(front: Front) -> None:
    front.server.slow = 2.0
    tokens = [front.mint(jti=str(number)) for number in range(50)]
    # A log drawn in colours for the test's output is not what is measured.
    with capture_logs():
        async with stalls() as seen:
            answers = await asyncio.gather(*(front.post(token) for token in tokens))
    assert {answer.status for answer in answers} == {200} and len(front.heard) == 50
    assert front.server.asked == 1
    assert seen.longest < HELD


async def test_who_gives_up_waiting_does_not_take_the_keys_from_the_others() -> None:
    clock = Hour()
    async with key_server(clock) as server:
        server.slow = 0.1
        keys = Keys(server.url, clock)
        impatient = asyncio.create_task(keys.get("kettle-key-1"))
        patient = asyncio.create_task(keys.get("kettle-key-1"))
        await asyncio.sleep(0.02)
        impatient.cancel()
        assert await patient is not None and server.asked == 1
        await keys.close()


async def test_closing_ends_a_fetch_under_way() -> None:
    clock = Hour()
    async with key_server(clock) as server:
        server.slow = 5.0
        keys = Keys(server.url, clock)
        keys.renew()
        waiting = asyncio.create_task(keys.get("kettle-key-1"))
        await asyncio.sleep(0.02)
        await keys.close()
        with pytest.raises(KeysUnknown):
            await waiting


async def test_opening_fetches_before_anybody_speaks(front: Front) -> None:
    await front.door.open()
    await front.settles(1)
    assert (await front.post(front.mint())).status == 200
    assert front.server.asked == 1
