"""Who may push to a vendor's source: three ways to prove it, secrets that rotate, and words that no log shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Sender

from bot.ports import SourceState
from tests.adapters.sources.pushing import JSON, SECRET, TOKEN, Pushed, pushed_to
from tests.desk import MONDAY

MAPPING = '\n[sources.shop.mapping]\nid = "id"\ntext = "text"\n'
BODY = json.dumps({"id": 7, "text": "Where is my parcel?"}).encode()
OLD, NEW = ("whsec_" + base64.b64encode(letter * 24).decode() for letter in (b"o", b"n"))


@asynccontextmanager
async def shop(folder: Path, plan: str, **secrets: str) -> AsyncIterator[Pushed]:
    source = f'[sources.shop]\nkind = "webhook"\n{plan}{MAPPING}'
    async with pushed_to(folder, source, {"shop": secrets}) as pushed:
        yield pushed


@pytest.mark.parametrize("secret", [OLD, NEW])
async def test_standard_webhooks_with_a_secret_that_rotates(tmp_path: Path, secret: str) -> None:
    async with shop(tmp_path, "", secrets=f"{NEW},{OLD}") as desk:
        now = datetime.now(UTC)
        signed = Sender(secret).sign("m1", now, BODY.decode())
        headers = {
            "webhook-id": "m1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signed,
        }
        assert (await desk.post("/mentions/shop", BODY, {**JSON, **headers})).status == 202
        wrong = await desk.post("/mentions/shop", BODY + b" ", {**JSON, **headers})
        assert wrong.status == 401
        assert "BATON_WEBHOOK_SECRETS" not in wrong.error
        assert (await desk.post("/mentions/shop", BODY)).status == 401


def _hmac(signed: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.new(SECRET.encode(), signed, getattr(hashlib, algorithm)).digest()


async def test_a_hex_header(tmp_path: Path) -> None:
    async with shop(tmp_path, 'auth = "hmac"\nhmac = { header = "X-Sig" }', secret=SECRET) as desk:
        for given, status in (
            (_hmac(BODY).hex(), 202),
            (_hmac(BODY).hex().upper(), 202),
            (_hmac(BODY + b"x").hex(), 401),
            ("zz", 401),
            ("é", 401),
        ):
            assert (await desk.post("/mentions/shop", BODY, {**JSON, "X-Sig": given})).status == status
        assert "X-Sig is missing" in (await desk.post("/mentions/shop", BODY)).error


async def test_a_base64_header_with_its_time(tmp_path: Path) -> None:
    plan = (
        'auth = "hmac"\nhmac = { header = "X-Sig", algorithm = "sha512", encoding = "base64", prefix = "v1=",'
        ' timestamp_header = "X-Time", signed = "v1:{timestamp}:{body}" }'
    )

    async def posted(desk: Pushed, at: datetime, claimed: str = "") -> Any:
        stamp = str(int(at.timestamp()))
        proof = base64.b64encode(_hmac(f"v1:{stamp}:".encode() + BODY, "sha512")).decode()
        headers = {**JSON, "X-Sig": f"v1={proof}", "X-Time": claimed or stamp}
        return await desk.post("/mentions/shop", BODY, headers)

    async with shop(tmp_path, plan, secret=SECRET) as desk:
        assert (await posted(desk, MONDAY)).status == 202
        assert "5 minutes" in (await posted(desk, MONDAY - timedelta(minutes=6))).error
        assert "5 minutes" in (await posted(desk, MONDAY + timedelta(minutes=6))).error
        assert "not a number" in (await posted(desk, MONDAY, "soon")).error
        assert "not a number" in (await posted(desk, MONDAY, "nan")).error
        later = str(int(MONDAY.timestamp()) + 60)
        assert "matches none" in (await posted(desk, MONDAY, later)).error


async def test_a_word_in_the_address_is_in_no_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = "another-word-that-nobody-guesses"
    async with shop(tmp_path, 'auth = "token"', token=f"{TOKEN},{other}") as desk:
        for path in (f"/mentions/shop/{TOKEN}", f"/mentions/shop?token={TOKEN}", f"/mentions/shop/{other}"):
            assert (await desk.post(path, BODY)).status == 202
        for path in (
            "/mentions/shop",
            "/mentions/shop/no",
            f"/mentions/shop/{TOKEN}x",
            "/mentions/shop?token=",
        ):
            assert (await desk.post(path, BODY)).status == 401
        assert (await desk.get(f"/mentions/shop/{TOKEN}")).status == 405
        metrics = desk.asker.metrics.text().decode()
    shown = "".join(capfd.readouterr()) + metrics
    assert "/mentions/shop/{token}" in shown
    assert TOKEN not in shown
    assert other not in shown


@pytest.mark.parametrize(
    ("plan", "secrets", "said"),
    [
        ("", {}, "BATON_SOURCE_SHOP__SECRET is missing"),
        ('auth = "token"', {}, "BATON_SOURCE_SHOP__TOKEN is missing"),
        ('auth = "token"', {"token": "short"}, "BATON_SOURCE_SHOP__TOKEN is too short"),
        ("", {"secret": "not base64 but long enough"}, "BATON_SOURCE_SHOP__SECRET holds no secret"),
    ],
)
async def test_without_a_secret_it_is_shut_and_says_which(
    tmp_path: Path, plan: str, secrets: dict[str, str], said: str
) -> None:
    async with shop(tmp_path, plan, **secrets) as desk:
        (one,) = desk.story.desk.sources.connected
        assert one.source is not None
        with pytest.raises(Exception, match=said):
            await anext(one.source.listen(None))
        assert (await desk.post("/mentions/shop", BODY)).status == 404


async def test_what_pushes_is_well_and_was_heard(tmp_path: Path) -> None:
    async with shop(tmp_path, 'auth = "token"', token=TOKEN) as desk:
        await desk.post(f"/mentions/shop/{TOKEN}", BODY)
        report = (await desk.story.desk.store.sources.reports())["shop"]
        assert report.state is SourceState.WELL
        assert report.heard_at == MONDAY


async def test_bodies_are_bounded(tmp_path: Path) -> None:
    async with shop(tmp_path, 'auth = "token"', token=TOKEN) as desk:
        large = BytesIO(b" " * (1024 * 1024 + 1))
        assert (await desk.asker.ask("POST", f"/mentions/shop/{TOKEN}", large, JSON)).status == 413
        many = [{"id": number, "text": "x"} for number in range(1001)]
        assert (await desk.post(f"/mentions/shop/{TOKEN}", many)).status == 413


async def test_without_a_mapping_it_takes_mentions_as_they_are(tmp_path: Path) -> None:
    source = '[sources.shop]\nkind = "webhook"\nauth = "token"\n'
    one = {
        "source": "shop",
        "id": "1",
        "created_at": "2026-03-02T09:00:00Z",
        "author": "ana",
        "text": "Hello",
    }
    async with pushed_to(tmp_path, source, {"shop": {"token": TOKEN}}) as desk:
        answer = await desk.post(f"/mentions/shop/{TOKEN}", [one, {"id": 2}])
        assert (answer.status, answer.json["accepted"], len(answer.json["rejected"])) == (202, 1, 1)
