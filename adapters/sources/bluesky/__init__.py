"""Bluesky: posts that name us, answer us or hold words we look for, and replies from an account of ours."""

from __future__ import annotations

from typing import Final

from adapters.sources.bluesky.gate import GateKeeper
from adapters.sources.bluesky.network import BlueskyNetwork
from adapters.sources.bluesky.ours import Ours
from adapters.sources.bluesky.people import People
from adapters.sources.bluesky.session import Sessions
from adapters.sources.bluesky.source import BlueskySource
from adapters.sources.bluesky.whoami import Whoami
from adapters.sources.bluesky.xrpc import Xrpc
from adapters.sources.parts import Connected, SettingMissing, Tools, community
from bot.policy.model import SourcePlan
from bot.triage.sifting import Sift

SERVER: Final = "https://bsky.social"

NOTHING_TO_HEAR: Final = (
    "[sources.{name}] says neither whom to listen for nor which words: write account = "
    '"yourcompany.bsky.social", or search = ["your brand"], or both.'
)
NO_ACCOUNT: Final = (
    '[sources.{name}] may reply but says not as whom: write account = "yourcompany.bsky.social".'
)
NO_PASSWORD: Final = (
    "[sources.{name}] may reply, so it needs an app password of {account}: make one at bsky.app under Settings, "
    "Privacy and security, App passwords, and write it into {setting}."
)


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    """Raises SettingMissing."""
    setting = f"BATON_SOURCE_{plan.name.upper().replace('-', '_')}__PASSWORD"
    account, password = plan.account.removeprefix("@"), tools.secrets.get("password", "")
    if not account and not plan.search:
        raise SettingMissing(NOTHING_TO_HEAR.format(name=plan.name))
    if plan.reply and not account:
        raise SettingMissing(NO_ACCOUNT.format(name=plan.name))
    if plan.reply and not password:
        raise SettingMissing(NO_PASSWORD.format(name=plan.name, account=account, setting=setting))
    server = Xrpc(tools.http, plan.url or SERVER, tools.clock)
    appview = str(plan.options.get("appview") or "")
    sessions = _sessions(plan, tools, server, account, password, setting) if account and password else None
    source = BlueskySource(
        plan=plan,
        community=community(plan, tools.community_of),
        clock=tools.clock,
        whoami=Whoami(account=account, server=server, sessions=sessions),
        people=People(
            appview=Xrpc(tools.http, appview, tools.clock) if appview else None,
            server=server,
            plc=str(plan.options["plc"]),
        ),
        ours=Ours("", Sift(plan.search, plan.exclude, plan.exclude_authors)),
    )
    if not plan.reply or sessions is None:
        return Connected(plan=plan, source=source)
    gates = GateKeeper(server=server, appview=bool(appview))
    network = BlueskyNetwork(name=plan.name, account=account, server=server, sessions=sessions, gates=gates)
    return Connected(plan=plan, source=source, network=network)


def _sessions(
    plan: SourcePlan, tools: Tools, server: Xrpc, account: str, password: str, setting: str
) -> Sessions:
    return Sessions(
        name=plan.name,
        account=account,
        password=password,
        setting=setting,
        server=server,
        vault=tools.vault,
        clock=tools.clock,
    )


__all__ = ["connect"]
