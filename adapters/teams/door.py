"""`POST /api/messages`: what Teams says goes in once its token is checked; what strangers say is refused."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final

import msgspec
import structlog
from aiohttp import hdrs, web

from adapters.teams.claims import BadToken, Tokens, Verified, misfit, tenants_of
from adapters.teams.keys import Keys, KeysUnknown
from bot.config import TeamsSettings
from bot.ports import ChatError, Clock, Overloaded, Stale

log = structlog.get_logger(__name__)

NOT_TEAMS: Final = "This is no token that Microsoft Teams sends to this desk."
NOT_FOR_US: Final = "This desk does not take this from there."
ELSEWHERE: Final = "This desk checks no tokens, so it takes activities only from programs on its own machine."
NO_KEYS: Final = "The keys that Microsoft signs with cannot be had right now, so nobody can say who this is. Send it again in %d s."
BUSY: Final = "The desk is taking in more than it can store right now. Send this again in %d s."
NOT_JSON: Final = "Send an activity: a JSON object in UTF-8."
NOT_AN_ACTIVITY: Final = "This activity lacks its %s."
WRONG_TYPE: Final = "Send application/json, and say so in the header Content-Type."
TOO_LARGE: Final = "The body is larger than 1 MiB, the most one activity may hold."
TOO_SLOW: Final = "The body did not arrive within 10 s. Send it again."
CUT_SHORT: Final = "The body ended before all of it had arrived. Send it again."
SURPRISE: Final = "Something went wrong on our side. It is in the log as %s; tell whoever runs this desk."

PATH: Final = "/api/messages"
BODY_BYTES: Final = 1024 * 1024
"""Teams' own limit for a message is about 100 kB; a form's values may come on top."""
BODY_WITHIN: Final = timedelta(seconds=10)
AGAIN_AFTER: Final = 2
"""Seconds, and a wish: Teams repeats after 15 s of silence and after some failures, without saying after which.
learn.microsoft.com/microsoftteams/platform/bots/bot-basics, github.com/MicrosoftDocs/msteams-docs/issues/8998"""

_FORWARDED: Final = ("Origin", "Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
"""What a browser or a proxy adds: then the request began somewhere else, though the last step is our own machine."""
_NEEDED: Final = ("type", "serviceUrl", "channelId")
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Answer:
    """What Teams is told: for an invoke its JSON body, for everything else nothing."""

    status: int = 200
    body: Mapping[str, Any] | None = None


class _No(Exception):
    """The request is refused with a status and a sentence; `why` is for the log."""

    def __init__(self, status: int, sentence: str, *, why: str = "", after: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.why, self.after = status, sentence, why, after


class Door:
    """Hands activities to `hear`, each with a token of the Bot Connector that is good, ours, and fits.

    401: no good token. 403: a good one for something else, or a tenant that the settings do not name. 400, 408, 413,
    415: what came is no activity. 503 with Retry-After: nothing was done, and it may be sent again; so too when
    the keys cannot be had, since 401 would tell Teams that its token is bad, and the words would be lost for good.
    With anonymous settings no token is checked, and only programs on this machine are let in.
    """

    def __init__(
        self,
        settings: TeamsSettings,
        clock: Clock,
        hear: Callable[[Mapping[str, Any]], Awaitable[Answer]],
    ) -> None:
        """Raises ConfigError for an OpenID address that is not safe."""
        self._hear, self._anonymous = hear, settings.anonymous
        self._tenants = frozenset(tenant.lower() for tenant in settings.tenants)
        self._keys = Keys(settings.openid_url, clock)
        self._tokens = Tokens(settings.app_id, self._keys, clock)

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.take)]

    async def open(self) -> None:
        """Begins to fetch the keys, so that the first who speaks need not wait for them."""
        if not self._anonymous:
            self._keys.renew()

    async def close(self) -> None:
        await self._keys.close()

    async def take(self, request: web.Request) -> web.Response:
        try:
            activity = await self._let_in(request)
        except _No as no:
            log.info("refused at the door of Teams", status=no.status, why=no.why or no.sentence)
            return _refusal(no)
        try:
            return _answered(await self._hear(activity))
        except (Overloaded, Stale, ChatError) as error:
            log.warning("an activity must come again", error=str(error), kind=type(error).__name__)
            after = error.retry_after if isinstance(error, Overloaded) else AGAIN_AFTER
            return _refusal(_No(503, BUSY % after, after=after))
        except Exception:  # the edge: nobody further out knows what Teams may be told
            id = secrets.token_hex(4)
            log.exception("an activity of Teams failed", id=id, kind=str(activity.get("type"))[:40])
            return _refusal(_No(500, SURPRISE % id))

    async def _let_in(self, request: web.Request) -> Mapping[str, Any]:
        """The activity, when its sender may say it. Strangers' bodies are not even read."""
        if self._anonymous:
            _from_here(request)
            return _activity(await _body(request))
        token = await self._verified(request)
        activity = _activity(await _body(request))
        why = misfit(token, activity)
        if why is not None:
            raise _No(403, NOT_FOR_US, why=why)
        tenants = tenants_of(activity)
        if not tenants or not tenants <= self._tenants:
            raise _No(403, NOT_FOR_US, why="BATON_TEAMS_TENANT_ID does not name its tenant")
        return activity

    async def _verified(self, request: web.Request) -> Verified:
        try:
            return await self._tokens.verify(request.headers.getall(hdrs.AUTHORIZATION, []))
        except BadToken as bad:
            raise _No(401, NOT_TEAMS, why=str(bad)) from bad
        except KeysUnknown as unknown:
            raise _No(503, NO_KEYS % unknown.retry_after, after=unknown.retry_after) from unknown


def _from_here(request: web.Request) -> None:
    if any(name in request.headers for name in _FORWARDED) or not _on_this_machine(request.remote):
        raise _No(403, ELSEWHERE)


async def _body(request: web.Request) -> bytes:
    if request.content_type != "application/json" or hdrs.CONTENT_TYPE not in request.headers:
        raise _No(415, WRONG_TYPE)
    if (request.content_length or 0) > BODY_BYTES:
        raise _No(413, TOO_LARGE)
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN.total_seconds()):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > BODY_BYTES:
                    raise _No(413, TOO_LARGE)
    except TimeoutError:
        raise _No(408, TOO_SLOW) from None
    except web.RequestPayloadError:
        raise _No(400, CUT_SHORT) from None
    return bytes(raw)


def _activity(raw: bytes) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        raise _No(400, NOT_JSON) from None
    if not isinstance(found, dict):
        raise _No(400, NOT_JSON)
    for name in _NEEDED:
        if not isinstance(found.get(name), str) or not found[name]:
            raise _No(400, NOT_AN_ACTIVITY % name)
    conversation = found.get("conversation")
    if not isinstance(conversation, dict) or not isinstance(conversation.get("id"), str):
        raise _No(400, NOT_AN_ACTIVITY % "conversation")
    return found


def _answered(answer: Answer) -> web.Response:
    if answer.body is None:
        return web.Response(status=answer.status)
    return web.Response(
        status=answer.status, body=_encode(dict(answer.body)), content_type="application/json"
    )


def _refusal(no: _No) -> web.Response:
    headers = {}
    if no.after:
        headers[hdrs.RETRY_AFTER] = str(no.after)
    if no.status == 401:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return web.Response(
        status=no.status,
        body=_encode({"error": no.sentence}),
        headers=headers,
        content_type="application/json",
    )


def _on_this_machine(remote: str | None) -> bool:
    try:
        address = ip_address(remote or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
