"""Answers that need no method: at a `response_url`, and in the very answer to a slash command."""

from __future__ import annotations

from tests.fakes.slack.chat import add, changed, ephemeral, own_message, remove, rewrite
from tests.fakes.slack.limits import check_message
from tests.fakes.slack.passes import Address
from tests.fakes.slack.state import Channel, Json, Message, Refused, Workspace


def respond(work: Workspace, address: Address, body: Json) -> None:
    """Raises Refused when Slack would not take the body. Works where the bot is no member, too."""
    channel = work.channels[address.channel]
    if body.get("delete_original"):
        _delete(work, channel, address)
        return
    check_message(work, body, sized=False)
    original = _original(channel, address)
    if body.get("replace_original") and original is not None:
        before = dict(original.body)
        rewrite(original, body)
        if original.to is None:
            work.echo(changed(work, channel, original.body, before))
        return
    _say(work, channel, address.user, body)


def answered(work: Workspace, channel: Channel, user: str, body: object) -> None:
    """The immediate answer to a slash command: text, or a message as JSON. An empty one says nothing."""
    if body in (None, "", {}):
        return
    message: Json = body if isinstance(body, dict) else {"text": str(body)}
    check_message(work, message, sized=False)
    _say(work, channel, user, message)


def _say(work: Workspace, channel: Channel, user: str, body: Json) -> None:
    if body.get("response_type") == "in_channel":
        add(work, channel, Message(own_message(work, body)), root=body.get("thread_ts"))
    else:
        ephemeral(work, channel, user, body)


def _original(channel: Channel, address: Address) -> Message | None:
    for message in channel.messages:
        if message.ts == address.ts and message.to in (None, address.user):
            return message
    return None


def _delete(work: Workspace, channel: Channel, address: Address) -> None:
    original = _original(channel, address)
    if original is None:
        raise Refused("message_not_found")
    if original.to is None:
        work.echo(remove(work, channel, original))
    else:
        channel.messages.remove(original)
