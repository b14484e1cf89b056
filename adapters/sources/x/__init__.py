"""X: listened to over its filtered stream or its webhooks, answered as our account."""

from __future__ import annotations

from typing import Final

from adapters.sources.parts import Connected, Tools
from adapters.sources.pushed import needed, setting
from adapters.sources.x.account import XAccount
from adapters.sources.x.api import BASE, Api, Keys
from adapters.sources.x.hook import XHook
from adapters.sources.x.posts import Reader
from adapters.sources.x.stream import XStream
from bot.policy.model import SourcePlan
from bot.triage.sifting import Sift

APP: Final = "developer.x.com shows it under the app's keys and tokens"


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing where one of X's keys is missing."""
    hooked = str(plan.options.get("mode", "")) == "webhook"
    wanted = {"consumer_secret"} if hooked else {"bearer"}
    if plan.reply:
        wanted |= {"consumer_key", "consumer_secret", "access_token", "access_secret"}
    keys = Keys(**{name: needed(plan, tools, name, APP) for name in sorted(wanted)})
    api = Api(tools.http, tools.clock, keys, plan.url or BASE, setting(plan, "bearer"))
    reader = Reader(
        plan,
        tools.community_of,
        Sift((), plan.exclude, plan.exclude_authors),
        any_reply=str(plan.options.get("replies", "")) == "any",
    )
    backfill = plan.options.get("backfill_minutes", 0)
    return Connected(
        plan=plan,
        source=None if hooked else XStream(api, reader, backfill if isinstance(backfill, int) else 0),
        network=XAccount(plan.name, plan.account, api) if plan.reply else None,
        routes=XHook(reader, tools, keys.consumer_secret).routes() if hooked else (),
    )
