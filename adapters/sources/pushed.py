"""What every source that is pushed to has in common: requests are answered once what they brought is safe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

import structlog
from aiohttp import web

from adapters.sources.mention_json import Parsed, Rejected
from adapters.sources.parts import SettingMissing, Tools
from adapters.sources.webhook import MOST_MENTIONS, PATH, TOO_MANY, answered, busy, read_body, refused
from bot.domain.mention import VIA
from bot.policy.model import SourcePlan
from bot.ports import Appended, Incoming, Overloaded, Removed, SourceState, Stale

log = structlog.get_logger(__name__)

MISSING: Final = "%s is missing: %s"
HEARD_EVERY: Final = timedelta(minutes=1)

Refusal = Callable[[web.Request, bytes], str | None]
"""A sentence for whoever is not who they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What stands in one request. `passed_over` counts what is fine but none of ours."""

    mentions: Sequence[Incoming] = ()
    removed: Sequence[Removed] = ()
    rejected: Sequence[Rejected] = ()
    passed_over: int = 0


class Door:
    """The way in of one source. `refusal` judges the sender by the raw body. It `says` that the source is well, unless
    somebody else looks after that."""

    def __init__(self, plan: SourcePlan, tools: Tools, refusal: Refusal, *, says: bool = True) -> None:
        self.plan = plan
        self._tools = tools
        self._refusal = refusal
        self._says = says
        self._heard: datetime | None = None

    @property
    def path(self) -> str:
        return f"{PATH}/{self.plan.name}"

    async def body(self, request: web.Request) -> bytes | web.Response:
        """The body of a known sender; else what to answer."""
        body = await read_body(request)
        if isinstance(body, web.Response):
            return body
        why = self._refusal(request, body)
        if why is not None:
            log.warning("a request to a source was refused", source=self.plan.name, why=why)
            return refused(401, why)
        return body

    async def store(self, brought: Brought) -> web.Response:
        """202 after the commit of all of it; 400 where nothing in it can be taken; 503 asks to send it again."""
        parsed = Parsed(tuple(brought.mentions), tuple(brought.rejected))
        if not (brought.mentions or brought.removed or brought.passed_over):
            return answered(400, Appended(accepted=0, duplicates=0), parsed)
        if len(brought.mentions) > MOST_MENTIONS:
            return refused(413, TOO_MANY % len(brought.mentions))
        try:
            appended = await self._append(brought)
        except Overloaded as full:
            return busy(full.retry_after, full.why)
        except Stale:
            return busy(1)
        counts = appended.accepted, appended.duplicates, len(brought.removed)
        self._tools.brought(self.plan.name, *counts)
        await self._note()
        return answered(202, appended, parsed)

    async def _append(self, brought: Brought) -> Appended:
        marked = [replace(one, extra={**one.extra, VIA: self.plan.name}) for one in brought.mentions]
        appended = Appended(accepted=0, duplicates=0)
        if marked:
            appended = await self._tools.intake.append(marked)
        whole = [one for one in marked if one.text] if appended.duplicates else []
        if whole:
            # One of the known ones may have come without its words before.
            completed = await self._tools.book.complete(whole)
            appended = Appended(
                accepted=appended.accepted + completed, duplicates=max(0, appended.duplicates - completed)
            )
        if brought.removed:
            await self._tools.book.remove(brought.removed)
        return appended

    async def _note(self) -> None:
        """That it is well: said now and then, not at each request."""
        now = self._tools.clock.real()
        if self._heard is not None and now - self._heard < HEARD_EVERY:
            return
        self._heard = now
        try:
            await self._tools.book.heard(self.plan.name)
            if self._says:
                await self._tools.book.say(self.plan.name, SourceState.WELL)
        except (Overloaded, Stale):
            # What it brought is safe; that it is well is said with the next request.
            self._heard = None


def setting(plan: SourcePlan, what: str) -> str:
    """The name of the environment variable that holds it."""
    return f"BATON_SOURCE_{plan.name.upper().replace('-', '_')}__{what.upper()}"


def needed(plan: SourcePlan, tools: Tools, what: str, why: str) -> str:
    """A secret that must be there. Raises SettingMissing with the name to set."""
    found = tools.secrets.get(what, "")
    if not found:
        raise SettingMissing(MISSING % (setting(plan, what), why))
    return found


def one_of(given: str, known: Sequence[str]) -> bool:
    """Whether it is one of these secrets; how long it takes tells nothing."""
    raw = given.encode("utf-8", "surrogatepass")
    good = [compare_digest(raw, each.encode()) for each in known]
    return any(good)


def challenged(answer: str) -> web.Response:
    """The word of a challenge sent back as plain text, which no browser takes for anything else."""
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
    return web.Response(text=answer, content_type="text/plain", headers=headers)
