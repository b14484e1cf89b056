"""YouTube for tests: the fake one, and our source and channel there."""

from __future__ import annotations

from typing import Any

from adapters.sources import youtube
from adapters.sources.parts import Connected
from bot.policy.model import SourceKind, SourcePlan
from tests.adapters.sources.heard import Bench
from tests.fakes.youtube import CHANNEL, CLIENT, KEY, REFRESH, SECRET, FakeYouTube

SIGN_IN = {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": REFRESH}
SECRETS = {"api_key": KEY, **SIGN_IN}


def connected(
    bench: Bench, there: FakeYouTube, secrets: dict[str, str] | None = None, **plan: Any
) -> Connected:
    names = ("channel", "videos", "quota")
    options = {
        "token_url": there.url,
        "channel": CHANNEL,
        **{name: plan.pop(name) for name in names if name in plan},
    }
    said: dict[str, Any] = {
        "name": "youtube",
        "kind": SourceKind.YOUTUBE,
        "source": "youtube",
        "account": "@kettle",
    }
    made = SourcePlan(url=there.url, options=options, **{**said, "reply": True, **plan})
    return youtube.connect(made, bench.tools(SECRETS if secrets is None else secrets))
