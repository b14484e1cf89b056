"""The app manifest: what Slack has to know of Baton, made from the desk's own words, the policy and the settings.

Format: https://docs.slack.dev/reference/app-manifest, schema version 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapters.slack.scopes import events, scopes
from bot.policy.model import Policy
from bot.router import Verb

COMMAND: Final = "/baton"
FILE_CASE: Final = "file_case"
"""The callback id of the message shortcut “File as a case”."""

PATH: Final = "/slack/events"

_NAME: Final = "Baton"
_SHORT: Final = "Answer the public together: claim, hand over, escalate, and see at a glance who does what."
_LONG: Final = (
    "Baton is the desk where a company's departments answer the public together. Mentions of the company arrive as "
    "cards in the department's channel; one person claims each, hands it to another department without dropping it, "
    "and pages the executive champion when it must not wait. What is written in a card's thread stays inside. "
    "Say /baton help to see every word it knows."
)
_COLOUR: Final = "#1f3a5f"
_FIRST_WORDS: Final = ("claim", "handoff", "escalate", "list", "help")
"""What the hint beside /baton shows: there is room for a few."""


def manifest(policy: Policy, verbs: Iterable[Verb], *, url: str | None) -> dict[str, Any]:
    """The manifest as JSON values. With `url` (https://…, where Slack reaches this desk) for signed HTTP,
    without for Socket Mode."""
    address = {} if url is None else {"request_url": url.rstrip("/") + PATH}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _NAME,
            "description": _SHORT,
            "long_description": _LONG,
            "background_color": _COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": _NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": "File as a case",
                    "type": "message",
                    "callback_id": FILE_CASE,
                    "description": "Bring this message to the desk as a case of its own",
                }
            ],
            "slash_commands": [_command(verbs, address.get("request_url"))],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(policy))}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(events(policy))},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def _command(verbs: Iterable[Verb], request_url: str | None) -> Mapping[str, Any]:
    usages = {verb.name: verb.usage for verb in verbs}
    hint = " | ".join(usages[name] for name in _FIRST_WORDS if name in usages)
    return {
        "command": COMMAND,
        "description": "Your desk, and every word that a card's buttons say",
        "usage_hint": hint,
        # People and channels arrive as ids, so that a name typed by hand cannot pose as one.
        "should_escape": True,
        **({"url": request_url} if request_url else {}),
    }
