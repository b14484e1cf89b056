"""The gate: whatever the web chat serves, it serves to who is signed in.

It stands around the web chat's routes as a whole, so an address that is added later is behind it too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import hdrs, web

from adapters.limits import caller
from adapters.web.guard import BUSY, HEADERS, OTHER_SITE, Handler, Wrong, answer, only_json, refusal
from adapters.web.signin.cookies import Cookies
from adapters.web.signin.pace import Pace
from adapters.web.signin.where import own_page, sealed
from adapters.web.visit import Visit, visiting
from bot.config_signin import SignInSettings, trusted
from bot.domain.people import Person
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.ports import Clock, Overloaded, Session, SignIns, Stale, digest_of

log = structlog.get_logger(__name__)

ELSEWHERE: Final = (
    "The desk is at {url}. If you came from there, the proxy before it must pass on the Host header, "
    "or be named in BATON_TRUSTED_PROXIES."
)
SIGN_IN: Final = "You are not signed in any more. Sign in again; what you were writing stays here."

TOO_OFTEN: Final = "You asked for that very often just now. Wait a minute, then go on."

BY_PERSON: Final = (1200, timedelta(minutes=1))
"""Pages ask a few times when they open and once for each thing that is done: nobody's hands are that quick."""
LOOKED_AFTER: Final = timedelta(seconds=30)
"""How often an open stream's session is looked at again."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use of a session is kept: not every request is worth a write."""
HSTS: Final = "max-age=31536000"

_FILES: Final = "/static/"
_STREAM: Final = "/web/events"
_SAFE: Final = (hdrs.METH_GET, hdrs.METH_HEAD)


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: Person
    session: Session


class Gate:
    """Lets in who is signed in. Sessions are looked up in the database at each request, so that one which ended, on
    whichever replica, is over at once."""

    def __init__(
        self,
        *,
        settings: SignInSettings,
        policy: Policy,
        sign_ins: SignIns,
        clock: Clock,
        looked_after: timedelta = LOOKED_AFTER,
    ) -> None:
        self._settings, self._policy, self._sign_ins, self._clock = settings, policy, sign_ins, clock
        self._looked_after = looked_after
        self._asked = Pace(*BY_PERSON)
        self.cookies = Cookies(settings)

    def gated(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The same routes behind the gate."""
        return [web.RouteDef(route.method, route.path, self._behind(route), route.kwargs) for route in routes]

    def opened(self, handler: Handler) -> Handler:
        """For who is not signed in yet: only what holds for every request of ours."""

        async def checked(request: web.Request) -> web.StreamResponse:
            try:
                self._own(request)
                return self._sealed(await handler(request))
            except Wrong as wrong:
                return self._sealed(refusal(wrong))
            except (Overloaded, Stale):
                return self._sealed(answer({"error": BUSY}, 503, {hdrs.RETRY_AFTER: "1"}))

        return checked

    async def signed_in(self, request: web.Request) -> SignedIn | None:
        """Who asks; None when the session ended, or the person left or was taken out of the policy."""
        secret = self.cookies.session(request)
        if secret is None:
            return None
        session = await self._sign_ins.find(digest_of(secret), self._settings.idle)
        person = self._policy.people.get(session.person) if session else None
        if session is None or person is None or not is_active(person, self._clock.now()):
            return None
        return SignedIn(person, session)

    def caller(self, request: web.Request) -> str:
        """The address that asks, through proxies of ours alone: anybody else may write the header as they like."""
        return caller(request, self._settings.trusted_proxies)

    def _behind(self, route: web.RouteDef) -> Handler:
        serve: Handler = route.handler

        async def behind(request: web.Request) -> web.StreamResponse:
            signed_in = None if route.path.startswith(_FILES) else await self.signed_in(request)
            if signed_in is None and not route.path.startswith(_FILES):
                return self._turned_away(request, page=not route.path.startswith("/web/"))
            if signed_in is not None and not self._asked.allows(signed_in.person.id, self._clock.real()):
                raise Wrong(TOO_OFTEN, 429)
            if signed_in is not None and route.path != _STREAM:
                await self._seen(signed_in.session)
            token = visiting.set(Visit(signed_in.person.id if signed_in else None))
            try:
                if route.path == _STREAM:
                    return await self._watched(request, serve)
                return await serve(request)
            finally:
                visiting.reset(token)

        return self.opened(behind)

    def _turned_away(self, request: web.Request, *, page: bool) -> web.Response:
        if page and request.method in _SAFE:
            return to(f"/signin?to={sealed(own_page(request.path_qs))}")
        return answer({"error": SIGN_IN, "sign_in": True}, 401)

    async def _seen(self, session: Session) -> None:
        if self._clock.real() - session.seen_at >= SEEN_EVERY:
            await self._sign_ins.seen(session.digest)

    async def _watched(self, request: web.Request, serve: Handler) -> web.StreamResponse:
        """Serves a stream, and ends it when the session ends."""

        async def watch() -> None:
            while await self.signed_in(request) is not None:
                await self._clock.sleep(self._looked_after)

        serving, watching = asyncio.ensure_future(serve(request)), asyncio.create_task(watch())
        try:
            await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                return serving.result()
            if (error := watching.exception()) is not None:
                log.warning("a session could not be looked at, so its stream ends", why=str(error)[:200])
            if request.transport is not None:
                # The page comes back by itself, and learns that it has to sign in.
                request.transport.close()
            raise ConnectionResetError
        finally:
            for task in (serving, watching):
                task.cancel()
            await asyncio.wait({serving, watching})

    # -- what holds for every request ----------------------------------------------------------------------

    def _own(self, request: web.Request) -> None:
        """Another site's page can do nothing here, not even under a name of its own that leads to us."""
        if self._host(request).lower() != self._settings.host.lower():
            raise Wrong(ELSEWHERE.format(url=self._settings.public_url), 421)
        if request.method in _SAFE:
            return
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and origin.lower() != self._settings.public_url.lower():
            raise Wrong(OTHER_SITE, 403)
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise Wrong(OTHER_SITE, 403)
        only_json(request)

    def _host(self, request: web.Request) -> str:
        host = request.headers.get(hdrs.HOST, "")
        if trusted(self._settings.trusted_proxies, request.remote or ""):
            host = request.headers.getall("X-Forwarded-Host", (host,))[-1].rpartition(",")[2].strip()
        usual = ":443" if self._settings.secure else ":80"
        return host.removesuffix(usual)

    def _sealed(self, response: web.StreamResponse) -> web.StreamResponse:
        """Nothing that was seen signed in may come back from a browser's memory afterwards."""
        if response.prepared:
            return response
        if self._settings.secure:
            response.headers["Strict-Transport-Security"] = HSTS
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if response.content_type == "text/html":
            response.headers[hdrs.CACHE_CONTROL] = "no-store"
        return response


def to(page: str) -> web.Response:
    """Off to another address, remembered by nobody."""
    return web.Response(status=303, headers={**HEADERS, hdrs.LOCATION: page})
