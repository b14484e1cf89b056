"""Comments on YouTube, and one channel of ours that answers them."""

from __future__ import annotations

from typing import Final

from adapters.sources.parts import Connected, SettingMissing, Tools
from adapters.sources.youtube.network import YouTubeNetwork
from adapters.sources.youtube.session import Session
from adapters.sources.youtube.source import YouTubeSource
from bot.policy.model import SourcePlan

NOWHERE: Final = '[sources.%s] says no place on YouTube: write channel = "UC…", or videos = ["…"].'
NO_CHANNEL: Final = '[sources.%s] answers on YouTube, so it must say as which channel: write channel = "UC…".'


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing."""
    if not plan.options.get("channel") and not plan.options.get("videos"):
        raise SettingMissing(NOWHERE % plan.name)
    if plan.reply and not plan.options.get("channel"):
        raise SettingMissing(NO_CHANNEL % plan.name)
    session = Session.of(plan, tools)
    network = YouTubeNetwork(plan, tools, session) if plan.reply else None
    return Connected(plan=plan, source=YouTubeSource(plan, tools, session), network=network)
