"""X pushing to us: its hourly challenge, and posts signed with the app's secret."""

from __future__ import annotations

import base64
import hmac
from typing import Final

from aiohttp import web

from adapters.sources.mention_json import Rejected, decode
from adapters.sources.parts import Tools
from adapters.sources.pushed import Brought, Door, one_of
from adapters.sources.storable import BadMention
from adapters.sources.webhook import refused
from adapters.sources.x.events import hear
from adapters.sources.x.posts import Reader

HEADER: Final = "x-twitter-webhooks-signature"
NO_HEADER: Final = f"The header {HEADER} is missing, or came more than once."
NO_MATCH: Final = f"The header {HEADER} does not fit this body and the app's secret."
NO_TOKEN: Final = "There is no crc_token in the query."
LONGEST_TOKEN: Final = 1_000


class XHook:
    """`GET /mentions/NAME?crc_token=` and `POST /mentions/NAME`."""

    def __init__(self, reader: Reader, tools: Tools, secret: str) -> None:
        self._reader = reader
        self._clock = tools.clock
        self._secret = secret.encode()
        self._door = Door(reader.plan, tools, self._refusal)

    def routes(self) -> tuple[web.AbstractRouteDef, ...]:
        return web.get(self._door.path, self.challenge, allow_head=False), web.post(
            self._door.path, self.take
        )

    async def challenge(self, request: web.Request) -> web.Response:
        token = request.query.get("crc_token", "")
        if not token or len(token) > LONGEST_TOKEN:
            return refused(400, NO_TOKEN)
        return web.json_response({"response_token": self._signature(token.encode("utf-8", "replace"))})

    async def take(self, request: web.Request) -> web.Response:
        """As POST /mentions answers; what is no post, such as a like, is taken and forgotten."""
        body = await self._door.body(request)
        if isinstance(body, web.Response):
            return body
        try:
            value, _ = decode(body)
        except BadMention as bad:
            return await self._door.store(Brought(rejected=(Rejected(0, bad.reason),)))
        heard = hear(value, self._reader, self._clock.real())
        brought = Brought(
            mentions=heard.mentions, removed=heard.removed, rejected=heard.rejected, passed_over=heard.others
        )
        return await self._door.store(brought)

    def _refusal(self, request: web.Request, body: bytes) -> str | None:
        given = request.headers.getall(HEADER, ())
        if len(given) != 1:
            return NO_HEADER
        return None if one_of(given[0], [self._signature(body)]) else NO_MATCH

    def _signature(self, signed: bytes) -> str:
        return "sha256=" + base64.b64encode(hmac.digest(self._secret, signed, "sha256")).decode()
