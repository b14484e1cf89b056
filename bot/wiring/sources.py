"""The places that mentions come from and replies go to, as the policy names them, joined to the desk."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, cast

import structlog
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from adapters.http import Probe
from adapters.metrics import SourceMetrics
from adapters.sources.listening import Listening
from adapters.sources.parts import Connected, SettingMissing, Tools
from bot.config import Config
from bot.domain.mention import Mention
from bot.policy.model import Policy, SourceKind, SourcePlan
from bot.ports import Batch, Network, Overloaded, Put, Source, SourceReport, SourceShut, SourceState, Stale
from bot.triage.rules import community_of
from handlers.urgent.source_words import source_words
from storage.sql.store import SqlStore

log = structlog.get_logger(__name__)

WITHIN: Final = ClientTimeout(total=30, connect=10)
KINDS: Final[Mapping[SourceKind, str]] = {
    SourceKind.BLUESKY: "adapters.sources.bluesky",
    SourceKind.MASTODON: "adapters.sources.mastodon",
    SourceKind.RSS: "adapters.sources.feeds",
    SourceKind.HACKERNEWS: "adapters.sources.hackernews",
    SourceKind.REDDIT: "adapters.sources.reddit",
    SourceKind.X: "adapters.sources.x",
    SourceKind.META: "adapters.sources.meta",
    SourceKind.YOUTUBE: "adapters.sources.youtube",
    SourceKind.WEBHOOK: "adapters.sources.vendors",
}
"""Where each kind's `connect(plan, tools)` is. Loaded when a policy names it: some bring large libraries."""

SAID: Final = "%s since %s: %s"

Connect = Callable[[SourcePlan, Tools], Connected]


@dataclass(slots=True)
class Pushed:
    """Counts what is pushed to sources, once somebody watches."""

    watched: SourceMetrics | None = None

    def brought(self, source: str, accepted: int, duplicates: int, removed: int) -> None:
        if self.watched is not None:
            self.watched.brought(source, accepted, duplicates, removed)


@dataclass(slots=True)
class Sources:
    """Every source of the policy. Also the Networks port: who answers where."""

    connected: Sequence[Connected]
    store: SqlStore
    policy: Policy
    pushed: Pushed = field(default_factory=Pushed)
    _networks: Mapping[str, Network] = field(init=False)

    def __post_init__(self) -> None:
        self._networks = {one.plan.name: one.network for one in self.connected if one.network is not None}

    def answering(self, mention: Mention) -> Network | None:
        if mention.via in self._networks:
            return self._networks[mention.via]
        plans = (one.plan for one in self.connected if one.plan.name in self._networks)
        same = (plan.name for plan in plans if plan.source.casefold() == mention.source.casefold())
        name = next(same, None)
        return self._networks[name] if name else None

    def named(self, name: str) -> Network | None:
        return self._networks.get(name)

    def every(self) -> Sequence[Network]:
        return tuple(self._networks.values())

    def routes(self) -> list[web.AbstractRouteDef]:
        return [route for one in self.connected for route in one.routes]

    def reported(self) -> Mapping[str, Probe]:
        """For the body of `/readyz`: how each source is, whichever replica listens to it."""
        return {f"source {one.plan.name}": partial(self._probe, one.plan.name) for one in self.connected}

    async def _probe(self, name: str) -> None:
        report = (await self.store.sources.reports()).get(name)
        if report is not None and report.state in (SourceState.DOWN, SourceState.SHUT):
            raise RuntimeError(SAID % (report.state, report.since.isoformat(timespec="seconds"), report.said))

    async def listen(self, watched: SourceMetrics) -> None:
        """Until cancelled."""
        self.pushed.watched = watched
        sources = {one.plan.name: one.source for one in self.connected if one.source is not None}
        listening = Listening(
            sources=sources,
            book=self.store.sources,
            clock=self.store.clock,
            watched=watched,
            telling=self._telling,
        )
        await self._mended()
        await listening.run()
        await asyncio.Event().wait()

    async def _mended(self) -> None:
        """What missed a setting, has it now and is pushed to: nobody else says so before its next post."""
        pushed = [one.plan.name for one in self.connected if one.source is None]
        try:
            reports = await self.store.sources.reports() if pushed else {}
            for name in pushed:
                if name in reports and reports[name].state is SourceState.SHUT:
                    telling = partial(self._telling, state=SourceState.WELL, said="")
                    await self.store.sources.say(name, SourceState.WELL, telling=telling)
        except (Overloaded, Stale) as busy:
            log.warning(
                "the database is busy, mended sources say so with their next post", why=type(busy).__name__
            )

    def _telling(self, before: SourceReport, state: SourceState, said: str) -> Iterable[Put]:
        real, now = self.store.clock.real(), self.store.clock.now()
        return source_words(self.policy, before, state, said, real=real, at=now)


@asynccontextmanager
async def connected(config: Config, policy: Policy, store: SqlStore) -> AsyncIterator[Sources]:
    """The policy's sources, until the block is left. One that misses a setting is there, shut, and says which."""
    if not policy.sources:
        yield Sources((), store, policy)
        return
    pushed = Pushed()
    async with ClientSession(timeout=WITHIN, cookie_jar=DummyCookieJar()) as http:
        tools = partial(
            Tools,
            http=http,
            clock=store.clock,
            vault=store.vault,
            intake=store.intake,
            book=store.sources,
            community_of=partial(community_of, policy),
            brought=pushed.brought,
        )
        yield Sources(
            [
                _one(plan, tools(secrets=config.source_secrets.get(name, {})))
                for name, plan in policy.sources.items()
            ],
            store,
            policy,
            pushed,
        )


def _one(plan: SourcePlan, tools: Tools) -> Connected:
    connect = cast(Connect, importlib.import_module(KINDS[plan.kind]).connect)
    try:
        return connect(plan, tools)
    except SettingMissing as missing:
        log.error("a source is shut until its settings are mended", source=plan.name, why=str(missing))
        return Connected(plan=plan, source=cast(Source, _Shut(str(missing))))


@dataclass(frozen=True, slots=True)
class _Shut:
    """A source that waits for its settings: it says so as any source would."""

    why: str

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        raise SourceShut(self.why)
        yield Batch()  # what makes it a generator
