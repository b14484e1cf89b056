"""What the desk can do: one use case, one file. Start here."""

from __future__ import annotations

from bot.router import Routes
from handlers import (
    assign,
    claim,
    consult,
    digest,
    dismiss,
    escalate,
    extend,
    file,
    handoff,
    home,
    lapse,
    lists,
    note,
    notices,
    oncall,
    pages,
    priority,
    promises,
    receive,
    release,
    reopen,
    resolve,
    sentence,
    service,
    show,
    shut,
    snooze,
    take,
    undelivered,
    wait,
)
from handlers.help import help_routes

_SEE = (home, lists, show, oncall)
_WORK = (claim, take, release, extend, note, priority, wait, snooze, resolve, dismiss, reopen)
_HAND_OVER = (handoff, consult, assign)
_URGENT = (escalate, service, undelivered, shut)
_DESK = (receive, file, lapse, digest)
_WORDS = (pages, notices, promises, sentence)


def all_routes() -> Routes:
    """Every verb, timer and view. Raises ValueError when two want the same name."""
    rooms = (*_SEE, *_WORK, *_HAND_OVER, *_URGENT, *_DESK, *_WORDS)
    routes = Routes()
    return routes.include((*(room.routes for room in rooms), help_routes(routes.verbs)))
