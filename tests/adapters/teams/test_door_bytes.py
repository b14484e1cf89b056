"""No bytes of anybody, in a header or a body, make the door stumble."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.http import BODY_BYTES as MOST_IN_ALL
from adapters.teams import door
from adapters.teams.door import BODY_BYTES, PATH
from tests.adapters.teams.minting import Front, a_front, activity


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


# -- bodies that are none --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"\xff\xfe{}",
        json.dumps(activity()).encode("utf-16"),
        json.dumps(activity()).encode() + b"x",
        b'{"type": NaN}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"text": "\\ud800"}',
    ],
    ids=lambda body: str(body[:12]),
)
async def test_what_is_no_json_object_is_400(front: Front, body: bytes) -> None:
    answer = await front.post(front.mint(), body)
    assert answer.status == 400 and answer.error and front.heard == []


@pytest.mark.parametrize("name", ["type", "serviceUrl", "channelId", "conversation"])
@pytest.mark.parametrize("value", [None, 7, "", [], {}])
async def test_an_activity_has_some_fields_that_we_cannot_do_without(
    front: Front, name: str, value: Any
) -> None:
    answer = await front.post(front.mint(), activity(**{name: value}))
    assert answer.status == 400 and name in answer.error and front.heard == []


async def test_a_huge_body_is_413(front: Front) -> None:
    assert BODY_BYTES <= MOST_IN_ALL
    fits = json.dumps(activity(text="x" * (BODY_BYTES - 2000))).encode()
    assert (await front.post(front.mint(), fits)).status == 200
    for body in (b" " * (BODY_BYTES + 1), b" " * (5 * BODY_BYTES)):
        assert (await front.post(front.mint(), body)).status == 413


async def test_a_body_that_grows_when_unpacked_is_413(front: Front) -> None:
    packed = gzip.compress(b" " * (50 * BODY_BYTES))
    answer = await front.post(front.mint(), packed, {"Content-Encoding": "gzip"})
    assert answer.status == 413 and front.heard == []


async def test_a_body_that_is_not_packed_as_it_says_is_no_5xx(front: Front) -> None:
    for packing in (b"gzip", b"deflate"):
        framing = b"Content-Length: 10\r\nContent-Encoding: " + packing + b"\r\n"
        # aiohttp may hang up before its answer has left.
        assert await _raw(front, framing, b"not packed") in (0, 400)
    assert front.heard == [] and (await front.post(front.mint())).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application", "", "a/b;\u00e9"]
)
async def test_another_content_type_is_415(front: Front, kind: str) -> None:
    assert (await front.post(front.mint(), headers={"Content-Type": kind})).status == 415


async def test_no_content_type_is_415(front: Front) -> None:
    headers = {"Authorization": f"Bearer {front.mint()}"}
    assert (await front.asker.ask("POST", PATH, b"{}", headers)).status == 415


async def test_a_strangers_body_is_not_read(front: Front) -> None:
    for body in (b"{", b" " * (BODY_BYTES + 1)):
        assert (await front.post("a.b.c", body)).status == 401


async def test_a_body_that_does_not_come_is_408(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_WITHIN", timedelta(milliseconds=100))
    status = await _raw(front, b"Content-Length: 500\r\n", b"{")
    assert status == 408


async def test_a_body_that_is_cut_short_does_no_harm(front: Front) -> None:
    await _raw(front, b"Content-Length: 500\r\n", b"{", hang_up=True)
    assert await _raw(front, b"Transfer-Encoding: chunked\r\n", b"zz\r\n{}\r\n0\r\n\r\n") == 400
    assert front.heard == []


async def _raw(front: Front, framing: bytes, body: bytes, *, hang_up: bool = False) -> int:
    """Over a socket of our own, since no client would send this."""
    at = urlsplit(front.asker.serving.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {front.mint()}\r\n".encode()
    writer.write(head + b"Content-Type: application/json\r\n" + framing + b"\r\n" + body)
    await writer.drain()
    status = 0
    if not hang_up:
        async with asyncio.timeout(5):
            line = await reader.readline()
        status = int(line.split()[1]) if line else 0
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return status


# -- anybody's bytes -------------------------------------------------------------------------------------------

LOOSE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


async def test_no_bytes_in_the_header_are_ever_a_5xx(front: Front) -> None:
    rng = random.Random(4)
    good = front.mint()
    at = urlsplit(front.asker.serving.url)
    for number in range(150):
        raw = (
            bytearray(b"Bearer " + good.encode())
            if number % 2
            else bytearray(rng.randbytes(rng.randrange(200)))
        )
        for _ in range(rng.randrange(1, 4)):
            if raw:
                raw[rng.randrange(len(raw))] = rng.randrange(256)
        header = bytes(raw).replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        writer.write(b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: 2\r\nAuthorization: " + header + b"\r\n\r\n{}")
        status = int((await reader.readline()).split()[1])
        assert status in (400, 401), header
        writer.close()
        await writer.wait_closed()
    assert front.heard == []


@LOOSE
@given(body=st.binary(max_size=300))
async def test_no_body_is_ever_a_5xx(body: bytes) -> None:
    async with a_front(anonymous=True) as front:
        assert (await front.post(body=body)).status in (200, 400)


_JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@LOOSE
@given(
    changed=st.dictionaries(
        st.sampled_from(
            ["type", "serviceUrl", "channelId", "conversation", "channelData", "from", "value", "text"]
        ),
        _JSONS | st.fixed_dictionaries({"id": _JSONS, "tenantId": _JSONS, "tenant": _JSONS}),
        max_size=4,
    )
)
async def test_no_activity_with_a_good_token_is_ever_a_5xx(changed: dict[str, Any]) -> None:
    async with a_front() as front:
        answer = await front.post(front.mint(), activity(**changed))
        assert answer.status in (200, 400, 403)
