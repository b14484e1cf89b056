"""The activities that Teams sends, in the shapes of recorded ones.

learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages, …/subscribe-to-conversation-events,
…/task-modules-and-cards/cards/universal-actions-for-adaptive-cards, …/messaging-extensions/how-to/action-commands
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.fakes.teams.state import BOT, BOT_NAME, Conversation, Json, Message, Team, Tenant, User

AT: Final = re.compile(r"<at>(.*?)</at>")
_ZONE: Final = "Europe/London"
_LOCALE: Final = "en-GB"


def activity(
    tenant: Tenant, service_url: str, kind: str, user: User, place: Conversation, *, root: str | None = None
) -> Json:
    """What every activity holds. `root`: the thread it happens in."""
    now = tenant.now()
    found: Json = {
        "type": kind,
        "id": tenant.activity_id(),
        "timestamp": stamp(now),
        "localTimestamp": stamp(now.astimezone(ZoneInfo(_ZONE)), local=True),
        "localTimezone": _ZONE,
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": user.id, "name": user.name, "aadObjectId": user.object_id},
        "conversation": _conversation(tenant, place, root),
        "recipient": {"id": BOT, "name": BOT_NAME},
        "locale": _LOCALE,
        "entities": [client_info()],
        "channelData": channel_data(tenant, place, user),
    }
    return found


def spoken(
    tenant: Tenant, service_url: str, user: User, place: Conversation, text: str, root: str | None
) -> Json:
    """A message as typed: `<at>Name</at>` is a mention of that person or of our bot."""
    found = activity(tenant, service_url, "message", user, place, root=root)
    if place.kind == "channel" and root is None:
        # A new thread is named after its first message.
        found["conversation"]["id"] = f"{place.id};messageid={found['id']}"
    if root is not None and place.kind == "channel":
        found["replyToId"] = root
    return {**found, **words(tenant, text), "entities": [*mentions(tenant, text), client_info()]}


def words(tenant: Tenant, text: str) -> Json:
    """Text and its HTML twin, as the compose box makes them."""
    number = iter(range(1000))

    def span(match: re.Match[str]) -> str:
        return (
            '<span itemscope="" itemtype="http://schema.skype.com/Mention" '
            f'itemid="{next(number)}">{match[1]}</span>'
        )

    escaped = html.escape(text, quote=False).replace("&lt;at&gt;", "<at>").replace("&lt;/at&gt;", "</at>")
    content = "".join(f"<p>{AT.sub(span, line)}</p>" for line in escaped.split("\n"))
    return {
        "text": text,
        "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": content}],
    }


def mentions(tenant: Tenant, text: str) -> list[Json]:
    found = []
    for name in AT.findall(text):
        users = [user for user in tenant.users.values() if user.name == name]
        known = {"id": users[0].id, "name": name} if users else {"id": BOT, "name": BOT_NAME}
        assert users or name == BOT_NAME, f"nobody is called {name!r}"
        found.append({"type": "mention", "mentioned": known, "text": f"<at>{name}</at>"})
    return found


def channel_data(tenant: Tenant, place: Conversation, user: User | None = None) -> Json:
    data: Json = {"tenant": {"id": user.tenant if user else tenant.id}}
    if place.kind == "channel":
        data |= {
            "teamsChannelId": place.id,
            "teamsTeamId": place.team,
            "channel": {"id": place.id},
            "team": {"id": place.team},
        }
    return data


def team_data(tenant: Tenant, team: Team, event: str = "") -> Json:
    about = {"id": team.id, "name": team.name, "aadGroupId": team.group}
    return {"team": about, "tenant": {"id": tenant.id}, **({"eventType": event} if event else {})}


def client_info() -> Json:
    return {
        "type": "clientInfo",
        "locale": _LOCALE,
        "country": "GB",
        "platform": "Web",
        "timezone": _ZONE,
    }


def invoke(
    tenant: Tenant,
    service_url: str,
    name: str,
    user: User,
    place: Conversation,
    message: Message | None,
    value: Any,
) -> Json:
    """An invoke in the message's place; `replyToId` is that message."""
    root = (message.root or message.id) if message and place.kind == "channel" else None
    found = activity(tenant, service_url, "invoke", user, place, root=root)
    found |= {"id": f"f:{found['id']}-{user.object_id[:8]}", "name": name, "value": value}
    if message is not None:
        found["replyToId"] = message.id
    found["channelData"]["source"] = {"name": "message" if message else "compose"}
    return found


def message_payload(tenant: Tenant, place: Conversation, message: Message) -> Json:
    """A message as a message extension gets it (Graph's shape)."""
    author = tenant.users[message.author] if message.author else None
    if author:
        sender: Json = {
            "user": {"userIdentityType": "aadUser", "id": author.object_id, "displayName": author.name}
        }
    else:
        sender = {"application": {"applicationIdentityType": "bot", "id": BOT[3:], "displayName": BOT_NAME}}
    content = html.escape(str(message.body.get("text", "")), quote=False).replace("\n", "<br>")
    return {
        "id": message.id,
        "replyToId": message.root,
        "createdDateTime": stamp(tenant.now()),
        "lastModifiedDateTime": None,
        "deleted": False,
        "summary": None,
        "importance": "normal",
        "locale": "en-gb",
        "linkToMessage": link(tenant, place, message),
        "from": {"device": None, "conversation": None, "user": None, "application": None, **sender},
        "body": {"contentType": "html", "content": f"<div>{content}</div>"},
        "attachments": [],
        "mentions": [],
        "reactions": [],
    }


def link(tenant: Tenant, place: Conversation, message: Message) -> str:
    return f"https://teams.microsoft.com/l/message/{place.id}/{message.id}?tenantId={tenant.id}"


def stamp(moment: datetime, *, local: bool = False) -> str:
    text = moment.isoformat(timespec="milliseconds")
    return text if local else text.replace("+00:00", "Z")


def _conversation(tenant: Tenant, place: Conversation, root: str | None) -> Json:
    id = f"{place.id};messageid={root}" if root and place.kind == "channel" else place.id
    found: Json = {"conversationType": place.kind, "tenantId": tenant.id, "id": id}
    return found if place.kind == "personal" else {"isGroup": True, **found}
