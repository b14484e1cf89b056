"""The payloads that Slack sends, in its shapes. docs.slack.dev/reference/interaction-payloads, …/events"""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

from tests.fakes.slack.state import APP, BOT, Channel, Json, Message, Workspace

VERIFICATION: Final = "verification-token-nobody-should-trust"
_KEPT: Final = re.compile(r"<(?:[@#!][^<>]+|https?://[^<>]+|mailto:[^<>]+)>")
_LINK: Final = re.compile(r"https?://[^\s<>]+")


def envelope(work: Workspace, event: Json, *, event_id: str | None = None, shared: bool = False) -> Json:
    """`event_callback`, as the Events API wraps an event."""
    authorization = {
        "enterprise_id": None,
        "team_id": work.team,
        "user_id": BOT,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION,
        "team_id": work.team,
        "context_team_id": work.team,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id or work.id("Ev"),
        "event_time": int(work.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{work.number()}",
    }


def interaction(work: Workspace, kind: str, user: str, **more: Any) -> Json:
    """What every interaction has in common."""
    about = work.users[user]
    return {
        "type": kind,
        "token": VERIFICATION,
        "api_app_id": APP,
        "team": {"id": work.team, "domain": "kettle"},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": user, "username": about["name"], "name": about["name"], "team_id": about["team_id"]},
        **more,
    }


def slash_command(work: Workspace, user: str, channel: Channel, command: str, text: str) -> Json:
    about = work.users[user]
    return {
        "token": VERIFICATION,
        "team_id": about["team_id"],
        "team_domain": "kettle",
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.person else channel.name,
        "user_id": user,
        "user_name": about["name"],
        "command": command,
        "text": escaped(text.strip()),
        "api_app_id": APP,
        "is_enterprise_install": "false",
    }


def spoken(work: Workspace, user: str, channel: Channel, text: str, thread: str | None) -> Message:
    """A person's message, as everybody gets it."""
    shown = typed(text)
    element = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    team = work.users[user]["team_id"]
    body: Json = {
        "type": "message",
        "user": user,
        "ts": work.ts(),
        "client_msg_id": str(uuid.uuid4()),
        "text": shown,
        "team": team,
        "blocks": [{"type": "rich_text", "block_id": f"r{work.number()}", "elements": [element]}],
    }
    if team != work.team:
        body |= {"user_team": team, "source_team": team}
    if thread:
        body["thread_ts"] = thread
    return Message(body)


def heard(message: Message, channel: Channel) -> Json:
    """The `message` event of it."""
    place = {"channel": channel.id, "channel_type": channel.type, "event_ts": message.ts}
    return {**message.body, **place}


def mentioned(message: Message, channel: Channel) -> Json:
    """The `app_mention` event of it, which comes beside the `message` event."""
    return {**message.body, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str) -> str:
    """What a person typed as Slack writes it down: escaped, addresses marked. `<@U…>` and the like stay."""
    pieces, at = [], 0
    for kept in _KEPT.finditer(text):
        pieces += [_linked(text[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*pieces, _linked(text[at:])])


def _linked(text: str) -> str:
    return _LINK.sub(lambda link: f"<{link[0]}>", escaped(text))
