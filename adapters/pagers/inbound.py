"""Acknowledgements that come back: from a mail's link, from PagerDuty, from a program of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from typing import Final

import msgspec
from aiohttp import web

from adapters.pagers import pagerduty, webhook
from adapters.pagers.tickets import Ticket, Tickets
from bot.cards.card import Card
from bot.grammar.listener import Heard
from bot.policy.model import PagerKind, PagerPlan
from bot.policy.places import paged_at
from bot.policy.roster import Roster
from bot.ports import Clock, Overloaded, Stale

PATH: Final = "/pagers"
TICKET: Final = "/pagers/ack"

TITLE: Final = "Case {case}"
ASK: Final = "You were paged about case {case}. Press the button to say that you have seen it."
BUTTON: Final = "Acknowledge"
OVER_TITLE: Final = "This link is over"
OVER: Final = (
    "This link is not whole, or is over: it works for a day. Acknowledge the page in your chat with Baton."
)
BUSY: Final = "The desk is busy right now. Try again in a moment."
DONE: Final = "Thank you: case {case} is acknowledged. Claim it, note or say a status before the time ends."
NOT_SIGNED: Final = "The signature is missing or wrong. Look at the secret on both sides."
NO_PAGER: Final = "There is no pager of that name that takes acknowledgements."
NOTHING: Final = "This is no acknowledgement, so nothing was done."

TOO_SLOW: Final = "The body did not arrive in time. Send it again."
BODY_WITHIN: Final = timedelta(seconds=10)
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
}
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem}}
button{{font:inherit;padding:.7rem 1.4rem}}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p role="status">{lead}</p>
{form}</main>
</body>
</html>
"""
_FORM: Final = """<form method="post"><input type="hidden" name="t" value="{ticket}"><button>{button}</button></form>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledging:
    """`secrets` are each pager's own, by its name and what they are for."""

    plans: Mapping[str, PagerPlan]
    people: Roster
    hear: Callable[[Heard], Awaitable[Card | None]]
    clock: Clock
    tickets: Tickets | None = None
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(TICKET, self.ask),
            web.post(TICKET, self.pressed),
            web.post(f"{PATH}/{{pager}}", self.told),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """What a mail's link shows. Only pressing the button acknowledges: programs look into links beforehand."""
        text = request.query.get("t", "")
        ticket = self._read(text)
        if ticket is None:
            return _page(OVER, OVER_TITLE, status=410)
        form = _FORM.format(ticket=escape(text), button=BUTTON)
        return _page(ASK.format(case=ticket.case), TITLE.format(case=ticket.case), form=form)

    async def pressed(self, request: web.Request) -> web.Response:
        """The button was pressed."""
        text = str((await request.post()).get("t", ""))
        ticket = self._read(text)
        if ticket is None:
            return _page(OVER, OVER_TITLE, status=410)
        pager = next((name for name, plan in self.plans.items() if plan.kind is PagerKind.EMAIL), "")
        try:
            # Without an id: a press that changes nothing must say so, as a later page may stand behind the same link.
            answer = await self._acknowledge(pager, ticket, None)
        except (Overloaded, Stale):
            return _page(BUSY, TITLE.format(case=ticket.case), status=503)
        refused = answer is not None and answer.refused
        lead = answer.summary if answer is not None and refused else DONE.format(case=ticket.case)
        return _page(lead, TITLE.format(case=ticket.case), status=409 if refused else 200)

    async def told(self, request: web.Request) -> web.Response:
        """What PagerDuty or a program of ours says. 401 unless it is signed, 503 when it should be said again."""
        name = request.match_info["pager"]
        plan, secrets = self.plans.get(name), self.secrets.get(name, {})
        try:
            async with asyncio.timeout(BODY_WITHIN.total_seconds()):
                body = await request.read()
        except TimeoutError:
            return _json(408, TOO_SLOW)
        if plan is None or plan.kind is PagerKind.EMAIL:
            return _json(404, NO_PAGER)
        if not _signed(plan, secrets, request, body):
            return _json(401, NOT_SIGNED)
        event, ticket = _said(plan, request, body)
        if ticket is None:
            # PagerDuty tells of much that is not ours: to refuse it would make it say it again.
            return _json(200 if plan.kind is PagerKind.PAGERDUTY else 400, NOTHING)
        try:
            answer = await self._acknowledge(name, ticket, f"{name}:{event}")
        except (Overloaded, Stale):
            return _json(503, BUSY)
        refused = answer is not None and answer.refused
        return _json(200, answer.summary if answer is not None and refused else DONE.format(case=ticket.case))

    def _read(self, text: str) -> Ticket | None:
        return self.tickets.read(text, self.clock.real()) if self.tickets is not None else None

    async def _acknowledge(self, pager: str, ticket: Ticket, event: str | None) -> Card | None:
        return await self.hear(
            Heard(
                id=event,
                words=f"ack {ticket.case}",
                person=self.people.known(ticket.person),
                place=paged_at(pager, ticket.person),
            )
        )


def _signed(plan: PagerPlan, secrets: Mapping[str, str], request: web.Request, body: bytes) -> bool:
    if plan.kind is PagerKind.PAGERDUTY:
        secret = secrets.get("webhook_secret", "")
        return bool(secret) and pagerduty.signed(
            request.headers.get("X-PagerDuty-Signature", ""), body, secret
        )
    secret = secrets.get("secret", "")
    return bool(secret) and webhook.signed(request.headers, body, secret)


def _said(plan: PagerPlan, request: web.Request, body: bytes) -> tuple[str, Ticket | None]:
    """The event's id, and the page that it acknowledges."""
    if plan.kind is PagerKind.PAGERDUTY:
        return pagerduty.acknowledged(body) or ("", None)
    return request.headers.get("webhook-id", ""), webhook.acknowledged(body)


def _page(lead: str, title: str, *, form: str = "", status: int = 200) -> web.Response:
    text = _PAGE.format(title=escape(title), lead=escape(lead), form=form)
    return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)


def _json(status: int, says: str) -> web.Response:
    body = msgspec.json.encode({"says": says} if status < 400 else {"error": says})
    return web.Response(status=status, body=body, content_type="application/json")
