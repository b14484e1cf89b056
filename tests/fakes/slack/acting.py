"""What people do in the workspace, and what our app is told of it."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.answer import NOT_HEARD, Answer
from tests.fakes.slack.chat import add, changed, remove
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.forms import Values, chosen, filled, find_element
from tests.fakes.slack.passes import Addresses, Triggers
from tests.fakes.slack.payloads import envelope, heard, interaction, mentioned, slash_command, spoken, typed
from tests.fakes.slack.responses import answered
from tests.fakes.slack.state import BOT, Channel, Json, Message, Refused, Workspace


class Acting:
    """Each returns what our app answered. `toasts` are what Slack itself tells a person when our app fails."""

    work: Workspace
    delivery: Delivery
    triggers: Triggers
    addresses: Addresses
    toasts: list[str]
    broken: list[str]

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Answer:
        """Writes `text` as typed; `<@U…>` is a mention of that user. The answer's `ts` is the message."""
        place = self._place(user, channel)
        message = spoken(self.work, user, place, text, thread_ts)
        add(self.work, place, message, root=thread_ts)
        answer = await self._told(heard(message, place), place)
        if f"<@{BOT}>" in text and not place.person:
            answer = await self._told(mentioned(message, place), place)
        return answer.about(message.ts)

    async def mention(self, user: str, channel: str, words: str, thread_ts: str | None = None) -> Answer:
        return await self.say(user, channel, f"<@{BOT}> {words}", thread_ts)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Answer:
        place = self._place(user, channel)
        message = self._standing(place, ts)
        assert message.body["user"] == user, f"{user} may not edit somebody else's message"
        before = dict(message.body)
        message.body |= {"text": typed(text), "edited": {"user": user, "ts": self.work.ts()}}
        message.body.pop("blocks", None)
        return await self._told(changed(self.work, place, message.body, before), place)

    async def delete(self, user: str, channel: str, ts: str) -> Answer:
        """Anybody's message: an owner of the workspace may."""
        place = self._place(user, channel)
        return await self._told(remove(self.work, place, self._standing(place, ts)), place)

    async def react(self, user: str, channel: str, ts: str, name: str, *, take_back: bool = False) -> Answer:
        place = self._place(user, channel)
        message = self._standing(place, ts)
        given: list[Json] = message.body.setdefault("reactions", [])
        mine = next((each for each in given if each["name"] == name), None)
        if mine is None:
            given.append(mine := {"name": name, "users": [], "count": 0})
        mine["users"] = [u for u in mine["users"] if u != user] + ([] if take_back else [user])
        mine["count"] = len(mine["users"])
        message.body["reactions"] = [each for each in given if each["count"]]
        event = {
            "type": "reaction_removed" if take_back else "reaction_added",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel, "ts": ts},
            "item_user": message.body.get("user", ""),
            "event_ts": self.work.ts(),
        }
        return await self._told(event, place)

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        """Works in every conversation, also where the bot is not."""
        place = self._place(user, channel)
        form = slash_command(self.work, user, place, command, text)
        form |= {
            "response_url": self.addresses.give(channel, user),
            "trigger_id": self.triggers.give(user),
        }
        answer = await self.delivery.deliver("slash_commands", form)
        if not answer.ok:
            self._toast(f"{command} failed with the error “{_toast(answer)}”")
            return answer
        try:
            answered(self.work, place, user, answer.body)
        except Refused as refused:
            self.broken.append(f"the answer to {command}: {refused}")
        return answer

    async def shortcut(self, user: str, channel: str | None, ts: str | None, callback_id: str) -> Answer:
        """A message shortcut; without a message, a global one."""
        common = {
            "callback_id": callback_id,
            "trigger_id": self.triggers.give(user),
            "action_ts": self.work.ts(),
        }
        if channel is None or ts is None:
            return await self._interacted(interaction(self.work, "shortcut", user, **common))
        place = self._place(user, channel)
        message = self._standing(place, ts)
        payload = interaction(
            self.work,
            "message_action",
            user,
            **common,
            channel={"id": channel, "name": _name(place)},
            message=dict(message.body),
            message_ts=ts,
            response_url=self.addresses.give(channel, user, ts=ts),
        )
        return await self._interacted(payload)

    async def press(
        self,
        user: str,
        channel: str,
        ts: str,
        what: str,
        *,
        option: str | None = None,
        values: Values | None = None,
        shown: Json | None = None,
    ) -> Answer:
        """Presses the button with this label or action_id, or picks `option` of a menu, after typing `values` into
        the message's own fields. `shown` is the message as the person still sees it, if it changed meanwhile.
        """
        place = self._place(user, channel)
        message = self._seen(place, user, ts)
        body = shown or message.body
        blocks = [
            *body.get("blocks", ()),
            *(b for a in body.get("attachments", ()) for b in a.get("blocks", ())),
        ]
        block, element = find_element(blocks, what)
        container: Json = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": message.to is not None,
        }
        if body.get("thread_ts"):
            container["thread_ts"] = body["thread_ts"]
        payload = interaction(
            self.work,
            "block_actions",
            user,
            container=container,
            trigger_id=self.triggers.give(user),
            channel={"id": channel, "name": _name(place)},
            state={"values": filled(blocks, values or {}, whole=False)},
            response_url=self.addresses.give(channel, user, ts=ts, ephemeral=message.to is not None),
            actions=[self._action(block, element, option)],
        )
        if message.to is None:
            payload["message"] = dict(body)
        return await self._interacted(payload)

    # -- shared with what happens in views -----------------------------------------------------------

    def _action(self, block: Json, element: Json, option: str | None) -> Json:
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.work.ts(),
        }
        for name in ("text", "value", "style"):
            if name in element:
                action[name] = element[name]
        if option is not None:
            action["selected_option"] = chosen(element, option)
        return action

    async def _interacted(self, payload: Json) -> Answer:
        answer = await self.delivery.deliver("interactive", payload)
        if not answer.ok:
            self._toast(f"This app is not responding ({_toast(answer)})")
        return answer

    async def _told(self, event: Json, place: Channel | None) -> Answer:
        """Events of a channel reach our app only while the bot is in it."""
        if place is not None and not place.bot:
            return NOT_HEARD
        shared = place is not None and place.is_ext_shared
        return await self.delivery.deliver("events_api", envelope(self.work, event, shared=shared))

    def _place(self, user: str, channel: str) -> Channel:
        place = self.work.channels[channel]
        assert user in self.work.users, f"nobody is {user}"
        assert place.has(user), f"{user} is not in {channel}"
        return place

    def _standing(self, place: Channel, ts: str) -> Message:
        found = place.find(ts)
        assert found is not None, f"there is no message {ts} in {place.id}"
        return found

    def _seen(self, place: Channel, user: str, ts: str) -> Message:
        for message in place.messages:
            if message.ts == ts and message.to in (None, user):
                return message
        raise AssertionError(f"{user} sees no message {ts} in {place.id}")

    def _toast(self, text: str) -> None:
        self.toasts.append(text)


def _name(place: Channel) -> str:
    return "directmessage" if place.person else "privategroup" if place.is_private else place.name


def _toast(answer: Answer) -> Any:
    return "operation_timeout" if "timeout" in answer.reason else answer.reason or answer.status
