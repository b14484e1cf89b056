"""The desk's HTTP face."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from adapters.http import Probe
from adapters.http import application as http_application
from adapters.limits import Limits
from adapters.sources.webhook import Webhook
from adapters.web.inbound import WebFrontend
from bot.triage.rules import community_of
from bot.wiring.desk import Desk
from bot.wiring.signin import SigningIn
from bot.wiring.web import WebReads
from storage.sql.migrate import current, further, newest


def application(desk: Desk) -> web.Application:
    """The desk's HTTP face."""

    async def database() -> None:
        await desk.store.ping()
        if desk.store.writer.trouble:
            raise RuntimeError(desk.store.writer.trouble)

    async def migrations() -> None:
        at = await desk.store.reader.once(current)
        if at != newest() and not further(at):
            raise RuntimeError(f"the database is at revision {at or 'none'}; this program needs {newest()}")

    webhook = Webhook(
        intake=desk.store.intake,
        community_of=lambda **named: community_of(desk.policy, **named),
        secrets=desk.config.webhook_secrets,
        open_on_loopback=desk.config.loopback,
        metrics=desk.metrics,
    )
    limits = Limits(desk.store.clock, desk.config.trusted_proxies, per_minute=desk.config.intake_per_minute)
    routes: list[web.AbstractRouteDef] = [*limits.refusing(limits.paced(webhook.routes()))]
    sign_in: SigningIn | None = None
    if "web" in desk.chats:
        front = WebFrontend(
            policy=desk.policy,
            log=desk.store.weblog,
            hear=desk.listener.hear,
            clock=desk.store.clock,
            hub=desk.hub,
            verbs=desk.router.routes.verbs.values(),
            reads=WebReads(desk.router),
        )
        if desk.config.sign_in is None:
            routes += front.routes()
        else:
            sign_in = SigningIn(desk, desk.config.sign_in)
            routes += sign_in.around(front.routes())
    for chatting in (desk.slack, desk.teams):
        if chatting is not None:
            routes += limits.refusing(chatting.routes())
    routes += limits.refusing(limits.paced(desk.sources.routes()))
    routes += desk.pagers.routes(desk.listener)
    app = http_application(
        routes=routes,
        checks={"database": database, "migrations": migrations},
        reported={**(sign_in.reported if sign_in else {}), **_redis(desk), **desk.sources.reported()},
        metrics=desk.metrics,
    )
    app.on_shutdown.append(lambda _: desk.hub.close())
    if sign_in is not None:
        app.on_cleanup.append(sign_in.close)
    return app


def _redis(desk: Desk) -> Mapping[str, Probe]:
    """For the body of `/readyz`: without Redis the desk goes on, more slowly."""
    return {"redis": desk.shared.well} if desk.shared else {}
