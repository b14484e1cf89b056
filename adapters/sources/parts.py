"""What every source and account is made of, and with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientSession, web

from adapters.sources.mention_fields import CommunityOf
from bot.policy.model import SourcePlan
from bot.ports import Clock, Intake, Network, Source, SourceBook, Vault


def _nobody_counts(source: str, accepted: int, duplicates: int, removed: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a source may use. `http` is shared: no cookies, no redirects to be trusted, 30 s for everything unless a
    call says otherwise. `secrets` are its own settings: `BATON_SOURCE_<NAME>_<WHAT>` is `secrets["<what>"]` (small
    letters). `intake`, `book` and `brought` (which counts: source, accepted, duplicates, removed) are for those that are
    pushed to; who listens just brings batches."""

    http: ClientSession
    clock: Clock
    vault: Vault
    intake: Intake
    book: SourceBook
    community_of: CommunityOf
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    brought: Callable[[str, int, int, int], None] = _nobody_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """One `[sources.NAME]` of the policy, ready: what is listened to, who answers there, what it is pushed to at."""

    plan: SourcePlan
    source: Source | None = None
    network: Network | None = None
    routes: tuple[web.AbstractRouteDef, ...] = ()


class SettingMissing(Exception):
    """A setting that this source needs is missing or wrong; the text says which, and what to write."""


def community(plan: SourcePlan, community_of: CommunityOf, *, brand: str | None = None) -> str:
    """Where this source's mentions belong: where the plan says, else by brand or source."""
    return community_of(community=plan.community or None, brand=brand, source=plan.source)
