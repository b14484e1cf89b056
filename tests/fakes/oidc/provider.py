"""The provider: discovery, keys, a page to sign in at, codes that work once, and tokens.

openid.net/specs/openid-connect-core-1_0.html, RFC 6749, RFC 7636
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.oidc.tokens import CLIENT, SECRET, Lie, published, signed, wrong


@dataclass(frozen=True)
class Grant:
    user: str
    redirect_uri: str
    challenge: str
    nonce: str


@dataclass
class FakeProvider:
    """`users` are (name -> claims). What is asked against the rules is answered 400, and stands in `refused`."""

    redirect_uri: str
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    lies: set[Lie] = field(default_factory=set)
    key_number: int = 1
    posts_secret: bool = False
    in_userinfo: bool = False
    refused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    _grants: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, str] = field(default_factory=dict)
    _tickets: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"{self.url}/kettle"

    def knows(self, name: str, email: str, **claims: Any) -> None:
        self.users[name] = {"sub": f"sub-{name}", "email": email, "email_verified": True, **claims}

    def rotate(self) -> None:
        """From now on another key signs, and only it is published."""
        self.key_number += 1

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._around()])
        app.add_routes(
            [
                web.get("/kettle/.well-known/openid-configuration", self._discovery),
                web.get("/keys", self._keys),
                web.get("/authorize", self._authorize),
                web.get("/approve", self._approve),
                web.post("/token", self._token),
                web.get("/userinfo", self._userinfo),
            ]
        )
        return app

    def _around(self) -> Any:
        @web.middleware
        async def around(request: web.Request, handler: Any) -> web.StreamResponse:
            self.asked.append(request.path)
            if request.path in ("/authorize", "/approve"):
                answered: web.StreamResponse = await handler(request)
                return answered
            if Lie.SLOW in self.lies:
                await asyncio.sleep(3600)
            if Lie.BROKEN in self.lies:
                return web.Response(status=500, text="oh no")
            if Lie.NO_JSON in self.lies:
                return web.Response(text="<html>")
            if Lie.ENDLESS in self.lies:
                return web.Response(body=b'{"a": "' + b"x" * 3_000_000 + b'"}')
            if Lie.REDIRECT in self.lies:
                raise web.HTTPTemporaryRedirect("/elsewhere")
            answered = await handler(request)
            return answered

        return around

    async def _discovery(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post" if self.posts_secret else "client_secret_basic"
                ],
            }
        )

    async def _keys(self, request: web.Request) -> web.Response:
        keys = [published(self.key_number)]
        if Lie.SHORT_KEY in self.lies:
            keys = [published(90, 1024)]
        return web.json_response({"keys": keys})

    # -- the person's part ---------------------------------------------------------------------------

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        for name, wanted in (
            ("client_id", CLIENT),
            ("redirect_uri", self.redirect_uri),
            ("response_type", "code"),
            ("code_challenge_method", "S256"),
        ):
            if asked.get(name) != wanted:
                return self._refuse(f"{name} is {asked.get(name)}")
        if "openid" not in asked.get("scope", "").split():
            return self._refuse("no scope openid")
        for name in ("state", "nonce", "code_challenge"):
            if len(asked.get(name, "")) < 32:
                return self._refuse(f"no {name}")
        ticket = secrets.token_hex(8)
        self._tickets[ticket] = asked
        links = "".join(
            f'<p><a id="{escape(name)}" href="/approve?{urlencode({"ticket": ticket, "user": name})}">{escape(name)}</a></p>'
            for name in self.users
        )
        return web.Response(text=f"<!doctype html><title>Kettle ID</title>{links}", content_type="text/html")

    async def _approve(self, request: web.Request) -> web.Response:
        asked = self._tickets.pop(request.query["ticket"])
        code = secrets.token_urlsafe(24)
        user = request.query["user"]
        self._grants[code] = Grant(user, asked["redirect_uri"], asked["code_challenge"], asked["nonce"])
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        raise web.HTTPFound(f"{asked['redirect_uri']}?{back}")

    # -- the desk's part -------------------------------------------------------------------------------

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._is_client(request, form):
            return self._refuse("invalid_client", 401)
        grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or form.get("grant_type") != "authorization_code":
            return self._refuse("invalid_grant")
        hashed = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() != grant.challenge:
            return self._refuse("invalid_grant")
        if form.get("redirect_uri") != grant.redirect_uri:
            return self._refuse("invalid_grant")
        access = secrets.token_urlsafe(16)
        self._access[access] = grant.user
        answer = {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(grant)}
        if Lie.NO_TOKEN in self.lies:
            del answer["id_token"]
        return web.json_response(answer)

    def _is_client(self, request: web.Request, form: Mapping[str, str]) -> bool:
        if self.posts_secret:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        name, _, secret = base64.b64decode(pair).decode().partition(":")
        return scheme == "Basic" and (unquote(name), unquote(secret)) == (CLIENT, SECRET)

    async def _userinfo(self, request: web.Request) -> web.Response:
        user = self._access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if user is None:
            return self._refuse("invalid_token", 401)
        return web.json_response(self.users[user])

    def _id_token(self, grant: Grant) -> str:
        claims = dict(self.users[grant.user])
        if self.in_userinfo:
            claims = {"sub": claims["sub"]}
        now = self.now()
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=1)).timestamp()),
            "nonce": grant.nonce,
            **claims,
            **wrong(self.lies, now),
        }
        return signed(said, self.lies, self.key_number)

    def _refuse(self, why: str, status: int = 400) -> web.Response:
        self.refused.append(why)
        return web.json_response({"error": why, "error_description": "what was sent: " + why}, status=status)


@asynccontextmanager
async def a_provider(redirect_uri: str, **given: Any) -> AsyncIterator[FakeProvider]:
    """Serves it on loopback. It knows Ana and Ben of the tests' company, and Eli of the agency."""
    provider = FakeProvider(redirect_uri, **given)
    for name in ("ana", "ben"):
        provider.knows(name, f"{name.title()}@Kettle.example")
    provider.knows("eli", "eli@agency.example")
    provider.knows("zed", "zed@kettle.example")
    server = TestServer(provider.application(), host="127.0.0.1")
    await server.start_server()
    provider.url = str(server.make_url("")).rstrip("/")
    try:
        yield provider
    finally:
        await server.close()
