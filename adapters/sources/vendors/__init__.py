"""Mentions that a vendor pushes in its own JSON: `GET|POST /mentions/NAME`, mapped as the policy says."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from adapters.sources.mention_json import MentionReader, Rejected, TooMany, decode
from adapters.sources.parts import Connected, Tools
from adapters.sources.pushed import Brought, Door, challenged, one_of
from adapters.sources.storable import BadMention
from adapters.sources.vendors.mapping import Mapper
from adapters.sources.vendors.proving import LEAST_SECRET, refusal, secrets
from adapters.sources.webhook import MOST_MENTIONS, TOO_MANY, refused
from bot.policy.model import SourcePlan
from bot.policy.vendors import Challenge, Proof, VendorPlan
from bot.triage.sifting import Sift

WHY_VERIFY: Final = "it is the word that the vendor says when it asks whether we are there"
NO_CHALLENGE: Final = "There is no %s in the query, so there is nothing to send back."
WRONG_WORD: Final = "The word in %s is not the one that was agreed on."
LONGEST_CHALLENGE: Final = 1_000


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing where a secret is missing or too short."""
    vendor = plan.options.get("vendor")
    vendor = vendor if isinstance(vendor, VendorPlan) else VendorPlan()
    hook = _Hook(plan, tools, vendor)
    routes = [web.post(hook.door.path, hook.post)]
    if vendor.proof is Proof.TOKEN:
        # The route is what the log and the metrics show: never the word itself.
        routes.append(web.post(f"{hook.door.path}/{{token}}", hook.post))
    if vendor.challenge is not None:
        gets = [route.path for route in routes]
        routes += [web.get(path, hook.get, allow_head=False) for path in gets]
    return Connected(plan=plan, routes=tuple(routes))


def mapper(plan: SourcePlan, community_of: object) -> Mapper | None:
    """Who reads what this vendor sends; None where it sends mentions as `POST /mentions` takes them."""
    vendor = plan.options.get("vendor")
    if not isinstance(vendor, VendorPlan) or vendor.mapping is None:
        return None
    sift = Sift((), plan.exclude, plan.exclude_authors)
    return Mapper(plan, vendor.mapping, community_of, sift)  # type: ignore[arg-type]


class _Hook:
    def __init__(self, plan: SourcePlan, tools: Tools, vendor: VendorPlan) -> None:
        self.door = Door(plan, tools, refusal(plan, tools, vendor))
        self._clock = tools.clock
        self._mapper = mapper(plan, tools.community_of)
        self._reader = MentionReader(tools.community_of)
        self._challenge = vendor.challenge
        asks = vendor.challenge is not None and vendor.challenge.token
        self._words = secrets(plan, tools, "verify", WHY_VERIFY, LEAST_SECRET) if asks else ()

    async def post(self, request: web.Request) -> web.Response:
        """As POST /mentions answers."""
        body = await self.door.body(request)
        if isinstance(body, web.Response):
            return body
        try:
            return await self.door.store(self._read(body))
        except TooMany as many:
            return refused(413, TOO_MANY % many.count)

    async def get(self, request: web.Request) -> web.Response:
        """A challenge: its word is sent back to whoever knows the one that was agreed on."""
        challenge = self._challenge or Challenge(answer="")
        if challenge.token and not one_of(request.query.get(challenge.token, ""), self._words):
            return refused(403, WRONG_WORD % challenge.token)
        word = request.query.get(challenge.answer, "")
        if not word or len(word) > LONGEST_CHALLENGE or not word.isprintable():
            return refused(400, NO_CHALLENGE % challenge.answer)
        return challenged(word)

    def _read(self, body: bytes) -> Brought:
        """Raises TooMany."""
        if self._mapper is None:
            parsed = self._reader.read(body, most=MOST_MENTIONS)
            return Brought(mentions=parsed.accepted, rejected=parsed.rejected)
        try:
            value, _ = decode(body)
        except BadMention as bad:
            return Brought(rejected=(Rejected(0, bad.reason),))
        return self._mapper.read(value, self._clock.now())
