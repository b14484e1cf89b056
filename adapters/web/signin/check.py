"""Does signing in work? What an examination of the settings and of the provider finds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from adapters.web.signin.fetching import WITHIN, Fetching, ProviderAway
from adapters.web.signin.id_token import SKEW
from adapters.web.signin.provider import Provider
from bot.config_signin import SignInSettings
from bot.policy.model import Policy
from bot.ports import Clock, Finding, Health

AREA: Final = "Sign-in"
LINKS_ONLY: Final = (
    "People sign in at {url} by one-time links alone: `web` said to Baton, or `baton signin EMAIL`."
)
REACHED: Final = "{issuer} answers. It must know the redirect address {uri}."
AWAY: Final = "The provider cannot be used: {why}."
MEND_AWAY: Final = (
    "BATON_SIGNIN_ISSUER must be the issuer exactly as the provider's /.well-known/openid-configuration names it, "
    "and this machine must reach it."
)
PLAIN: Final = "{url} is plain http, which is for trying it out on this machine."
MEND_PLAIN: Final = "Set BATON_PUBLIC_URL to the https address under which people open the desk."
SKEWED: Final = "This machine's clock is {seconds} seconds {way} the provider's; tokens may be refused."
MEND_SKEW: Final = "Let the machine keep its time by NTP."
NO_DOMAINS: Final = (
    "The policy names no company domains, and this provider's addresses count only in one of them."
)
MEND_DOMAINS: Final = 'Write `domains = ["example.com"]` under [company].'


async def examine(settings: SignInSettings, policy: Policy, clock: Clock) -> AsyncIterator[Finding]:
    """Everything that can be seen without signing in. Changes nothing."""
    if not settings.secure:
        said = PLAIN.format(url=settings.public_url)
        yield Finding(area=AREA, health=Health.DOUBTFUL, says=said, mend=MEND_PLAIN)
    oidc = settings.oidc
    if oidc is None:
        yield Finding(area=AREA, health=Health.WELL, says=LINKS_ONLY.format(url=settings.public_url))
        return
    if oidc.claim and not policy.company.domains:
        yield Finding(area=AREA, health=Health.BROKEN, says=NO_DOMAINS, mend=MEND_DOMAINS)
    provider = Provider(oidc, clock, Fetching())
    try:
        await provider.ask()
    except ProviderAway as error:
        yield Finding(area=AREA, health=Health.BROKEN, says=AWAY.format(why=error), mend=MEND_AWAY)
        return
    finally:
        await provider.close()
    yield Finding(
        area=AREA,
        health=Health.WELL,
        says=REACHED.format(issuer=oidc.issuer, uri=settings.redirect_uri),
    )
    apart = await _apart(oidc.issuer, clock)
    if apart is not None and abs(apart) > SKEW / 2:
        way = "ahead of" if apart > timedelta(0) else "behind"
        said = SKEWED.format(seconds=round(abs(apart).total_seconds()), way=way)
        yield Finding(area=AREA, health=Health.DOUBTFUL, says=said, mend=MEND_SKEW)


async def _apart(issuer: str, clock: Clock) -> timedelta | None:
    """How far our clock is ahead of the provider's, as its answers are dated; None when they are not."""
    timeout = aiohttp.ClientTimeout(total=WITHIN.total_seconds())
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(address, allow_redirects=False) as response,
        ):
            dated: datetime = parsedate_to_datetime(response.headers["Date"])
            return clock.real() - dated
    except (aiohttp.ClientError, OSError, TimeoutError, KeyError, ValueError, TypeError):
        return None
