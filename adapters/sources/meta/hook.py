"""Meta pushing to us: the challenge when the webhook is set up, and posts signed with the app's secret."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web

from adapters.sources.asking import Unanswered, Unasked
from adapters.sources.mention_json import Rejected, decode
from adapters.sources.meta.graph import Busy, Graph, GraphError, TokenLost, Unclear
from adapters.sources.meta.posts import Reader
from adapters.sources.meta.told import Lookup
from adapters.sources.parts import Tools
from adapters.sources.pushed import Brought, Door, challenged, one_of
from adapters.sources.storable import BadMention
from adapters.sources.webhook import busy, refused
from bot.ports import Incoming

log = structlog.get_logger(__name__)

HEADER: Final = "X-Hub-Signature-256"
NO_HEADER: Final = f"The header {HEADER} is missing, or came more than once."
NO_MATCH: Final = f"The header {HEADER} does not fit this body and the app's secret."
WRONG_WORD: Final = "hub.verify_token is not the word that was agreed on."
NO_CHALLENGE: Final = "There is no hub.challenge in the query, or hub.mode is not subscribe."
LATER: Final = "Some words could not be looked up yet."
LONGEST_CHALLENGE: Final = 1_000

LOOKED_WITHIN: Final = timedelta(seconds=5)
"""Meta waits a few seconds for an answer; what is not looked up by then comes with its next try."""


class MetaHook:
    """`GET|POST /mentions/NAME`. Without a graph nothing can be looked up: such posts stand without words."""

    def __init__(
        self, reader: Reader, tools: Tools, graph: Graph | None, secrets: Sequence[str], words: Sequence[str]
    ) -> None:
        self._reader = reader
        self._clock = tools.clock
        self._graph = graph
        self._secrets = [each.encode() for each in secrets]
        self._words = words
        # With a token its health is looked after elsewhere.
        self._door = Door(reader.plan, tools, self._refusal, says=graph is None)

    def routes(self) -> tuple[web.AbstractRouteDef, ...]:
        return web.get(self._door.path, self.challenge, allow_head=False), web.post(
            self._door.path, self.take
        )

    async def challenge(self, request: web.Request) -> web.Response:
        if not one_of(request.query.get("hub.verify_token", ""), self._words):
            return refused(403, WRONG_WORD)
        word = request.query.get("hub.challenge", "")
        good = word and len(word) <= LONGEST_CHALLENGE and word.isprintable()
        if not good or request.query.get("hub.mode") != "subscribe":
            return refused(400, NO_CHALLENGE)
        return challenged(word)

    async def take(self, request: web.Request) -> web.Response:
        """As POST /mentions answers; 503 also where words could not be looked up yet, so that Meta sends them again."""
        body = await self._door.body(request)
        if isinstance(body, web.Response):
            return body
        try:
            value, _ = decode(body)
        except BadMention as bad:
            return await self._door.store(Brought(rejected=(Rejected(0, bad.reason),)))
        told = self._reader.read(value, self._clock.real())
        found, again = await self._looked_up(told.lookups)
        passed_over = told.others + len(told.lookups) - len(found)
        answer = await self._door.store(
            Brought(
                mentions=[*told.mentions, *found],
                removed=told.removed,
                rejected=told.rejected,
                passed_over=passed_over,
            )
        )
        return busy(60, LATER) if again and answer.status == 202 else answer

    async def _looked_up(self, lookups: Sequence[Lookup]) -> tuple[list[Incoming], bool]:
        """The mentions, with their words where they could be had; and whether asking again later would help."""
        found: dict[int, Incoming | None] = {index: one.mention for index, one in enumerate(lookups)}
        again = False
        try:
            async with asyncio.timeout(LOOKED_WITHIN.total_seconds()):
                for index, lookup in enumerate(lookups):
                    try:
                        found[index] = await self._look_up(lookup)
                    except (Busy, Unclear, Unasked, Unanswered, TokenLost) as error:
                        log.warning(
                            "a post's words cannot be had now", source=self._reader.plan.name, why=str(error)
                        )
                        again = True
                        break
        except TimeoutError:
            again = True
        return [one for one in found.values() if one is not None], again

    async def _look_up(self, lookup: Lookup) -> Incoming | None:
        if self._graph is None:
            return lookup.mention
        try:
            answer = await self._graph.ask("GET", lookup.path, {"fields": lookup.fields}, LOOKED_WITHIN)
        except (Busy, Unclear, TokenLost):
            raise
        except GraphError as error:
            # Gone already, or not for us: it stands with its number.
            log.info("a post's words cannot be had", source=self._reader.plan.name, why=str(error))
            return lookup.mention
        return self._reader.worded(lookup, answer)

    def _refusal(self, request: web.Request, body: bytes) -> str | None:
        given = request.headers.getall(HEADER, ())
        if len(given) != 1:
            return NO_HEADER
        known = ["sha256=" + hmac.digest(secret, body, "sha256").hex() for secret in self._secrets]
        return None if one_of(given[0], known) else NO_MATCH
