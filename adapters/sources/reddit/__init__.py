"""Reddit: what is said of us there, and one account of ours that answers."""

from __future__ import annotations

from adapters.sources.parts import Connected, Tools
from adapters.sources.reddit.network import RedditNetwork
from adapters.sources.reddit.session import Session
from adapters.sources.reddit.source import RedditSource
from bot.policy.model import SourcePlan


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing."""
    session = Session.of(plan, tools)
    network = RedditNetwork(plan, tools, session) if plan.reply else None
    return Connected(plan=plan, source=RedditSource(plan, tools, session), network=network)
