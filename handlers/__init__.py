"""What the desk can do: one use case, one file. Start here."""

from __future__ import annotations

from bot.ports import Networks, NoNetworks
from bot.router import Routes
from handlers.digests import digest, mute
from handlers.hand_over import assign, consult, duty, handoff, handover, leaving, restrict, shifts
from handlers.intake import file, receive
from handlers.look import board, home, lists, oncall, show
from handlers.look.help import help_routes
from handlers.look.web import web_routes
from handlers.reply.approve import approve_routes
from handlers.reply.publish import publish_routes
from handlers.reply.reply import reply_routes
from handlers.reply.send import send_routes
from handlers.shared import notices, sentence
from handlers.urgent import at_once, away, away_words, escalate, freeze, pages, shut, undelivered
from handlers.work import (
    claim,
    dismiss,
    extend,
    lapse,
    merge,
    note,
    priority,
    promises,
    release,
    reopen,
    resolve,
    service,
    snooze,
    split,
    tag,
    take,
    undo,
    wait,
)

_NO_NETWORKS = NoNetworks()
_SEE = (home, lists, show, oncall, board)
_WORK = (
    claim,
    escalate,  # before `ack all`, so that help tells of a page before it tells of all pages
    at_once,
    take,
    release,
    extend,
    note,
    priority,
    wait,
    snooze,
    resolve,
    dismiss,
    reopen,
    undo,
    tag,
    merge,
    split,
)
_HAND_OVER = (handoff, handover, shifts, consult, assign, restrict)
_URGENT = (freeze, service, undelivered, shut)
_DESK = (receive, file, lapse, duty, leaving, digest, mute)
_WORDS = (away, away_words, pages, notices, promises, sentence)


def all_routes(link_address: str = "", networks: Networks = _NO_NETWORKS) -> Routes:
    """Every verb, timer and view. Raises ValueError when two want the same name.

    `link_address` is where one-time links lead; without one nobody signs in to the web chat, and `web` is no verb.
    `networks` are the accounts by which replies are published.
    """
    rooms = (*_SEE, *_WORK, *_HAND_OVER, *_URGENT, *_DESK, *_WORDS)
    routes = Routes()
    replies = (make(networks) for make in (reply_routes, publish_routes, approve_routes, send_routes))
    doors = (web_routes(link_address),) if link_address else ()
    return routes.include((*(room.routes for room in rooms), *replies, *doors, help_routes(routes.verbs)))
