"""Tokens for the Bot Connector: kept, renewed early and in the background, fetched once for all who wait.

azure-identity's aio credentials speak to Entra's token endpoint over the session they are given, without instance
discovery and without a thread; only what they read from disk would block, so they are made in a thread. They keep a
token until it ends, and renew it while somebody waits: so one is made per token, and the token is kept here.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import structlog
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity import CredentialUnavailableError
from azure.identity.aio import CertificateCredential, ClientSecretCredential, ManagedIdentityCredential

from adapters.teams.errors import TeamsShut
from adapters.teams.wire import is_loopback, proxy_for
from bot.config import TeamsSettings
from bot.ports import ChatError, Clock, Down

_SECRET: Final = (
    "make a new client secret for the app in the Azure portal (Certificates & secrets) and write its value, "
    "not its id, into BATON_TEAMS_APP_PASSWORD"
)
_TENANT: Final = "check that the first of BATON_TEAMS_TENANT_ID is the tenant in which the bot is registered"

REFUSED: Final = {
    "AADSTS7000215": f"Microsoft does not accept Baton's client secret: {_SECRET}.",
    "AADSTS7000222": f"Baton's client secret for Teams has expired: {_SECRET}.",
    "AADSTS700016": "Microsoft knows no app with this id in this tenant: check BATON_TEAMS_APP_ID, and "
    f"{_TENANT}.",
    "AADSTS90002": f"Microsoft knows no such tenant: {_TENANT}.",
    "AADSTS900023": f"Microsoft knows no such tenant: {_TENANT}.",
    "AADSTS700027": "Microsoft does not accept Baton's certificate: upload the one in BATON_TEAMS_CERTIFICATE to the "
    "app in the Azure portal (Certificates & secrets).",
    "AADSTS7000112": "Baton's app is switched off in Microsoft Entra: ask an admin to enable it "
    "(Enterprise applications).",
}
"""Entra's own codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes"""

OTHERWISE: Final = (
    "Microsoft does not let Baton sign in ({code}): run `baton doctor`, and check BATON_TEAMS_APP_ID, "
    "BATON_TEAMS_TENANT_ID and the app's credential."
)
NO_IDENTITY: Final = (
    "This machine has no managed identity for Baton's app: assign it, or set BATON_TEAMS_APP_PASSWORD or "
    "BATON_TEAMS_CERTIFICATE instead of BATON_TEAMS_MANAGED_IDENTITY."
)
NO_CREDENTIAL: Final = (
    "Baton's Teams credential cannot be used ({error}): check BATON_TEAMS_CERTIFICATE (a PEM file with "
    "certificate and key that Baton may read) and BATON_TEAMS_TENANT_ID."
)
NOT_SECRET: Final = (
    "BATON_TEAMS_LOGIN_URL is not encrypted, and Baton's secret must not go there: write an address that "
    "begins with https://."
)
UNREACHABLE: Final = "Microsoft's sign-in cannot be reached ({error})."
CLOSED: Final = "this desk is closing"

log = structlog.get_logger(__name__)

SCOPE: Final = "https://api.botframework.com/.default"
BOUND: Final = timedelta(seconds=5)
"""How long one fetch may take."""
EARLY: Final = timedelta(minutes=5)
"""A token is renewed when it has less than this left, or a third of its life if that is less."""
AGAIN: Final = timedelta(seconds=30)
"""How long after a renewal that brought nothing the next one is tried."""

_BUSY: Final = ("temporarily_unavailable", "AADSTS90033", "AADSTS90006")

Credential = ClientSecretCredential | CertificateCredential | ManagedIdentityCredential


@dataclass(frozen=True, slots=True)
class _Token:
    """`renew` and `ends` are real time. A token's words appear in no log and in no error."""

    words: str
    renew: datetime
    ends: datetime

    def __repr__(self) -> str:
        return f"_Token(ends={self.ends.isoformat()})"


class Tokens:
    """The app's own token, as its settings' credential gets it. Every method raises ChatErrors only."""

    def __init__(
        self,
        settings: TeamsSettings,
        clock: Clock,
        session: aiohttp.ClientSession,
        *,
        bound: timedelta = BOUND,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """The session stays its owner's. `wall` is what azure-identity reckons a token's end by."""
        self._settings, self._clock, self._session = settings, clock, session
        self._bound, self._wall = bound, wall
        self._token: _Token | None = None
        self._fetch: asyncio.Task[_Token] | None = None
        self._next = clock.real()
        self._closed = False

    async def get(self) -> str | None:
        """A token that is good now; None when this desk is anonymous.

        Shut when the credential is refused or cannot be used, with what to mend; Down when Microsoft's sign-in does
        not answer within the bound.
        """
        if self._settings.anonymous:
            return None
        if self._closed:
            raise Down(CLOSED)
        now, token = self._clock.real(), self._token
        if token is None or token.ends <= now:
            # Shielded: one of those who wait may give up, the others still want it.
            return (await asyncio.shield(self._fetching())).words
        if now >= max(token.renew, self._next):
            self._fetching()
        return token.words

    def refused(self, token: str) -> None:
        """The connector does not take this token: it is not given out again."""
        if self._token is not None and self._token.words == token:
            self._token = None

    async def close(self) -> None:
        """Ends a fetch that is under way; `get` raises Down from now on."""
        self._closed = True
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.wait((self._fetch,))

    def _fetching(self) -> asyncio.Task[_Token]:
        if self._fetch is None or self._fetch.done():
            self._fetch = asyncio.create_task(self._renew())
            self._fetch.add_done_callback(_told)
        return self._fetch

    async def _renew(self) -> _Token:
        self._next = self._clock.real() + AGAIN
        try:
            async with asyncio.timeout(self._bound.total_seconds()):
                words, left = await self._ask()
        except Exception as error:
            # Not even its cause goes further: azure's errors hold the request, and with it the secret.
            raise _meaning(error) from None
        now = self._clock.real()
        self._token = _Token(words, now + left - min(EARLY, left / 3), now + left)
        return self._token

    async def _ask(self) -> tuple[str, timedelta]:
        """A new token, and how long it is good for."""
        credential = await asyncio.to_thread(self._credential)
        got = await credential.get_token(SCOPE)
        return got.token, timedelta(seconds=max(0.0, got.expires_on - self._wall()))

    def _credential(self) -> Credential:
        """Reads a certificate from disk each time, so that one which was replaced is used without a restart."""
        settings = self._settings
        transport = _Wire(self._session, settings.login_url)
        # What fails is tried again by who needs it, who knows better for how long.
        shared: dict[str, Any] = {"transport": transport, "retry_total": 0}
        if settings.managed_identity:
            return ManagedIdentityCredential(client_id=settings.app_id, **shared)
        shared["authority"] = transport.authority
        tenant = settings.tenants[0] if settings.tenants else ""
        if settings.certificate is not None:
            return CertificateCredential(tenant, settings.app_id, str(settings.certificate), **shared)
        return ClientSecretCredential(tenant, settings.app_id, settings.password, **shared)


class _Wire(AioHttpTransport):
    """azure's transport over our session, through the environment's proxy.

    azure-identity knows no sign-in that is not https, and neither do we, but for a stand-in on this machine.
    """

    def __init__(self, session: aiohttp.ClientSession, login_url: str) -> None:
        super().__init__(session=session, session_owner=False)
        self.authority, self._clear = login_url, ""
        if not login_url.startswith("https://"):
            if not login_url.startswith("http://") or not is_loopback(login_url):
                raise TeamsShut(NOT_SECRET, "http")
            self._clear, self.authority = login_url, login_url.replace("http://", "https://", 1)

    async def send(self, request: Any, **config: Any) -> Any:
        if self._clear and request.url.startswith(f"{self.authority}/"):
            request.url = self._clear + request.url.removeprefix(self.authority)
        config.setdefault("proxy", proxy_for(request.url))
        return await super().send(request, **config)


def _meaning(error: Exception) -> ChatError:
    """What went wrong, in our words; Microsoft's own are not repeated but for their code."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, CredentialUnavailableError):
        return TeamsShut(NO_IDENTITY, "no_managed_identity")
    if isinstance(error, TimeoutError | ServiceRequestError | ServiceResponseError | aiohttp.ClientError):
        return Down(UNREACHABLE.format(error=type(error).__name__))
    if isinstance(error, HttpResponseError) and not _busy(error):
        found = re.search(r"AADSTS\d{3,8}", str(error))
        code = found[0] if found else f"HTTP {error.status_code}"
        return TeamsShut(REFUSED.get(code) or OTHERWISE.format(code=code), code)
    if isinstance(error, ValueError | OSError) and not isinstance(error, AzureError):
        return TeamsShut(NO_CREDENTIAL.format(error=type(error).__name__), "credential")
    # What answered was not Microsoft's sign-in, or not in order: azure-identity stumbles in many ways.
    return Down(UNREACHABLE.format(error=type(error).__name__))


def _busy(error: HttpResponseError) -> bool:
    """Whether trying again helps: Entra is out of order, or asks to wait, or what answered was not Entra."""
    if not isinstance(error, ClientAuthenticationError) or error.status_code is None:
        return True
    return error.status_code in (408, 429) or error.status_code >= 500 or any(w in str(error) for w in _BUSY)


def _told(fetch: asyncio.Task[_Token]) -> None:
    """Perhaps nobody waits for it: the token that is there still works, and then it is only noted."""
    if not fetch.cancelled() and (error := fetch.exception()) is not None:
        log.warning("no new token for Teams", why=str(error))
