"""What checking a token costs, how long it is remembered, and that no header makes the check stumble."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.teams.claims import REMEMBERED, BadToken, Tokens
from adapters.teams.keys import Keys
from tests.adapters.teams.minting import SERVICE, Front, Hour, a_front, key_server
from tests.fakes.teams.state import APP_ID


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def test_a_token_is_not_good_for_longer_than_its_key(front: Front) -> None:
    token = front.mint()
    assert (await front.post(token)).status == 200
    front.server.keys.rotate()
    assert (await front.post(front.mint())).status == 200
    assert (await front.post(token)).status == 401


async def test_a_token_is_checked_once() -> None:
    clock = Hour()
    async with key_server(clock) as server:
        keys = Keys(server.url, clock)
        tokens = Tokens(APP_ID, keys, clock)
        header = [f"Bearer {server.keys.mint(SERVICE)}"]
        first = await tokens.verify(header)
        assert await tokens.verify(header) is first
        for number in range(REMEMBERED):
            await tokens.verify([f"Bearer {server.keys.mint(SERVICE, jti=str(number))}"])
            if number == REMEMBERED - 2:
                assert len(tokens._seen) == REMEMBERED
        assert len(tokens._seen) == REMEMBERED
        assert await tokens.verify(header) is not first
        await keys.close()


async def test_checking_a_token_is_fast_enough_for_the_loop() -> None:
    clock = Hour()
    async with key_server(clock) as server:
        keys = Keys(server.url, clock)
        tokens = Tokens(APP_ID, keys, clock)
        minted = [f"Bearer {server.keys.mint(SERVICE, jti=str(number))}" for number in range(50)]
        await tokens.verify(minted[:1])
        spent = []
        for header in minted[1:]:
            begun = time.thread_time()
            await tokens.verify([header])
            spent.append(time.thread_time() - begun)
        assert sorted(spent)[len(spent) // 2] < 0.02
        await keys.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_header_makes_us_stumble(data: st.DataObject) -> None:
    """Straight into the verifier, with what aiohttp makes of any bytes in a header."""
    raw = data.draw(st.binary(max_size=200))
    said = raw.decode("utf-8", "surrogateescape")
    shaped = ".".join(_b64(part) for part in data.draw(st.lists(st.binary(max_size=60), max_size=5)))
    clock = Hour()
    tokens = Tokens(APP_ID, Keys("http://127.0.0.1:1/none", clock), clock)
    for header in (said, f"Bearer {said}", f"Bearer {shaped}"):
        with pytest.raises(BadToken):
            await tokens.verify([header])
