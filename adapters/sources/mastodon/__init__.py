"""Mastodon, and the other ActivityPub servers that speak its API: GoToSocial, Pleroma, Akkoma, snac."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from adapters.sources.mastodon.account import Account
from adapters.sources.mastodon.api import Api
from adapters.sources.mastodon.instance import Instance
from adapters.sources.mastodon.network import MastodonNetwork
from adapters.sources.mastodon.source import MastodonSource
from adapters.sources.parts import Connected, SettingMissing, Tools
from bot.policy.model import SourcePlan

NO_TOKEN: Final = (
    "%s is not set: on the server, under Preferences, Development, make an application with the scopes %s and write its "
    "access token there"
)
NO_URL: Final = "sources.%s: write the server's address as url, such as https://mastodon.social"


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing."""
    setting = f"BATON_SOURCE_{plan.name.upper().replace('-', '_')}__TOKEN"
    needs = ("read", "write:statuses") if plan.reply else ("read",)
    token = tools.secrets.get("token", "")
    if not plan.url:
        raise SettingMissing(NO_URL % plan.name)
    if not token:
        raise SettingMissing(NO_TOKEN % (setting, " and ".join(needs)))
    account = Account(
        api=Api(base=plan.url, token=token, http=tools.http, clock=tools.clock),
        setting=setting,
        instance=Instance(domain=urlsplit(plan.url).netloc),
        wanted=plan.account,
        needs=needs,
    )
    return Connected(
        plan=plan,
        source=MastodonSource(plan=plan, account=account, community_of=tools.community_of),
        network=MastodonNetwork(plan=plan, signed_in=account) if plan.reply else None,
    )
