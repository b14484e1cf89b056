"""Calls, replies, and the router that leads one to the other.

A handler registers its verb, timer or view on its own Routes; the router runs it, turns refusals into private
answers, and runs it again when somebody else saved first.
"""

from bot.router.calls import DESK_PLACE, Call, Look, Reply, Shown, zone_of
from bot.router.router import RERUNS, Observer, Router
from bot.router.routes import Routes, Verb

__all__ = [
    "DESK_PLACE", "RERUNS", "Call", "Look", "Observer", "Reply", "Router", "Routes", "Shown", "Verb", "zone_of",
]  # fmt: skip
