"""The policy's pagers, joined to the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import ClientSession, DummyCookieJar, web

from adapters.pagers.email import EmailPager
from adapters.pagers.inbound import TICKET, Acknowledging
from adapters.pagers.pagerduty import PagerDuty
from adapters.pagers.tickets import Tickets
from adapters.pagers.webhook import WebhookPager, usable
from bot.config import Config, ConfigError
from bot.config_secrets import PAGER
from bot.grammar import Listener
from bot.policy.model import PagerKind, PagerPlan, Policy
from bot.policy.places import PAGER as PLATFORM
from bot.ports import Chat, Clock

MISSING: Final = "The pager {name} needs {setting}: {what}."
KEY: Final = "the integration key of an Events API v2 integration"
SECRET: Final = (
    "a Standard Webhooks secret, such as whsec_ and 32 random bytes in base64, the same on both sides"
)
NO_SECRET: Final = "{setting} is no Standard Webhooks secret: write whsec_ and base64, as `openssl rand -base64 32` makes it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagers:
    """Every pager of the policy, by the name it has as a platform."""

    config: Config
    policy: Policy
    clock: Clock
    chats: Mapping[str, Chat] = field(default_factory=dict)

    def routes(self, listener: Listener) -> Sequence[web.RouteDef]:
        """Where acknowledgements come back."""
        if not self.policy.pagers:
            return ()
        return Acknowledging(
            plans=self.policy.pagers,
            people=self.policy.people,
            hear=listener.hear,
            clock=self.clock,
            tickets=_tickets(self.config),
            secrets=self.config.pager_secrets,
        ).routes()


@asynccontextmanager
async def pagers(config: Config, policy: Policy, clock: Clock) -> AsyncIterator[Pagers]:
    """The pagers, until the block is left. Raises ConfigError where one misses a setting: a page that cannot leave must
    be known before it is needed."""
    if not policy.pagers:
        yield Pagers(config=config, policy=policy, clock=clock)
        return
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:
        chats = {f"{PLATFORM}{name}": _one(plan, config, clock, http) for name, plan in policy.pagers.items()}
        yield Pagers(config=config, policy=policy, clock=clock, chats=chats)


def _one(plan: PagerPlan, config: Config, clock: Clock, http: ClientSession) -> Chat:
    secrets, platform = config.pager_secrets.get(plan.name, {}), f"{PLATFORM}{plan.name}"
    match plan.kind:
        case PagerKind.EMAIL:
            at = f"{config.public_url}{TICKET}" if config.public_url else ""
            return EmailPager(
                platform=platform,
                plan=plan,
                clock=clock,
                password=secrets.get("password", ""),
                acknowledge_at=at,
                tickets=_tickets(config),
            )
        case PagerKind.PAGERDUTY:
            return PagerDuty(platform=platform, plan=plan, http=http, key=_needed(plan, secrets, "key", KEY))
        case PagerKind.WEBHOOK:
            secret = _needed(plan, secrets, "secret", SECRET)
            if not usable(secret):
                raise ConfigError(NO_SECRET.format(setting=_setting(plan, "secret")))
            return WebhookPager(platform=platform, plan=plan, http=http, clock=clock, secret=secret)


def _needed(plan: PagerPlan, secrets: Mapping[str, str], what: str, help_: str) -> str:
    if not secrets.get(what):
        raise ConfigError(MISSING.format(name=plan.name, setting=_setting(plan, what), what=help_))
    return secrets[what]


def _setting(plan: PagerPlan, what: str) -> str:
    return f"{PAGER}{plan.name.upper().replace('-', '_')}__{what.upper()}"


def _tickets(config: Config) -> Tickets | None:
    return Tickets(config.token_keys) if config.token_keys else None
