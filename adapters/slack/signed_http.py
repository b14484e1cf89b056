"""Signed HTTP: what Slack sends goes to Bolt, what strangers send is refused, whatever its bytes are."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack.bolt import HEARD

NOT_TEXT: Final = "The body is not UTF-8, so it is not Slack's."
NOT_SLACK: Final = "This is nothing that Slack sends."
TOO_SLOW: Final = "The body did not arrive within 10 s. Send it again."
NOT_SIGNED: Final = "The signature is not Slack's."

BODY_WITHIN: Final = timedelta(seconds=10)

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")
_KEPT: Final = ("Content-Type", "X-Slack-Request-Timestamp", "X-Slack-Signature", "X-Slack-Retry-Num")


def signed_http(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Handles requests whose signature is Slack's and not older than five minutes; the others are 400 or 401.

    The application limits the body. docs.slack.dev/authentication/verifying-requests-from-slack
    """

    async def receive(request: web.Request) -> web.Response:
        try:
            # As it came: the signature is over these bytes, and aiohttp's text() would obey any charset.
            async with asyncio.timeout(BODY_WITHIN.total_seconds()):
                body = (await request.read()).decode("utf-8")
        except TimeoutError:
            return _refusal(408, TOO_SLOW)
        except UnicodeDecodeError:
            return _refusal(400, NOT_TEXT)
        if not _could_be_signed(request.headers):
            return _refusal(401, NOT_SIGNED)
        try:
            asked = AsyncBoltRequest(body=body, headers=_headers(request.headers))
        except Exception:  # Bolt reads the body before it checks the signature, and trusts its shape
            return _refusal(400, NOT_SLACK)
        answer = await app.async_dispatch(asked)
        if answer.status == 500 and HEARD not in asked.context:
            return _refusal(400, NOT_SLACK)
        return await to_aiohttp_response(answer)

    return receive


def _could_be_signed(headers: Mapping[str, str]) -> bool:
    """Bolt answers 500 to a signature or a time that is none; without any it answers 401 by itself."""
    at, signature = headers.get("X-Slack-Request-Timestamp", "0"), headers.get("X-Slack-Signature", "")
    return bool(_TIMESTAMP.fullmatch(at)) and (not signature or bool(_SIGNATURE.fullmatch(signature)))


def _headers(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name: headers[name] for name in _KEPT if name in headers}


def _refusal(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
