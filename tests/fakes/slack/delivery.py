"""How Slack tells our app: signed HTTP or the socket, its patience, and its repetitions.

docs.slack.dev/apis/events-api: an answer within three seconds, else three more tries;
docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.slack.answer import NOT_HEARD, Answer
from tests.fakes.slack.socket import Sockets
from tests.fakes.slack.state import SIGNING_SECRET, Json

Kind = Literal["events_api", "slash_commands", "interactive"]
Signature = Literal["right", "wrong", "missing", "stale"]

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
STALE: Final = timedelta(minutes=5, seconds=1)


@dataclass(frozen=True)
class Sent:
    """One request or envelope to our app. Over HTTP `body` and `headers` are what went out, byte for byte."""

    kind: Kind
    payload: Json
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Delivery:
    """`patience` in seconds; `pauses` are the seconds before each repetition of an event.

    `now` dates signatures; verifiers read the machine's clock, so that is the right one.
    """

    now: Callable[[], datetime]
    sockets: Sockets
    request_url: str | None = None
    patience: float = 3.0
    pauses: Sequence[float] = (0.0, 0.0, 0.0)
    signature: Signature = "right"
    sent: list[Sent] = field(default_factory=list)
    _session: ClientSession | None = None

    @property
    def listened(self) -> bool:
        return bool(self.request_url) or self.sockets.wanted

    async def deliver(self, kind: Kind, payload: Json) -> Answer:
        """Tells our app; an event again and again until it is taken, anything else once."""
        if not self.listened:
            return NOT_HEARD
        answer = await self.attempt(kind, payload)
        if kind != "events_api":
            return answer
        for number, pause in enumerate(self.pauses, 1):
            if answer.ok or answer.reason == "no_retry":
                break
            await asyncio.sleep(pause)
            answer = await self.attempt(kind, payload, retry=number, reason=answer.reason)
            answer = replace(answer, attempts=number + 1)
        return answer

    async def attempt(self, kind: Kind, payload: Json, *, retry: int = 0, reason: str = "") -> Answer:
        if not self.request_url:
            self.sent.append(Sent(kind, payload))
            return await self.sockets.send(
                kind, payload, patience=self.patience, attempt=retry, reason=reason
            )
        body, content = _body(kind, payload)
        headers = {"Content-Type": content, **self.sign(body)}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason or "http_error"}
        sent = Sent(kind, payload, body, headers)
        self.sent.append(sent)
        return await self.post(sent)

    async def post(self, sent: Sent) -> Answer:
        """This request byte for byte, as it was signed."""
        if self._session is None:
            self._session = ClientSession()
        timeout = ClientTimeout(total=self.patience)
        try:
            async with self._session.post(
                str(self.request_url), data=sent.body, headers=sent.headers, timeout=timeout
            ) as response:
                text = await response.text()
        except TimeoutError:
            return Answer(0, reason="http_timeout")
        except ClientError:
            return Answer(0, reason="connection_failed")
        refusing = response.headers.get("X-Slack-No-Retry") == "1"
        reason = "" if response.ok else "no_retry" if refusing else "http_error"
        is_json = response.content_type == JSON
        return Answer(response.status, json.loads(text) if is_json and text else text or None, reason)

    def sign(
        self, body: bytes, *, at: datetime | None = None, secret: str = SIGNING_SECRET
    ) -> dict[str, str]:
        """The two headers for this body, made wrong as `signature` says."""
        if self.signature == "missing":
            return {}
        moment = (at or self.now()) - (STALE if self.signature == "stale" else timedelta())
        stamp = str(int(moment.timestamp()))
        key = "of somebody else" if self.signature == "wrong" else secret
        digest = hmac.new(key.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _body(kind: Kind, payload: Json) -> tuple[bytes, str]:
    fields: dict[str, Any] = payload
    if kind == "events_api":
        return json.dumps(payload).encode(), JSON
    if kind == "interactive":
        fields = {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), FORM
