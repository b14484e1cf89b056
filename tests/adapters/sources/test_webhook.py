"""Who may send mentions, how many at once, and what the sender is told."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from multidict import CIMultiDict
from standardwebhooks import Webhook as Sender

from adapters.metrics import Metrics
from adapters.sources.signature import (
    FUTURE,
    MALFORMED,
    NO_HEADER,
    NO_MATCH,
    NO_TIMESTAMP,
    NOT_UTF8,
    STALE,
    TWICE,
)
from adapters.sources.webhook import BODY_BYTES, NO_SECRET, TOO_LARGE, Webhook
from bot.config import ConfigError
from bot.ports import Intake, Overloaded, Stale
from tests.adapters.serving import Answer, Asker, asking
from tests.fakes.intake import MemoryIntake

OLD, NEW, STRANGER = ("whsec_" + base64.b64encode(letter * 24).decode() for letter in (b"o", b"n", b"s"))
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}


def community_of(*, community: str | None, brand: str | None, source: str | None) -> str:
    return "everywhere"


def mention(number: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "source": "twitter",
        "id": str(number),
        "created_at": "2026-03-02T09:00:00Z",
        "author": {"handle": "ana"},
        "text": "Where is my bag?",
        **changed,
    }


def body(*mentions: Any) -> bytes:
    return json.dumps(list(mentions)).encode()


def signed(
    content: bytes, secret: str = NEW, *, at: datetime | None = None, id: str = "msg_1"
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        **JSON,
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Sender(secret).sign(id, at, content.decode()),
    }


class Door(Asker):
    """The desk's door for mentions."""

    async def post(self, content: bytes, headers: Any = JSON) -> Answer:
        return await self.ask("POST", "/mentions", content, headers)


@asynccontextmanager
async def door(
    intake: Intake, secrets: Sequence[str] = (), *, open_on_loopback: bool = True
) -> AsyncIterator[Door]:
    metrics = Metrics(queue_depth=lambda: 0)
    hook = Webhook(
        intake=intake,
        community_of=community_of,
        secrets=secrets,
        open_on_loopback=open_on_loopback,
        metrics=metrics,
    )
    async with asking(*hook.routes(), metrics=metrics) as asker:
        yield Door(asker.session, asker.serving, asker.metrics)


@pytest.fixture
def intake() -> MemoryIntake:
    return MemoryIntake()


@pytest.fixture
async def open_door(intake: MemoryIntake) -> AsyncIterator[Door]:
    """Without a secret, on loopback."""
    async with door(intake) as opened:
        yield opened


@pytest.fixture
async def locked_door(intake: MemoryIntake) -> AsyncIterator[Door]:
    """While the new secret replaces the old one."""
    async with door(intake, [OLD, NEW]) as opened:
        yield opened


# -- signatures ------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [OLD, NEW])
async def test_either_secret_opens_during_rotation(
    locked_door: Door, secret: str, intake: MemoryIntake
) -> None:
    content = body(mention())
    answer = await locked_door.post(content, signed(content, secret))
    assert (answer.status, answer.json) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    assert intake.ids == ["1"]


async def test_the_same_signed_request_again_is_known(locked_door: Door) -> None:
    content = body(mention())
    headers = signed(content)
    assert (await locked_door.post(content, headers)).json["accepted"] == 1
    assert (await locked_door.post(content, headers)).json == {"accepted": 0, "duplicates": 1, "rejected": []}


async def test_one_of_several_signatures_is_enough(locked_door: Door) -> None:
    content = body(mention())
    headers = signed(content)
    other = signed(content, STRANGER)["webhook-signature"]
    headers["webhook-signature"] = f"v2,aGVsbG8= {other} {headers['webhook-signature']}"
    assert (await locked_door.post(content, headers)).status == 202


CONTENT = body(mention())
MINUTES = timedelta(minutes=1)


def changed(**headers: str | None) -> dict[str, str]:
    given = {f"webhook-{name}": value for name, value in headers.items()}
    return {name: value for name, value in {**signed(CONTENT), **given}.items() if value is not None}


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (lambda: JSON, NO_HEADER % "webhook-id"),
        (lambda: changed(timestamp=None), NO_HEADER % "webhook-timestamp"),
        (lambda: changed(signature=""), NO_HEADER % "webhook-signature"),
        (lambda: signed(CONTENT, STRANGER), NO_MATCH),
        (lambda: signed(CONTENT + b" "), NO_MATCH),
        (lambda: changed(id="msg_2"), NO_MATCH),
        (lambda: changed(signature="v2,aGVsbG8="), NO_MATCH),
        (lambda: signed(CONTENT, at=datetime.now(UTC) - 6 * MINUTES), STALE),
        (lambda: signed(CONTENT, at=datetime.now(UTC) + 6 * MINUTES), FUTURE),
        (lambda: changed(timestamp=str(int((datetime.now(UTC) - 4 * MINUTES).timestamp()))), NO_MATCH),
        (lambda: changed(timestamp="soon"), NO_TIMESTAMP),
        (lambda: changed(timestamp="nan"), NO_TIMESTAMP),
        (lambda: changed(timestamp="1e300"), NO_TIMESTAMP),
        (lambda: changed(signature="nonsense"), MALFORMED),
        (lambda: changed(signature="v1,abc"), MALFORMED),
        (lambda: changed(signature="v1,é"), MALFORMED),
        (lambda: changed(signature="v1,a,b"), MALFORMED),
        (lambda: CIMultiDict([*signed(CONTENT).items(), ("webhook-id", "msg_1")]), TWICE % "webhook-id"),
        (
            lambda: CIMultiDict([*signed(CONTENT, STRANGER).items(), ("webhook-signature", "v1,aGVsbG8=")]),
            TWICE % "webhook-signature",
        ),
    ],
)
async def test_what_is_not_signed_well_stays_outside(
    locked_door: Door, intake: MemoryIntake, headers: Any, why: str
) -> None:
    answer = await locked_door.post(CONTENT, headers())
    assert (answer.status, answer.json) == (401, {"error": why})
    assert intake.taken == {}


async def test_four_minutes_are_near_enough(locked_door: Door) -> None:
    for minutes in (-4, 4):
        headers = signed(CONTENT, at=datetime.now(UTC) + minutes * MINUTES)
        assert (await locked_door.post(CONTENT, headers)).status == 202


async def test_a_body_that_is_not_utf8_cannot_be_signed(locked_door: Door) -> None:
    answer = await locked_door.post(b"\xff" + CONTENT, signed(CONTENT))
    assert (answer.status, answer.error) == (401, NOT_UTF8)


async def test_with_a_secret_nobody_comes_in_unsigned(locked_door: Door) -> None:
    assert (await locked_door.post(CONTENT)).status == 401


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_===", "not base64!", "whsec_é", "a"])
def test_a_secret_that_is_none_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(ConfigError, match="BATON_WEBHOOK_SECRETS: secret number 2 "):
        Webhook(
            intake=MemoryIntake(),
            community_of=community_of,
            secrets=[NEW, secret],
            open_on_loopback=True,
            metrics=Metrics(queue_depth=lambda: 0),
        )


async def test_a_secret_may_leave_out_its_prefix_and_padding(intake: MemoryIntake) -> None:
    secret = base64.b64encode(b"sixteen bytes ok").decode()
    async with door(intake, [secret.rstrip("=")]) as opened:
        assert (await opened.post(CONTENT, signed(CONTENT, "whsec_" + secret))).status == 202


# -- without a secret ----------------------------------------------------------------------------


async def test_this_machine_may_send_unsigned_on_loopback(open_door: Door, intake: MemoryIntake) -> None:
    assert (await open_door.post(CONTENT)).status == 202
    assert intake.ids == ["1"]


@pytest.mark.parametrize("header", ["Origin", "X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
async def test_a_browser_or_a_proxy_speaks_for_somebody_else(
    open_door: Door, intake: MemoryIntake, header: str
) -> None:
    answer = await open_door.post(CONTENT, {**JSON, header: "https://evil.example"})
    assert (answer.status, answer.error) == (401, NO_SECRET)
    assert intake.taken == {}


async def test_a_server_for_all_machines_takes_nothing_unsigned(intake: MemoryIntake) -> None:
    async with door(intake, open_on_loopback=False) as opened:
        answer = await opened.post(CONTENT)
    assert (answer.status, answer.error) == (401, NO_SECRET)
    assert "BATON_WEBHOOK_SECRETS" in answer.error


# -- what it says -----------------------------------------------------------------------------------


async def test_good_ones_are_taken_and_bad_ones_are_told(open_door: Door, intake: MemoryIntake) -> None:
    answer = await open_door.post(body(mention(1), mention(2, id=""), mention(1), "text", mention(3)))
    assert answer.status == 202
    assert (answer.json["accepted"], answer.json["duplicates"]) == (2, 1)
    assert [bad["index"] for bad in answer.json["rejected"]] == [1, 3]
    assert answer.json["rejected"][0]["reason"] == "id: is empty"
    assert intake.ids == ["1", "3"]


async def test_none_valid_is_400_with_the_reasons(open_door: Door, intake: MemoryIntake) -> None:
    answer = await open_door.post(body(mention(1, created_at="2026-03-02T09:00:00")))
    assert answer.status == 400
    assert "the zone is missing" in answer.json["rejected"][0]["reason"]
    assert (answer.json["accepted"], intake.sizes) == (0, [])


@pytest.mark.parametrize("content", [b"", b"[]", b"nonsense", b"\xff\xfe", b"[" * 60_000])
async def test_nothing_to_take_is_400(open_door: Door, content: bytes) -> None:
    answer = await open_door.post(content)
    assert answer.status == 400
    assert answer.error


async def test_one_object_a_line(open_door: Door, intake: MemoryIntake) -> None:
    content = b"\n".join(
        json.dumps(each).encode() for each in (mention(1), mention(2, text=None), mention(3))
    )
    assert (await open_door.post(content, LINES)).json["accepted"] == 2
    assert (await open_door.post(content, JSON)).json["duplicates"] == 2
    assert (await open_door.post(content, {})).json["rejected"] == [
        {"index": 1, "reason": "text: is missing"}
    ]


async def test_a_thousand_at_once_and_no_more(open_door: Door, intake: MemoryIntake) -> None:
    mentions = [mention(number) for number in range(1001)]
    assert (await open_door.post(body(*mentions[:1000]))).json["accepted"] == 1000
    answer = await open_door.post(body(*mentions))
    assert (answer.status, intake.sizes) == (413, [1000])
    assert "1001 mentions; one request may hold 1,000" in answer.error


async def test_a_mebibyte_at_once_and_no_more(open_door: Door) -> None:
    content = CONTENT + b" " * (BODY_BYTES - len(CONTENT))
    assert (await open_door.ask("POST", "/mentions", BytesIO(content), JSON)).status == 202
    for too_much in (BytesIO(content + b" "), chunks(content + b" ")):
        answer = await open_door.ask("POST", "/mentions", too_much, JSON)
        assert (answer.status, answer.error) == (413, TOO_LARGE)


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    """A body whose length no header tells."""
    for at in range(0, len(content), 65536):
        yield content[at : at + 65536]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_other_content_is_refused(open_door: Door, kind: str) -> None:
    answer = await open_door.post(CONTENT, {"Content-Type": kind})
    assert answer.status == 415
    assert "application/json" in answer.error and kind.partition(";")[0] in answer.error


async def test_a_charset_changes_nothing(open_door: Door) -> None:
    assert (await open_door.post(CONTENT, {"Content-Type": "application/json; charset=utf-8"})).status == 202


async def test_other_methods_are_refused(open_door: Door) -> None:
    answer = await open_door.ask("GET", "/mentions")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert answer.error == "This address does not take GET; it takes POST."


async def test_a_full_desk_asks_to_come_again(open_door: Door, intake: MemoryIntake) -> None:
    intake.raises = [Overloaded(7), Stale()]
    answer = await open_door.post(CONTENT)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
    assert "7 s" in answer.error
    assert (await open_door.post(CONTENT)).headers["Retry-After"] == "1"
    assert (await open_door.post(CONTENT)).status == 202


async def test_a_desk_that_cannot_store_says_why(open_door: Door, intake: MemoryIntake) -> None:
    intake.raises = [Overloaded(30, "The disk is full.")]
    answer = await open_door.post(CONTENT)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert answer.error == "The disk is full. Send this again in 30 s."


async def test_a_broken_store_is_500_so_that_the_sender_tries_again(
    open_door: Door, intake: MemoryIntake
) -> None:
    intake.raises = [OSError("disk on fire at sqlite:///secret-place")]
    answer = await open_door.post(CONTENT)
    assert (answer.status, answer.json["id"]) == (500, "e-1")
    assert b"fire" not in answer.body


async def test_the_answer_waits_for_the_commit() -> None:
    gate = asyncio.Event()

    class Slow(MemoryIntake):
        async def append(self, mentions: Any) -> Any:
            await gate.wait()
            return await super().append(mentions)

    async with door(Slow()) as opened:
        asked = asyncio.create_task(opened.post(CONTENT))
        await asyncio.sleep(0.05)
        assert not asked.done()
        gate.set()
        assert (await asked).status == 202


async def test_what_came_in_is_counted(open_door: Door) -> None:
    await open_door.post(body(mention(1), mention(2), mention(1), mention(4, id="")))
    text = open_door.metrics.text().decode()
    for outcome, count in (("accepted", 2), ("duplicate", 1), ("rejected", 1)):
        assert f'baton_mentions_total{{outcome="{outcome}"}} {count}.0' in text
