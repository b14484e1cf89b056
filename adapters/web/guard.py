"""What stands before every address of the web chat: who may ask, how much, and how mistakes are told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from aiohttp import hdrs, web

from adapters.web.visit import visiting
from bot.ports import Overloaded, Stale

ELSEWHERE: Final = (
    "The web chat answers on this machine's own address only: open http://127.0.0.1 with its port."
)
OTHER_SITE: Final = "This came from another site, so nothing was done. Use the web chat's own page."
NOT_JSON: Final = "Send a JSON object, with the content type application/json."
TOO_LONG: Final = "That is too long: at most 64 kB fit into one message."
TOO_SLOW: Final = "What you sent did not arrive within 10 s, so nothing was done. Try again."
BUSY: Final = "The desk is very busy right now, so nothing was done. Try again in a moment."

MOST_BYTES: Final = 64 * 1024
BODY_WITHIN: Final = timedelta(seconds=10)
AGAIN_AFTER: Final = "60"
"""Seconds, for whoever does something too often."""

_OWN_NAME: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Wrong(Exception):
    """The request cannot be done as it stands; the sentence says why to a person."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


def guarded(handler: Handler) -> Handler:
    """The handler behind the checks. What cannot be done is answered with a sentence, in `error`."""

    async def checked(request: web.Request) -> web.StreamResponse:
        try:
            if visiting.get() is None:  # else the gate of signing in has looked, by other rules
                _own(request)
            return await handler(request)
        except Wrong as wrong:
            return refusal(wrong)
        except (Overloaded, Stale) as busy:
            after = busy.retry_after if isinstance(busy, Overloaded) else 1
            return answer({"error": BUSY}, 503, {hdrs.RETRY_AFTER: str(after)})

    return checked


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers={**HEADERS, **(headers or {})})


def refusal(wrong: Wrong) -> web.Response:
    """The sentence, and for whoever was too quick when to come again."""
    headers: dict[str, str] = {hdrs.RETRY_AFTER: AGAIN_AFTER} if wrong.status == 429 else {}
    return answer({"error": wrong.sentence}, wrong.status, headers)


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Wrong: 413 when it is too long, 408 when it does not come, 400 when it is
    none."""
    raw = bytearray()
    if (request.content_length or 0) > MOST_BYTES:
        raise Wrong(TOO_LONG, 413)
    try:
        async with asyncio.timeout(BODY_WITHIN.total_seconds()):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise Wrong(TOO_LONG, 413)
    except TimeoutError:
        raise Wrong(TOO_SLOW, 408) from None
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Wrong(NOT_JSON) from None
    if not isinstance(body, dict):
        raise Wrong(NOT_JSON)
    return body


def _own(request: web.Request) -> None:
    """Another site's page can do nothing here, not even under a name of its own that leads to us."""
    host = request.headers.get(hdrs.HOST, "")
    if not _OWN_NAME.fullmatch(host):
        raise Wrong(ELSEWHERE, 421)
    if request.method in (hdrs.METH_GET, hdrs.METH_HEAD):
        return
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
        raise Wrong(OTHER_SITE, 403)
    only_json(request)


def only_json(request: web.Request) -> None:
    """Another site's form cannot send this content type. Raises Wrong for any other."""
    if request.content_type != "application/json":
        raise Wrong(NOT_JSON, 415)
