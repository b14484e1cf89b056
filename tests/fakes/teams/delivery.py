"""How Teams tells our app: one POST with a token of the Bot Framework's, and its patience."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.teams.answer import NOT_HEARD, Answer
from tests.fakes.teams.state import Json

PATIENCE = 15.0
INVOKE_PATIENCE = 10.0
"""Seconds until Teams shows a person that something went wrong."""


@dataclass(frozen=True)
class Sent:
    """One request to our app, byte for byte."""

    activity: Json
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Delivery:
    """`token` makes the token for an activity, None for none."""

    token: Callable[[Json], str | None]
    endpoint: str | None = None
    patience: float = PATIENCE
    invoke_patience: float = INVOKE_PATIENCE
    sent: list[Sent] = field(default_factory=list)
    _session: ClientSession | None = None

    async def deliver(self, activity: Json) -> Answer:
        if not self.endpoint:
            return NOT_HEARD
        token = self.token(activity)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Microsoft-SkypeBotApi"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        sent = Sent(activity, json.dumps(activity, ensure_ascii=False).encode(), headers)
        self.sent.append(sent)
        return (await self.post(sent)).about(str(activity.get("id", "")))

    async def post(self, sent: Sent) -> Answer:
        """This request as it is."""
        if self._session is None:
            self._session = ClientSession()
        invoke = sent.activity.get("type") == "invoke"
        timeout = ClientTimeout(total=self.invoke_patience if invoke else self.patience)
        began = time.perf_counter()
        try:
            async with self._session.post(
                str(self.endpoint), data=sent.body, headers=sent.headers, timeout=timeout
            ) as response:
                text = await response.text()
        except TimeoutError:
            return Answer(0, reason="timeout", seconds=time.perf_counter() - began)
        except ClientError as error:
            return Answer(0, reason=f"connection failed: {error}")
        is_json = response.content_type == "application/json" and text
        body = json.loads(text) if is_json else text or None
        return Answer(response.status, body, seconds=time.perf_counter() - began)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
