"""Who may speak to us over HTTP: Slack, within five minutes, and nobody else, whatever they send."""

from __future__ import annotations

import io
import json
import random
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from adapters.http import BODY_BYTES
from tests.adapters.slack.front import SUPPORT, Front, a_front
from tests.fakes.slack.delivery import FORM, JSON, Signature


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


@pytest.mark.parametrize("how", ["wrong", "missing", "stale"])
async def test_what_slack_did_not_sign_just_now_is_refused(front: Front, how: Signature) -> None:
    case = await front.story.mention()
    card = front.card(case)
    front.slack.signs(how)
    assert (await front.types("ana", f"claim {case}")).status == 401
    assert (await front.presses("ana", "Claim", ts=card)).status == 401
    assert (await front.slack.say(front.users["ana"], SUPPORT, "hello", thread_ts=card)).status == 401
    assert await front.owner(case) is None and front.heard == []


async def test_a_replayed_request_has_no_second_effect(front: Front) -> None:
    case = await front.story.mention()
    await front.types("ana", f"note {case} once")
    again = await front.slack.replay()
    await front.settles()
    assert again.ok and again.body is None
    assert (await front.story.kinds(case)).count("noted") == 1


async def test_a_request_from_the_future_is_as_stale_as_an_old_one(front: Front) -> None:
    body = urlencode({"command": "/baton", "text": "list"}).encode()
    for minutes, status in ((-6, 401), (-4, 200), (4, 200), (6, 401)):
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        assert (await _post(front, body, front.slack.sign(body, at=at)))[0] == status, minutes


async def test_a_signature_is_for_one_body(front: Front) -> None:
    body = urlencode({"command": "/baton", "text": "list"}).encode()
    signed = front.slack.sign(body)
    assert (await _post(front, body.replace(b"list", b"next"), signed))[0] == 401
    assert (await _post(front, body, {**signed, "X-Slack-Request-Timestamp": "1"}))[0] == 401


async def test_slack_finds_the_address(front: Front) -> None:
    answer = await front.slack.verify_url("challenge-1")
    assert answer.status == 200 and answer.body == {"challenge": "challenge-1"}
    body = b"ssl_check=1&token=whatever"
    assert (await _post(front, body, {}))[0] == 200


@pytest.mark.parametrize("value", ["v0=é", "v0=" + "é" * 64, "v1=00", "v0=", "\udc80", "v0=" + "0" * 64])
async def test_odd_signatures_are_refused(front: Front, value: str) -> None:
    headers = {**front.slack.sign(b"{}"), "X-Slack-Signature": value}
    assert (await _post(front, b"{}", headers))[0] == 401


@pytest.mark.parametrize("value", ["", "now", "٣", "1e9", "-1", "9" * 400])
async def test_odd_times_are_refused(front: Front, value: str) -> None:
    headers = {**front.slack.sign(b"{}"), "X-Slack-Request-Timestamp": value}
    assert (await _post(front, b"{}", headers))[0] == 401


_ODD = (
    b"\xff\xfe\x00",
    b"payload=%7B",
    b"payload=[]",
    b"payload=null",
    b"payload=7",
    b"{",
    b"[]",
    b"7",
    b"null",
    b'"text"',
    b"",
    b'{"team": 5}',
    b'{"user": 5, "type": "block_actions"}',
    b'{"event": []}',
    b'{"authorizations": 3}',
    b'{"response_urls": [1]}',
    b'{"ssl_check": "1"}',
    b"[" * 200_000,
    b'{"a":' * 100_000,
    b"a=1&" * 1000,
    b"\x00" * 100,
)


@pytest.mark.parametrize("kind", [JSON, FORM, "text/plain; charset=utf-16", "nonsense", None])
async def test_no_strangers_bytes_are_an_error_of_ours(front: Front, kind: str | None) -> None:
    for body in _ODD:
        status, said = await _post(front, body, {}, kind)
        allowed = (200, 400, 401) if b"ssl_check" in body else (400, 401)
        assert status in allowed, (body[:40], status, said)
    assert front.heard == []


async def test_no_signed_bytes_are_more_than_a_logged_error(front: Front) -> None:
    """Who has the secret may confuse us, but not crash what reads the bytes."""
    for body in (*_ODD, *_fuzzed(60)):
        status, _ = await _post(front, body, front.slack.sign(body), JSON)
        assert status in (200, 400, 401, 500, 503), body[:80]
    await front.settles()


async def test_too_large_a_body_is_refused(front: Front) -> None:
    assert (await _post(front, io.BytesIO(b"x" * (BODY_BYTES + 1)), {}))[0] == 413


async def test_variables_of_bolts_own_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "SIGNING_SECRET",
        "BOT_TOKEN",
        "APP_TOKEN",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "VERIFICATION_TOKEN",
    ):
        monkeypatch.setenv(f"SLACK_{name}", "of-somebody-else")
    async with a_front(tmp_path) as front:
        case = await front.story.mention()
        assert (await front.types("ana", f"claim {case}")).ok
        assert await front.owner(case) == "ana@kettle.example"
        assert (await _post(front, b"ssl_check=1", {}))[0] < 500
        body = urlencode({"command": "/baton", "text": "list"}).encode()
        assert (await _post(front, body, front.slack.sign(body, secret="of-somebody-else")))[0] == 401


async def _post(
    front: Front, body: bytes | io.BytesIO, headers: Mapping[str, str], kind: str | None = FORM
) -> tuple[int, str]:
    sent = {**headers, **({"Content-Type": kind} if kind else {})}
    skipped = [] if kind else ["Content-Type"]
    async with (
        ClientSession() as session,
        session.post(front.url, data=body, headers=sent, skip_auto_headers=skipped) as response,
    ):
        return response.status, await response.text()


def _fuzzed(count: int) -> list[bytes]:
    """Payloads of every kind in which something is of another kind than Slack's."""
    odd: tuple[Any, ...] = (None, 5, "x", [], {}, [None], {"id": None}, True)
    rng = random.Random(7)
    names = (
        "user",
        "team",
        "view",
        "actions",
        "channel",
        "message",
        "container",
        "event",
        "state",
        "trigger_id",
    )
    kinds = (
        "block_actions",
        "view_submission",
        "message_action",
        "shortcut",
        "event_callback",
        "slash",
        "view_closed",
    )
    return [
        json.dumps(
            {
                "type": rng.choice(kinds),
                "callback_id": rng.choice(("form", "file_case", "open_home", None)),
                **{name: rng.choice(odd) for name in names if rng.random() < 0.7},
            }
        ).encode()
        for _ in range(count)
    ]
