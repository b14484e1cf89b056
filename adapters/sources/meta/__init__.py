"""Facebook pages and Instagram accounts: told by Meta's webhooks, answered over its Graph API."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from adapters.sources.meta.account import MetaAccount
from adapters.sources.meta.graph import BASE, Graph
from adapters.sources.meta.hook import MetaHook
from adapters.sources.meta.posts import Reader
from adapters.sources.meta.watch import MetaWatch
from adapters.sources.parts import Connected, SettingMissing, Tools
from adapters.sources.pushed import needed, setting
from bot.policy.model import SourceKind, SourcePlan
from bot.triage.sifting import Sift

WHY_SECRET: Final = "it is the app secret that developers.facebook.com shows under the app's basic settings"
WHY_VERIFY: Final = (
    "it is a word of your own, at least 16 characters, that you also write where the webhook is set up"
)
WHY_TOKEN: Final = "replies need the page's own long-lived access token"
SHORT: Final = "%s is too short to be safe: take at least 16 characters, as `openssl rand -hex 24` makes them"
LEAST_WORD: Final = 16


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing where a secret is missing or too short."""
    page, instagram = (str(plan.options.get(name, "")) for name in ("page", "instagram"))
    if plan.source == str(SourceKind.META):
        # People know the two networks, not the company behind them.
        plan = replace(plan, source="instagram" if instagram else "facebook")
    version = str(plan.options.get("version", ""))
    app_secrets = _several(needed(plan, tools, "app_secret", WHY_SECRET))
    words = _several(needed(plan, tools, "verify", WHY_VERIFY))
    if any(len(word) < LEAST_WORD for word in words):
        raise SettingMissing(SHORT % setting(plan, "verify"))
    token = (
        needed(plan, tools, "page_token", WHY_TOKEN) if plan.reply else tools.secrets.get("page_token", "")
    )
    ours = page or instagram
    base = f"{plan.url or BASE}/{version}"
    graph = (
        Graph(tools.http, tools.clock, base, token, app_secrets[0], setting(plan, "page_token"))
        if token
        else None
    )
    reader = Reader(plan, tools.community_of, Sift((), plan.exclude, plan.exclude_authors), ours)
    answers = plan.reply and graph is not None
    return Connected(
        plan=plan,
        source=MetaWatch(graph, ours) if graph else None,
        network=MetaAccount(plan.name, plan.account, graph, ours, bool(instagram))
        if answers and graph
        else None,
        routes=MetaHook(reader, tools, graph, app_secrets, words).routes(),
    )


def _several(said: str) -> tuple[str, ...]:
    """While one replaces another: the newest first."""
    return tuple(each.strip() for each in said.split(",") if each.strip())
