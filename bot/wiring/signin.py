"""Signing in, put around the web chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from adapters.http import Probe
from adapters.web.signin.gate import Gate
from adapters.web.signin.provider import Provider
from adapters.web.signin.routes import SignInFrontend
from bot.config import Config
from bot.config_signin import SignInSettings
from bot.wiring.desk import Desk

_KEPT: Final = timedelta(hours=12)


class SigningIn:
    """The gate and the addresses of signing in, for one desk. Close it with the application."""

    def __init__(self, desk: Desk, settings: SignInSettings) -> None:
        store = desk.store
        self._provider = Provider(settings.oidc, store.clock) if settings.oidc else None
        self._gate = Gate(settings=settings, policy=desk.policy, sign_ins=store.sign_ins, clock=store.clock)
        self._front = SignInFrontend(
            settings=settings,
            policy=desk.policy,
            sign_ins=store.sign_ins,
            clock=store.clock,
            gate=self._gate,
            provider=self._provider,
        )

    def around(self, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
        """The web chat's routes behind the gate, and the gate's own."""
        return [*self._gate.gated(routes), *self._front.routes()]

    @property
    def reported(self) -> Mapping[str, Probe]:
        """For the body of `/readyz`: who is signed in stays so while the provider is away."""
        return {"sign-in": self._provider.well} if self._provider else {}

    async def close(self, _app: web.Application) -> None:
        if self._provider is not None:
            await self._provider.close()


def idle_of(config: Config) -> timedelta:
    """After how long an unused session is over; sessions from before a setting changed go as well."""
    return config.sign_in.idle if config.sign_in else _KEPT
