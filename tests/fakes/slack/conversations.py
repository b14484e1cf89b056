"""conversations.* and reactions.*: what is where, and who is in."""

from __future__ import annotations

from tests.fakes.slack.methods import Context, flag, method, page
from tests.fakes.slack.state import BOT, Channel, Json, Message, Refused, Workspace

_READS = ("channels:history", "groups:history", "im:history")
_LISTS = ("channels:read", "groups:read", "im:read")


@method("conversations.history", *_READS, needs="channel", reads=True)
def history(context: Context, arguments: Json) -> Json:
    """The main line, newest first: what stands in threads is not there."""
    channel = context.work.channel(arguments["channel"])
    found = [m for m in channel.messages if m.to is None and m.thread is None and _between(m, arguments)]
    shown, more = page(found[::-1], arguments, usual=100)
    return {"messages": [_read(m, arguments) for m in shown], "has_more": bool(more), **_next(more)}


@method("conversations.replies", *_READS, needs="channel ts", reads=True)
def replies(context: Context, arguments: Json) -> Json:
    """A thread, its root first."""
    channel, root = context.work.channel(arguments["channel"]), str(arguments["ts"])
    if channel.find(root) is None:
        raise Refused("thread_not_found")
    found = [
        m
        for m in channel.messages
        if m.to is None and (m.ts == root or (m.thread == root and _between(m, arguments)))
    ]
    shown, more = page(found, arguments, usual=1000)
    return {"messages": [_read(m, arguments) for m in shown], "has_more": bool(more), **_next(more)}


@method("conversations.open", "im:write")
def open_direct(context: Context, arguments: Json) -> Json:
    work, users = context.work, str(arguments.get("users") or "")
    if arguments.get("channel"):
        return {"channel": {"id": work.channel(arguments["channel"]).id}}
    if not users or "," in users:
        raise Refused("users_list_not_supplied" if not users else "not_implemented_by_the_fake")
    user = work.user(users)
    if user["deleted"]:
        raise Refused("user_disabled")
    if user["is_bot"]:
        raise Refused("cannot_dm_bot")
    known = any(channel.person == users for channel in work.channels.values())
    channel = work.direct(users)
    return {"no_op": known, "already_open": known, "channel": {"id": channel.id}}


@method("conversations.info", *_LISTS, needs="channel", reads=True)
def info(context: Context, arguments: Json) -> Json:
    """Public channels are seen by every app; a private one only by its members."""
    return {"channel": channel_object(context.work, _seen(context.work, arguments["channel"]))}


@method("conversations.members", *_LISTS, needs="channel", reads=True)
def members(context: Context, arguments: Json) -> Json:
    channel = _seen(context.work, arguments["channel"])
    everybody = [*(id for id in context.work.users if channel.has(id)), *([BOT] if channel.bot else [])]
    shown, more = page(everybody, arguments, usual=100)
    return {"members": shown, **_next(more)}


@method("conversations.list", *_LISTS, reads=True)
def list_all(context: Context, arguments: Json) -> Json:
    return _listed(context, arguments, only_ours=False)


@method("users.conversations", *_LISTS, reads=True)
def list_ours(context: Context, arguments: Json) -> Json:
    return _listed(context, arguments, only_ours=True)


@method("conversations.join", "channels:join", needs="channel")
def join(context: Context, arguments: Json) -> Json:
    channel = _seen(context.work, arguments["channel"])
    if channel.is_private:
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    channel.bot = True
    return {"channel": channel_object(context.work, channel)}


@method("reactions.get", "reactions:read", needs="channel timestamp", reads=True)
def reactions(context: Context, arguments: Json) -> Json:
    channel = context.work.channel(arguments["channel"])
    message = context.work.message(channel, arguments["timestamp"])
    return {"type": "message", "channel": channel.id, "message": message.body}


def channel_object(work: Workspace, channel: Channel) -> Json:
    """A channel as `conversations.info` gives it."""
    about: Json = {
        "id": channel.id,
        "created": 1772442000,
        "is_archived": channel.is_archived,
        "is_channel": channel.type == "channel",
        "is_group": channel.type == "group",
        "is_im": channel.type == "im",
        "is_private": channel.is_private,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "context_team_id": work.team,
    }
    if channel.person:
        return {**about, "user": channel.person}
    return {**about, "name": channel.name, "name_normalized": channel.name, "is_member": channel.bot}


def _seen(work: Workspace, id: object) -> Channel:
    channel = work.channels.get(str(id))
    if channel is None or (channel.is_private and not channel.bot):
        raise Refused("channel_not_found")
    return channel


def _listed(context: Context, arguments: Json, *, only_ours: bool) -> Json:
    kinds = str(arguments.get("types") or "public_channel").split(",")
    wanted = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    types = {wanted[kind.strip()] for kind in kinds if kind.strip() in wanted}
    found = [
        channel
        for channel in context.work.channels.values()
        if channel.type in types
        and (channel.bot or not (only_ours or channel.is_private))
        and not (flag(arguments, "exclude_archived") and channel.is_archived)
    ]
    shown, more = page(found, arguments, usual=100)
    return {"channels": [channel_object(context.work, each) for each in shown], **_next(more)}


def _between(message: Message, arguments: Json) -> bool:
    oldest, latest = arguments.get("oldest"), arguments.get("latest")
    if flag(arguments, "inclusive"):
        return (not oldest or _at(message.ts) >= _at(oldest)) and (
            not latest or _at(message.ts) <= _at(latest)
        )
    return (not oldest or _at(message.ts) > _at(oldest)) and (not latest or _at(message.ts) < _at(latest))


def _at(ts: object) -> tuple[int, int]:
    seconds, _, rest = str(ts).partition(".")
    return int(seconds), int(rest.ljust(6, "0")[:6] or 0)


def _read(message: Message, arguments: Json) -> Json:
    if not message.metadata:
        return message.body
    if flag(arguments, "include_all_metadata"):
        return {**message.body, "metadata": message.metadata}
    # Without being asked for, only its type is told.
    return {**message.body, "metadata": {"event_type": message.metadata["event_type"]}}


def _next(cursor: str) -> Json:
    return {"response_metadata": {"next_cursor": cursor}}
