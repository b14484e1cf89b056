"""A Teams for tests: real servers on loopback that keep Teams' rules, and the people in it."""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from aiohttp import web

from bot.config import TeamsSettings
from tests.fakes.teams.answer import Answer
from tests.fakes.teams.connector import Connector
from tests.fakes.teams.delivery import Delivery, Sent
from tests.fakes.teams.dialogs import Dialogs
from tests.fakes.teams.happening import Happening
from tests.fakes.teams.keys import Keys
from tests.fakes.teams.login import Login
from tests.fakes.teams.looking import Looking
from tests.fakes.teams.server import SERVICE, Server
from tests.fakes.teams.state import APP_ID, TENANT, Call, Json, Tenant, system_time
from tests.fakes.teams.tls import local_tls
from tests.fakes.teams.troubles import Trouble
from tests.fakes.teams.windows import Windows

Part = Literal["connector", "login", "keys"]
PARTS: Final[tuple[Part, ...]] = ("connector", "login", "keys")


class FakeTeams(Looking, Dialogs, Happening):
    """The tenant from outside. `endpoint` is where our app listens (`http://…/api/messages`)."""

    def __init__(self, *, now: Callable[[], datetime], limits: bool, anonymous: bool, ca: Path) -> None:
        self.tenant = Tenant(now)
        self.keys, self.login = Keys(now), Login(system_time)
        windows = Windows(now) if limits else None
        self.server = Server(self.tenant, Connector(self.tenant), self.login, self.keys, windows, anonymous)
        self.broken = self.server.connector.broken
        self.delivery = Delivery(self._token)
        self.ca = ca
        self.toasts, self.handed, self.open, self.shares = {}, {}, {}, {}

    # -- what our app needs ----------------------------------------------------------------------------------

    @property
    def service_url(self) -> str:
        """The connector, as activities name it: with a slash at its end."""
        return f"{self.url}{SERVICE}/"

    @property
    def url(self) -> str:
        """All three servers, without TLS."""
        return self.server.bases["http"]

    @property
    def tls_url(self) -> str:
        """The same with TLS; clients must trust `ca`."""
        return self.server.bases["https"]

    def settings(self, anonymous: bool = False, *, tls: bool = False, **changes: Any) -> TeamsSettings:
        """With `anonymous` no tokens are asked for nor sent from now on. `tls`: the login server's address has it."""
        if anonymous:
            self.server.anonymous = True
            return TeamsSettings(anonymous=True, **changes)
        known: Json = {
            "app_id": APP_ID,
            "tenants": (TENANT,),
            "password": self.login.secret,
            "openid_url": f"{self.url}/v1/.well-known/openidconfiguration",
            "login_url": self.tls_url if tls else self.url,
        }
        return TeamsSettings(**{**known, **changes})

    @property
    def endpoint(self) -> str | None:
        return self.delivery.endpoint

    @endpoint.setter
    def endpoint(self, url: str | None) -> None:
        self.delivery.endpoint = url

    def token(self, **claims: Any) -> str:
        """A token as Teams signs it, for the matrix: see `Keys.mint`."""
        return self.keys.mint(claims.pop("service_url", self.service_url), **claims)

    # -- what went over the wire -------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """What our app asked the connector, with the status it got."""
        return self.server.calls

    def called(self, key: str) -> list[Call]:
        """The calls of one kind, such as `PUT /v3/conversations/{id}/activities/{activity}`, or of one verb."""
        return [call for call in self.calls if key in (call.key, call.verb)]

    @property
    def sent(self) -> list[Sent]:
        """What our app was told, each attempt."""
        return self.delivery.sent

    @property
    def asked(self) -> list[str]:
        """`token`, `openid`, `keys`: each request to the login and the key server."""
        return self.server.asked

    # -- making things go wrong ----------------------------------------------------------------------------------

    def trouble(self, method_path: str, *troubles: Trouble | None) -> None:
        """The next calls meet these, in order; None is no trouble. `method_path` is a call's key, its verb and real
        path, its verb alone, `*` for any call of the connector, or `token`, `openid`, `keys`.
        """
        self.server.troubles.setdefault(method_path, deque()).extend(troubles)

    def down(self, *parts: Part) -> None:
        """Nothing of these parts (of all, when none is named) answers, until `up()`."""
        self.server.down |= set(parts or PARTS)

    def up(self) -> None:
        self.server.down.clear()

    async def replay(self) -> Answer:
        """Somebody sends our app the last request again, byte for byte."""
        return await self.delivery.post(self.sent[-1])

    async def redeliver(self, sent: Sent | None = None) -> Answer:
        """Teams tells it again, signed anew."""
        return await self.delivery.deliver((sent or self.sent[-1]).activity)

    def check(self) -> None:
        """AssertionError when our app broke a rule of Teams' or called what does not exist."""
        assert not self.broken, "Teams would not have taken this:\n" + "\n".join(self.broken)

    def _token(self, activity: Json) -> str | None:
        return None if self.server.anonymous else self.keys.mint(str(activity.get("serviceUrl", "")))


@asynccontextmanager
async def fake_teams(
    *, now: Callable[[], datetime] = system_time, limits: bool = True, anonymous: bool = False
) -> AsyncIterator[FakeTeams]:
    """A Teams while the block runs; leaving it without an error checks that our app kept Teams' rules.

    `now`: Teams' clock, for windows, tokens to our app and message names; tokens of the login server are always good
    by the machine's. `limits` False: nothing is ever too many. `anonymous`: no tokens are sent nor wanted.
    """
    with tempfile.TemporaryDirectory() as folder:
        context, ca = await asyncio.to_thread(local_tls, Path(folder))
        teams = FakeTeams(now=now, limits=limits, anonymous=anonymous, ca=ca)
        runner = web.AppRunner(teams.server.application(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            for scheme, secure in (("http", None), ("https", context)):
                await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secure).start()
                host, port = runner.addresses[-1][:2]
                teams.server.bases[scheme] = f"{scheme}://{host}:{port}"
            yield teams
            teams.check()
        finally:
            await teams.delivery.close()
            await runner.cleanup()
