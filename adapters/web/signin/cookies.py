"""The two cookies: who is signed in, and what a sign-in that is under way is bound to."""

from __future__ import annotations

import re
from typing import Final

from aiohttp import web

from adapters.web.signin.provider import Attempt
from bot.config_signin import SignInSettings

_SESSION: Final = "baton-session"
_ATTEMPT: Final = "baton-signin"
_HOST: Final = "__Host-"
"""A browser takes a cookie of such a name from this very host over https only: no neighbour can put one there."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_ATTEMPT_LIVES: Final = 600


class Cookies:
    """Reads and writes them. On plain http, which only this machine may use, they cannot be `Secure`."""

    def __init__(self, settings: SignInSettings) -> None:
        self._secure, self._longest = settings.secure, int(settings.longest.total_seconds())

    def session(self, request: web.Request) -> str | None:
        """The secret that the browser holds; None when it holds nothing of ours."""
        found = request.cookies.get(self._name(_SESSION), "")
        return found if _TOKEN.fullmatch(found) else None

    def set_session(self, response: web.StreamResponse, secret: str) -> None:
        self._set(response, _SESSION, secret, self._longest)

    def drop_session(self, response: web.StreamResponse) -> None:
        self._set(response, _SESSION, "", 0)

    def attempt(self, request: web.Request) -> tuple[Attempt, str] | None:
        """What this browser's sign-in is bound to, and where it wants to go afterwards."""
        parts = request.cookies.get(self._name(_ATTEMPT), "").split(".", 3)
        if len(parts) != 4 or not all(_TOKEN.fullmatch(part) for part in parts[:3]):
            return None
        return Attempt(parts[0], parts[1], parts[2]), parts[3]

    def set_attempt(self, response: web.StreamResponse, attempt: Attempt, to: str) -> None:
        """`to` must hold only characters that cookies may."""
        value = ".".join((attempt.state, attempt.nonce, attempt.verifier, to))
        self._set(response, _ATTEMPT, value, _ATTEMPT_LIVES)

    def drop_attempt(self, response: web.StreamResponse) -> None:
        self._set(response, _ATTEMPT, "", 0)

    def _name(self, name: str) -> str:
        return f"{_HOST}{name}" if self._secure else name

    def _set(self, response: web.StreamResponse, name: str, value: str, lives: int) -> None:
        response.set_cookie(
            self._name(name),
            value,
            max_age=lives,
            path="/",
            secure=self._secure,
            httponly=True,
            # Lax and not Strict: the provider, and a link in a chat, lead here from another site.
            samesite="Lax",
        )
