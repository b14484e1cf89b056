"""A web chat behind its gate on a real store, a provider on loopback, and browsers that keep cookies."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer, unused_port

from adapters.web.inbound import WebFrontend
from adapters.web.live import LiveHub
from adapters.web.signin.fetching import Fetching
from adapters.web.signin.gate import Gate
from adapters.web.signin.provider import Provider
from adapters.web.signin.routes import SignInFrontend
from bot.config_signin import OidcSettings, SignInSettings
from bot.policy.model import Policy
from bot.ports import digest_of
from storage.sql.clock import SqlClock, system_time
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.adapters.web.conftest import VERBS, Ear
from tests.desk import test_policy
from tests.fakes.oidc import CLIENT, SECRET, FakeProvider, a_provider

ANA = "ana@kettle.example"
BEN = "ben@kettle.example"


@dataclass(frozen=True)
class Seen:
    status: int
    text: str
    headers: Any
    json: Any


@dataclass
class Browser:
    """Keeps cookies, follows nothing by itself."""

    session: ClientSession
    base: str

    async def get(self, path: str, **given: Any) -> Seen:
        return await self.ask("GET", path, **given)

    async def post(self, path: str, body: Any = None, **given: Any) -> Seen:
        return await self.ask("POST", path, json=body or {}, **given)

    async def ask(self, method: str, path: str, **given: Any) -> Seen:
        url = path if path.startswith("http") else self.base + path
        async with self.session.request(method, url, allow_redirects=False, **given) as response:
            text = await response.text()
            body = await response.json() if response.content_type == "application/json" else None
            return Seen(response.status, text, response.headers, body)

    async def to_provider(self, page: str = "/") -> str:
        """Begins; the address at the provider."""
        begun = await self.get("/signin/start", params={"to": page})
        assert begun.status == 303, begun.text
        return str(begun.headers["Location"])

    async def approve(self, at_provider: str, user: str) -> str:
        """Says who one is over there; the address that leads back."""
        door = await self.get(at_provider)
        assert door.status == 200, door.text
        found = re.search(rf'id="{user}" href="([^"]+)"', door.text)
        assert found, door.text
        base = at_provider.partition("/authorize")[0]
        return str((await self.get(base + unescape(found[1]))).headers["Location"])

    async def sign_in(self, user: str = "ana", page: str = "/") -> Seen:
        """All of it; what the callback answered."""
        return await self.get(await self.approve(await self.to_provider(page), user))

    async def is_in(self) -> str | None:
        """Who the desk says one is."""
        seen = await self.get("/web/people")
        return str(seen.json["people"][0]["id"]) if seen.status == 200 else None

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.session.cookie_jar}


class Now(SqlClock):
    """Real time that a test can move ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        super().__init__(real=lambda: system_time() + self.ahead)


@dataclass
class House:
    store: SqlStore
    clock: Now
    policy: Policy
    provider: FakeProvider
    settings: SignInSettings
    ear: Ear
    hub: LiveHub
    browsers: list[ClientSession] = field(default_factory=list)
    numbers: Any = field(default_factory=itertools.count)

    def browser(self) -> Browser:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.browsers.append(session)
        return Browser(session, self.settings.public_url)

    async def link(self, person: str = ANA) -> str:
        """A fresh one-time link's secret."""
        secret = f"{next(self.numbers):043d}"
        known = self.policy.people[person]  # type: ignore[index]
        await self.store.sign_ins.offer(known.id, digest_of(secret))
        return secret


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path.read_bytes()


@pytest.fixture
def proxies() -> tuple[Any, ...]:
    return ()


@pytest.fixture
async def house(tmp_path: Path, proxies: tuple[Any, ...], migrated: bytes) -> AsyncIterator[House]:
    port = unused_port()
    public = f"http://127.0.0.1:{port}"
    policy, url, clock = test_policy(), f"sqlite:///{tmp_path / 'chat.db'}", Now()
    (tmp_path / "chat.db").write_bytes(migrated)
    store = SqlStore(url, policy, clock)
    async with a_provider(f"{public}/signin/callback", now=clock.real) as fake:
        oidc = OidcSettings(issuer=fake.issuer, client_id=CLIENT, client_secret=SECRET)
        settings = SignInSettings(public_url=public, oidc=oidc, trusted_proxies=proxies)
        parts: dict[str, Any] = {"settings": settings, "policy": policy, "clock": clock}
        gate = Gate(**parts, sign_ins=store.sign_ins, looked_after=timedelta(milliseconds=50))
        provider = Provider(oidc, clock, Fetching(within=timedelta(seconds=2)))
        front = SignInFrontend(**parts, sign_ins=store.sign_ins, gate=gate, provider=provider)
        hub, ear = LiveHub(store.weblog, clock), Ear()
        chat = WebFrontend(policy=policy, log=store.weblog, hear=ear, clock=clock, hub=hub, verbs=VERBS)
        app = web.Application()
        app.add_routes([*gate.gated(chat.routes()), *front.routes()])
        server = TestServer(app, host="127.0.0.1", port=port)
        await server.start_server()
        found = House(store, clock, policy, fake, settings, ear, hub)
        yield found
        for session in found.browsers:
            await session.close()
        await hub.close()
        await server.close()
        await provider.close()
    await store.close()
