"""chat.*: posting, editing, deleting."""

from __future__ import annotations

from typing import Any, Final

from tests.fakes.slack.limits import MOST_NEW_TEXT, check_message
from tests.fakes.slack.methods import Context, method
from tests.fakes.slack.state import APP, BOT, BOT_ID, Channel, Json, Message, Refused, Workspace

TOMBSTONE: Final = "This message was deleted."


@method("chat.postMessage", "chat:write", needs="channel")
def post(context: Context, arguments: Json) -> Json:
    work = context.work
    channel = work.channel(arguments["channel"], writing=True)
    check_message(work, arguments)
    metadata = _metadata(arguments)
    thread = arguments.get("thread_ts")
    if thread is not None and channel.find(str(thread)) is None:
        # Slack says nothing, and posts in the channel itself (slack-go/slack issue 1571).
        thread = None
    message = Message(own_message(work, arguments), metadata)
    add(work, channel, message, root=thread)
    return {"channel": channel.id, "ts": message.ts, "message": message.body}


@method("chat.update", "chat:write", needs="channel ts")
def update(context: Context, arguments: Json) -> Json:
    """A user's id is no channel here; metadata that is not given stays."""
    work = context.work
    channel = work.channel(arguments["channel"])
    if channel.is_archived:
        raise Refused("is_archived")
    message = work.message(channel, arguments["ts"])
    if not message.ours:
        raise Refused("cant_update_message")
    check_message(work, arguments, MOST_NEW_TEXT)
    metadata = _metadata(arguments)
    before = dict(message.body)
    rewrite(message, arguments)
    if "metadata" in arguments:
        message.metadata = metadata or None
    if "blocks" not in arguments:
        message.body["edited"] = {"user": BOT_ID, "ts": work.ts()}
    work.echo(changed(work, channel, message.body, before))
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.body["text"],
        "message": message.body,
    }


@method("chat.delete", "chat:write", needs="channel ts")
def delete(context: Context, arguments: Json) -> Json:
    work = context.work
    channel = work.channel(arguments["channel"])
    message = work.message(channel, arguments["ts"])
    if not message.ours:
        raise Refused("cant_delete_message")
    work.echo(remove(work, channel, message))
    return {"channel": channel.id, "ts": message.ts}


@method("chat.postEphemeral", "chat:write", needs="channel user")
def post_ephemeral(context: Context, arguments: Json) -> Json:
    work = context.work
    channel = work.channel(arguments["channel"], writing=True)
    user = str(arguments["user"])
    if not (user in work.users and channel.has(user)):
        raise Refused("user_not_in_channel")
    check_message(work, arguments)
    shown = ephemeral(work, channel, user, arguments)
    return {"message_ts": shown.ts}


@method("chat.getPermalink", needs="channel message_ts", reads=True)
def permalink(context: Context, arguments: Json) -> Json:
    channel = context.work.channel(arguments["channel"])
    message = context.work.message(channel, arguments["message_ts"])
    link = f"https://kettle.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def own_message(work: Workspace, arguments: Json) -> Json:
    """Our bot's message as everybody gets it."""
    body: Json = {
        "type": "message",
        "user": BOT,
        "bot_id": BOT_ID,
        "app_id": APP,
        "team": work.team,
        "ts": work.ts(),
        "text": arguments.get("text") or "",
        "bot_profile": {"id": BOT_ID, "app_id": APP, "name": "Baton", "deleted": False, "team_id": work.team},
    }
    for name in ("blocks", "attachments"):
        if arguments.get(name):
            body[name] = arguments[name]
    return body


def add(work: Workspace, channel: Channel, message: Message, *, root: Any = None) -> None:
    """Puts it into the channel, or into the thread below `root`; our app hears of it."""
    if root is not None:
        message.body["thread_ts"] = str(root)
        parent = channel.find(str(root))
        if parent is not None:
            parent.body["thread_ts"] = parent.ts
            parent.body["reply_count"] = parent.body.get("reply_count", 0) + 1
            message.body["parent_user_id"] = parent.body.get("user", "")
    channel.messages.append(message)
    if message.ours:
        place = {"channel": channel.id, "channel_type": channel.type, "event_ts": message.ts}
        work.echo({**message.body, **place})


def ephemeral(work: Workspace, channel: Channel, user: str, arguments: Json) -> Message:
    """A message that only this user sees."""
    message = Message(own_message(work, arguments), to=user)
    if arguments.get("thread_ts"):
        message.body["thread_ts"] = str(arguments["thread_ts"])
    channel.messages.append(message)
    return message


def rewrite(message: Message, arguments: Json) -> None:
    """New text without blocks removes the blocks; text alone keeps attachments."""
    if "text" in arguments:
        message.body["text"] = arguments["text"] or ""
    if "text" in arguments and "blocks" not in arguments:
        message.body.pop("blocks", None)
    for name in ("blocks", "attachments"):
        if name in arguments:
            message.body.pop(name, None)
            if arguments[name]:
                message.body[name] = arguments[name]


def changed(work: Workspace, channel: Channel, now: Json, before: Json) -> Json:
    """The event of an edited message."""
    ts = work.ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.type,
        "ts": ts,
        "event_ts": ts,
        "message": dict(now),
        "previous_message": before,
    }


def remove(work: Workspace, channel: Channel, message: Message) -> Json:
    """Takes the message away; its event. A thread's root leaves a tombstone, and its replies stay."""
    before = dict(message.body)
    if any(other.thread == message.ts for other in channel.messages):
        kept: Json = {key: before[key] for key in ("type", "ts", "thread_ts", "reply_count") if key in before}
        message.body.clear()
        message.body.update(kept, subtype="tombstone", text=TOMBSTONE, user="USLACKBOT", hidden=True)
        message.metadata = None
        return changed(work, channel, message.body, before)
    channel.messages.remove(message)
    ts = work.ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.type,
        "ts": ts,
        "event_ts": ts,
        "deleted_ts": before["ts"],
        "previous_message": before,
    }


def _metadata(arguments: Json) -> Json | None:
    given = arguments.get("metadata")
    if given in (None, {}):
        return None
    if (
        not isinstance(given, dict)
        or not isinstance(given.get("event_type"), str)
        or not isinstance(given.get("event_payload"), dict)
    ):
        raise Refused("invalid_metadata_format", f"metadata needs event_type and event_payload: {given}")
    return given
