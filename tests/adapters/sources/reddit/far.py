"""Reddit for tests: the fake one, and our source and account there."""

from __future__ import annotations

from typing import Any

from adapters.sources import reddit
from adapters.sources.parts import Connected
from bot.policy.model import SourceKind, SourcePlan
from tests.adapters.sources.heard import Bench
from tests.fakes.reddit import CLIENT, PASSWORD, SECRET, USER, FakeReddit

SECRETS = {"client_id": CLIENT, "client_secret": SECRET, "password": PASSWORD}


def connected(
    bench: Bench, there: FakeReddit, secrets: dict[str, str] | None = None, **plan: Any
) -> Connected:
    options = {"oauth_url": there.url, "subreddits": plan.pop("subreddits", ())}
    said: dict[str, Any] = {
        "name": "reddit",
        "kind": SourceKind.REDDIT,
        "source": "reddit",
        "account": f"u/{USER}",
    }
    made = SourcePlan(
        url=there.url, options=options, **{**said, "search": ("kettle",), "reply": True, **plan}
    )
    return reddit.connect(made, bench.tools(SECRETS if secrets is None else secrets))
