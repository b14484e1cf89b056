"""`POST /mentions`: mentions that another program pushes to the desk, answered once they are safe."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Final, Protocol

import msgspec
from aiohttp import web

from adapters.sources.mention_fields import CommunityOf
from adapters.sources.mention_json import MentionReader, Parsed, TooMany
from adapters.sources.signature import Signatures
from bot.ports import Appended, Intake, Overloaded, Stale

NO_SECRET: Final = (
    "This desk has no webhook secret, so it takes mentions only from programs on its own machine while it listens on "
    "127.0.0.1. Set BATON_WEBHOOK_SECRETS to the secret that your sender signs with, and start the desk again."
)
WRONG_TYPE: Final = (
    "Send application/json or application/x-ndjson, and say so in the header Content-Type; this says %s."
)
TOO_LARGE: Final = (
    "The body is larger than 1 MiB, the most one request may hold. Send it in several requests."
)
TOO_MANY: Final = "There are %d mentions; one request may hold 1,000. Send them in several requests."
NONE_VALID: Final = "None of the mentions can be taken; each one's reason is beside it."
NO_MENTIONS: Final = "There are no mentions in the body."
BUSY: Final = "The desk is taking in more than it can store right now. Send this again in %d s."
AGAIN: Final = "Send this again in %d s."
TOO_SLOW: Final = "The body did not arrive within 30 s. Send it again."
CUT_SHORT: Final = "The body ended before all of it had arrived. Send it again."

PATH: Final = "/mentions"
BODY_BYTES: Final = 1024 * 1024
MOST_MENTIONS: Final = 1_000
BODY_WITHIN: Final = timedelta(seconds=30)

_BY_LINE: Final = "application/x-ndjson"
_TYPES: Final = ("application/json", _BY_LINE)
_FORWARDED: Final = ("Origin", "Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""What a browser or a proxy adds: then the request began somewhere else, though the last step is our own machine."""

_JSON: Final = {"Content-Type": "application/json"}
_encode: Final = msgspec.json.Encoder().encode


class Counts(Protocol):
    """Who counts what came in."""

    def mentions(self, accepted: int, duplicates: int, rejected: int) -> None: ...


class Webhook:
    """Takes mentions over HTTP. Without secrets only from this machine, and only where
    `open_on_loopback` says that the server listens on nothing else. Raises ConfigError for a secret that cannot be one.
    """

    def __init__(
        self,
        *,
        intake: Intake,
        community_of: CommunityOf,
        secrets: Sequence[str],
        open_on_loopback: bool,
        metrics: Counts,
    ) -> None:
        self._reader = MentionReader(community_of)
        self._intake = intake
        self._signatures = Signatures(secrets) if secrets else None
        self._open_on_loopback = open_on_loopback
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """202 after the commit; 400 when no mention is valid; 401, 408, 413, 415 and 503 with a sentence."""
        kind = request.content_type if "Content-Type" in request.headers else _TYPES[0]
        if kind not in _TYPES:
            return refused(415, WRONG_TYPE % kind[:80])
        if self._signatures is None and not self._from_here(request):
            return refused(401, NO_SECRET)
        body = await read_body(request)
        if isinstance(body, web.Response):
            return body
        refusal = self._signatures.refusal(request.headers, body) if self._signatures else None
        if refusal is not None:
            return refused(401, refusal)
        try:
            parsed = self._reader.read(body, by_line=kind == _BY_LINE, most=MOST_MENTIONS)
        except TooMany as many:
            return refused(413, TOO_MANY % many.count)
        return await self._store(parsed)

    async def _store(self, parsed: Parsed) -> web.Response:
        if not parsed.accepted:
            self._metrics.mentions(0, 0, len(parsed.rejected))
            return answered(400, Appended(accepted=0, duplicates=0), parsed)
        try:
            appended = await self._intake.append(parsed.accepted)
        except Overloaded as full:
            return busy(full.retry_after, full.why)
        except Stale:
            return busy(1)
        self._metrics.mentions(appended.accepted, appended.duplicates, len(parsed.rejected))
        return answered(202, appended, parsed)

    def _from_here(self, request: web.Request) -> bool:
        forwarded = any(name in request.headers for name in _FORWARDED)
        return self._open_on_loopback and not forwarded and _on_this_machine(request.remote)


async def read_body(request: web.Request) -> bytes | web.Response:
    """The body, or what to answer where it is too large or never came."""
    if (request.content_length or 0) > BODY_BYTES:
        return refused(413, TOO_LARGE)
    try:
        if request.content.is_eof():
            # All of it came with the headers, as small bodies do: no timer is needed.
            return await request.read()
        async with asyncio.timeout(BODY_WITHIN.total_seconds()):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return refused(413, TOO_LARGE)
    except TimeoutError:
        return refused(408, TOO_SLOW)
    except web.RequestPayloadError:
        return refused(400, CUT_SHORT)


def _on_this_machine(remote: str | None) -> bool:
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def answered(status: int, appended: Appended, parsed: Parsed) -> web.Response:
    """How many were taken, and why each of the others was not."""
    body: dict[str, object] = {
        "accepted": appended.accepted,
        "duplicates": appended.duplicates,
        "rejected": [{"index": each.index, "reason": each.reason} for each in parsed.rejected],
    }
    if status == 400:
        body["error"] = NONE_VALID if parsed.rejected else NO_MENTIONS
    return web.Response(status=status, body=_encode(body), headers=_JSON)


def busy(after: int, why: str = "") -> web.Response:
    """Asks for patience, in seconds."""
    response = refused(503, f"{why} {AGAIN % after}" if why else BUSY % after)
    response.headers["Retry-After"] = str(after)
    return response


def refused(status: int, sentence: str) -> web.Response:
    """Takes nothing, and says why."""
    return web.Response(status=status, body=_encode({"error": sentence}), headers=_JSON)
