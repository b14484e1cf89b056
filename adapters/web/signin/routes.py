"""The addresses of signing in and out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import structlog
from aiohttp import hdrs, web

from adapters.web.guard import HEADERS, Handler, Wrong, answer, body_of
from adapters.web.signin import pages
from adapters.web.signin.fetching import ProviderAway
from adapters.web.signin.gate import Gate, to
from adapters.web.signin.id_token import Untrusted
from adapters.web.signin.identity import NotLetIn, email_of, let_in
from adapters.web.signin.pace import Pace
from adapters.web.signin.provider import Attempt, Provider
from adapters.web.signin.where import own_page, sealed
from bot.config_signin import SignInSettings
from bot.policy.model import Policy
from bot.ports import Clock, Overloaded, SignIns, Stale, digest_of

log = structlog.get_logger(__name__)

NO_COOKIE: Final = (
    "This sign-in was begun in another browser or window, or more than ten minutes ago. Begin it again here."
)
STOPPED: Final = (
    "Your company’s sign-in ended without letting you in ({word}). Try again, or ask your IT department."
)
UNTRUSTED: Final = (
    "What your company’s sign-in answered could not be trusted, so nobody was signed in. Try again; "
    "if it stays like this, tell whoever runs this desk: the log says why."
)
AWAY: Final = (
    "Your company’s sign-in does not answer right now. Try again in a minute; "
    "meanwhile a one-time link works: say web to Baton in Slack or Teams."
)
TOO_OFTEN: Final = "That was tried too often just now. Wait a minute, then try again."
USED_UP: Final = "This link was used already, or is older than ten minutes. Say web to Baton for a new one, or ask whoever runs this desk."
BUSY: Final = "The desk is very busy right now, so nobody was signed in. Try again in a moment."

BY_ADDRESS: Final = (300, timedelta(minutes=1))
BY_PERSON: Final = (20, timedelta(minutes=10))

_HERE: Final = Path(__file__).parent
_FILES: Final = {"signin.css": "text/css", "signin.js": "text/javascript"}
_WORDS: Final = frozenset(
    {"access_denied", "login_required", "interaction_required", "consent_required", "temporarily_unavailable"}
)


def new_secret() -> str:
    """256 random bits, in 43 characters."""
    return secrets.token_urlsafe(32)


class SignInFrontend:
    """Signing in, through the provider or by a one-time link, and signing out."""

    def __init__(
        self,
        *,
        settings: SignInSettings,
        policy: Policy,
        sign_ins: SignIns,
        clock: Clock,
        gate: Gate,
        provider: Provider | None,
        new: Callable[[], str] = new_secret,
    ) -> None:
        self._settings, self._policy, self._sign_ins, self._clock = settings, policy, sign_ins, clock
        self._gate, self._provider, self._new = gate, provider, new
        self._by_address, self._by_person = Pace(*BY_ADDRESS), Pace(*BY_PERSON)

    def routes(self) -> list[web.RouteDef]:
        opened = self._gate.opened
        found = [
            web.get("/signin", opened(self.door)),
            web.get("/signin/link", opened(self.link)),
            web.post("/signin/link", opened(self.use)),
            web.post("/signout", opened(self.sign_out)),
            *(web.get(f"/signin/{name}", opened(_file(name, kind))) for name, kind in _FILES.items()),
        ]
        if self._provider is not None:
            found += [
                web.get("/signin/start", opened(self.start), allow_head=False),
                web.get("/signin/callback", opened(self.callback), allow_head=False),
            ]
        return found

    async def door(self, request: web.Request) -> web.Response:
        """The page to sign in at; who is signed in is sent on at once."""
        page = own_page(request.query.get("to", ""))
        if await self._gate.signed_in(request) is not None:
            return to(page)
        out = {"here": pages.OUT, "everywhere": pages.OUT_EVERYWHERE}.get(request.query.get("out", ""), "")
        start = f"/signin/start?to={sealed(page)}" if self._provider else None
        return pages.door(self._policy.company.name, start, notice=out)

    # -- through the provider ------------------------------------------------------------------------

    async def start(self, request: web.Request) -> web.Response:
        """Off to the provider. What this attempt is bound to stays in this browser, so nothing is written yet."""
        assert self._provider is not None
        page = own_page(request.query.get("to", ""))
        if not self._by_address.allows(self._gate.caller(request), self._clock.real()):
            return self._trouble(TOO_OFTEN, 429, page)
        attempt = Attempt(self._new(), self._new(), self._new())
        try:
            response = to(await self._provider.address(attempt, self._settings.redirect_uri))
        except ProviderAway as error:
            log.warning("nobody can sign in", why=str(error))
            return self._trouble(AWAY, 503, page)
        self._gate.cookies.set_attempt(response, attempt, sealed(page))
        return response

    async def callback(self, request: web.Request) -> web.Response:
        """Back from the provider, with a code or with why not."""
        response = await self._called_back(request)
        self._gate.cookies.drop_attempt(response)
        return response

    async def _called_back(self, request: web.Request) -> web.Response:
        assert self._provider is not None
        begun = self._gate.cookies.attempt(request)
        page = own_page(unquote(begun[1], errors="replace")) if begun else "/"
        if not self._by_address.allows(self._gate.caller(request), self._clock.real()):
            return self._trouble(TOO_OFTEN, 429, page)
        state, code = request.query.get("state", ""), request.query.get("code", "")
        if begun is None or not secrets.compare_digest(_bytes(begun[0].state), _bytes(state)):
            return self._trouble(NO_COOKIE, 400, page)
        if not code or "error" in request.query:
            word = request.query.get("error", "")
            return self._trouble(STOPPED.format(word=word if word in _WORDS else "no reason"), 403, page)
        try:
            claims = await self._provider.claims(code, begun[0], self._settings.redirect_uri)
        except ProviderAway as error:
            log.warning("nobody can sign in", why=str(error))
            return self._trouble(AWAY, 503, page)
        except Untrusted as error:
            log.warning("a sign-in was not trusted", why=str(error))
            return self._trouble(UNTRUSTED, 403, page)
        assert self._settings.oidc is not None
        return await self._come_in(request, email_of(claims, self._settings.oidc, self._policy), page)

    async def _come_in(self, request: web.Request, email: str | None, page: str) -> web.Response:
        try:
            person = let_in(self._policy, email, self._clock.now())
        except NotLetIn as refusal:
            log.info("somebody signed in who is not let in")
            return self._trouble(refusal.sentence, 403, page)
        if not self._by_person.allows(person.id, self._clock.real()):
            return self._trouble(TOO_OFTEN, 429, page)
        secret = self._new()
        try:
            await self._end_former(request)
            await self._sign_ins.begin(person.id, digest_of(secret), self._settings.longest)
        except (Overloaded, Stale):
            return self._trouble(BUSY, 503, page)
        log.info("signed in", person=person.id, way="provider")
        response = to(page)
        self._gate.cookies.set_session(response, secret)
        return response

    # -- by a one-time link ------------------------------------------------------------------------------

    async def link(self, request: web.Request) -> web.Response:
        """Shows a button. The link's secret is in the address's fragment, which stays in the browser."""
        return pages.link(self._policy.company.name)

    async def use(self, request: web.Request) -> web.Response:
        """Uses the link up, and signs its person in."""
        if not self._by_address.allows(self._gate.caller(request), self._clock.real()):
            raise Wrong(TOO_OFTEN, 429)
        given = (await body_of(request)).get("secret")
        if not isinstance(given, str) or len(given) > 200:
            raise Wrong(USED_UP, 403)
        secret = self._new()
        person = await self._sign_ins.use(digest_of(given), digest_of(secret), self._settings.longest)
        if person is None:
            raise Wrong(USED_UP, 403)
        await self._end_former(request)
        try:
            let_in(self._policy, person, self._clock.now())
        except NotLetIn as refusal:
            await self._sign_ins.end(digest_of(secret))
            raise Wrong(refusal.sentence, 403) from None
        log.info("signed in", person=person, way="link")
        response = answer({"to": "/"})
        self._gate.cookies.set_session(response, secret)
        return response

    # -- out -----------------------------------------------------------------------------------------------

    async def sign_out(self, request: web.Request) -> web.Response:
        """Ends this session, or with `everywhere` all of this person's."""
        everywhere = (await body_of(request)).get("everywhere") is True
        signed_in = await self._gate.signed_in(request)
        if signed_in is not None and everywhere:
            await self._sign_ins.end_all(signed_in.person.id)
        await self._end_former(request)
        response = answer(
            {"to": f"/signin?out={'everywhere' if everywhere else 'here'}"},
            # What the page showed must not come back with the back button.
            headers={"Clear-Site-Data": '"cache"'},
        )
        self._gate.cookies.drop_session(response)
        return response

    async def _end_former(self, request: web.Request) -> None:
        """A session's secret never outlives a sign-in or a sign-out of its browser."""
        former = self._gate.cookies.session(request)
        if former is not None:
            await self._sign_ins.end(digest_of(former))

    def _trouble(self, sentence: str, status: int, page: str) -> web.Response:
        return pages.trouble(self._policy.company.name, sentence, f"/signin?to={sealed(page)}", status)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _file(name: str, kind: str) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        headers = {**HEADERS, hdrs.CACHE_CONTROL: "no-cache", hdrs.CONTENT_TYPE: f"{kind}; charset=utf-8"}
        return web.FileResponse(_HERE / name, headers=headers)

    return serve
