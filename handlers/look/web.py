"""`web`: a link that opens the desk in the browser, signed in, once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from bot.cards.card import Actions, Card, OpenLink, Style, Text
from bot.domain.refusals import Refusal
from bot.ports import LINK_LIVES, digest_of
from bot.router import Call, Reply, Routes

_TITLE: Final = "The desk in your browser"
_LEAD: Final = "This link signs you in as {name}, once, within {minutes} minutes."
_CARE: Final = "It is for you alone: whoever opens it acts as you. An earlier link of yours has ended."
_OPEN: Final = "Open the desk"


class OnlyInPrivate(Refusal):
    """The link would stand where others read it."""

    sentence_text = "The link signs you in, so it is for you alone. Say `web` to me in our direct messages, not in a channel."


class NotOfTheDesk(Refusal):
    """A colleague whom the policy gives nothing to do here."""

    sentence_text = "This desk's policy does not name you yet, so there is nothing to open. Ask for it first."


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def web_routes(address: str, new: Callable[[], str] = new_secret) -> Routes:
    """The routes of `web`, where people sign in to the web chat. A link is `address`, `#`, and a new secret."""
    routes = Routes()

    @routes.verb("web", usage="web", group="see")
    async def open_in_browser(call: Call) -> Reply:
        """Open the desk in your browser, signed in by a link for you alone."""
        if call.place.person != call.actor.id:
            raise OnlyInPrivate
        if call.actor.id not in call.policy.people:
            raise NotOfTheDesk
        secret = new()
        async with call.work() as work:
            work.links.offer(call.actor.id, digest_of(secret))
        return Reply.say(_card(call.actor.name, f"{address}#{secret}"))

    return routes


def _card(name: str, url: str) -> Card:
    lead = _LEAD.format(name=name, minutes=LINK_LIVES.seconds // 60)
    return Card(
        title=_TITLE,
        summary=_TITLE,
        elements=(
            Text(text=lead),
            Actions(buttons=(OpenLink(label=_OPEN, url=url),)),
            Text(text=_CARE, style=Style.MUTED),
        ),
    )
