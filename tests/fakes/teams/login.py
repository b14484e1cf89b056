"""Entra's token endpoint and what a credential library asks beside it; and the Bot Framework's key server.

learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, …/reference-error-codes
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.fakes.teams.state import APP_ID, SECRET, TENANT, Json

SCOPE: Final = "https://api.botframework.com/.default"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Asked:
    """One request for a token; `error` is Entra's code when it was refused."""

    tenant: str
    form: Json
    at: datetime
    error: str = ""


@dataclass
class Login:
    """`certificate`: the public key of an app that proves itself with one. `lives`: how long a token is good for."""

    now: Callable[[], datetime]
    secret: str = SECRET
    tenants: tuple[str, ...] = (TENANT, "botframework.com")
    certificate: RSAPublicKey | None = None
    lives: timedelta = timedelta(hours=1)
    asked: list[Asked] = field(default_factory=list)
    issued: dict[str, datetime] = field(default_factory=dict)

    async def token(self, request: web.Request) -> web.Response:
        form: Json = {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        tenant = request.match_info["tenant"]
        refusal = self._refusal(tenant, form, str(request.url))
        self.asked.append(Asked(tenant, form, self.now(), refusal[1] if refusal else ""))
        if refusal:
            return _error(*refusal)
        token = f"eyJ0.{secrets.token_urlsafe(24)}.kettle"
        self.issued[token] = self.now() + self.lives
        seconds = int(self.lives.total_seconds())
        return web.json_response(
            {
                "token_type": "Bearer",
                "expires_in": seconds,
                "ext_expires_in": seconds,
                "access_token": token,
            }
        )

    def good(self, token: str) -> bool:
        """Whether the connector takes this token now."""
        return token in self.issued and self.now() < self.issued[token]

    def revoke(self) -> None:
        """No token issued so far is good any more."""
        self.issued.clear()

    def _refusal(self, tenant: str, form: Json, url: str) -> tuple[str, str, str] | None:
        if tenant not in self.tenants:
            return "invalid_request", "AADSTS90002", f"Tenant '{tenant}' not found."
        if form.get("client_id") != APP_ID:
            return (
                "unauthorized_client",
                "AADSTS700016",
                f"Application with identifier '{form.get('client_id')}' was not found in the directory.",
            )
        if form.get("grant_type") != "client_credentials":
            return "unsupported_grant_type", "AADSTS70003", "The app requested an unsupported grant type."
        if form.get("scope") != SCOPE:
            return (
                "invalid_scope",
                "AADSTS70011",
                f"The provided value for scope {form.get('scope')} is not valid.",
            )
        if "client_assertion" in form:
            return self._assertion(form, url)
        if form.get("client_secret") != self.secret:
            said = f"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{APP_ID}'."
            return "invalid_client", "AADSTS7000215", said
        return None

    def _assertion(self, form: Json, url: str) -> tuple[str, str, str] | None:
        bad = "invalid_client", "AADSTS700027", "Client assertion failed signature validation."
        if form.get("client_assertion_type") != ASSERTION or self.certificate is None:
            return bad
        try:
            jwt.decode(
                form["client_assertion"],
                self.certificate,
                algorithms=["RS256", "PS256"],
                audience=url,
                options={"require": ["exp", "iss", "sub"], "verify_nbf": False},
            )
        except jwt.InvalidTokenError as error:
            return "invalid_client", "AADSTS700027", f"Client assertion failed signature validation. {error}"
        return None


def _error(kind: str, code: str, text: str) -> web.Response:
    number = int(code.removeprefix("AADSTS"))
    trace, correlation = uuid.uuid4(), uuid.uuid4()
    body = {
        "error": kind,
        "error_description": f"{code}: {text} Trace ID: {trace} Correlation ID: {correlation}",
        "error_codes": [number],
        "timestamp": "2026-03-02 09:00:00Z",
        "trace_id": str(trace),
        "correlation_id": str(correlation),
        "error_uri": f"https://login.microsoftonline.com/error?code={number}",
    }
    return web.json_response(body, status=401 if kind == "invalid_client" else 400)


def discovery(base: str, tenant: str) -> Json:
    """The tenant's own OpenID configuration."""
    return {
        "token_endpoint": f"{base}/{tenant}/oauth2/v2.0/token",
        "authorization_endpoint": f"{base}/{tenant}/oauth2/v2.0/authorize",
        "issuer": f"{base}/{tenant}/v2.0",
        "jwks_uri": f"{base}/{tenant}/discovery/v2.0/keys",
    }


def instances(base: str, tenant: str) -> Json:
    """What instance discovery tells of an authority."""
    host = base.partition("://")[2]
    return {
        "tenant_discovery_endpoint": f"{base}/{tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }
