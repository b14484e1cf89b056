"""What people do in chats and channels, and what our app is told of it."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.teams.answer import NOT_HEARD, Answer
from tests.fakes.teams.cards import CARD, broken_rules
from tests.fakes.teams.delivery import Delivery
from tests.fakes.teams.forms import Values, card_of, filled, find_action, pressed
from tests.fakes.teams.payloads import (
    AT,
    activity,
    client_info,
    invoke,
    mentions,
    spoken,
    words,
)
from tests.fakes.teams.state import BOT_NAME, Conversation, Json, Message, Tenant, User

_TOAST = "application/vnd.microsoft.activity.message"
_ERROR = "application/vnd.microsoft.error"
_LOGIN = "application/vnd.microsoft.activity.loginRequest"


class Acting:
    """Each returns what our app answered. `toasts` are, per person, what they are told for a moment: our answers of
    text, and Teams' own words when our app fails. `handed` are, per person, the cards that answers gave them alone.
    """

    tenant: Tenant
    delivery: Delivery
    broken: list[str]
    toasts: dict[str, list[str]]
    handed: dict[str, list[Json]]

    @property
    def service_url(self) -> str:
        raise NotImplementedError

    # -- words --------------------------------------------------------------------------------------------

    async def say(self, user: str, conversation: str, text: str, reply_to: str | None = None) -> Answer:
        """Writes `text` as typed; `<at>Name</at>` mentions. In a channel our app hears it only when it is mentioned,
        or where the team lets it read everything. The answer's `id` is the message.
        """
        person, place = self._there(user, conversation)
        root = self._root(place, reply_to)
        said = spoken(self.tenant, self.service_url, person, place, text, root)
        place.messages.append(Message(said["id"], said, person.object_id, root))
        if not self._heard(place, text):
            return NOT_HEARD.about(said["id"])
        answer = await self.delivery.deliver(said)
        return self._noted(person, answer).about(said["id"])

    async def mention(self, user: str, conversation: str, words: str, reply_to: str | None = None) -> Answer:
        return await self.say(user, conversation, f"<at>{BOT_NAME}</at> {words}", reply_to)

    async def chat(self, user: str, text: str) -> Answer:
        """Words in the person's own chat with our bot."""
        return await self.say(user, self.tenant.personal(self.tenant.user(user)).id, text)

    async def edit(self, user: str, conversation: str, message: str, text: str) -> Answer:
        person, place = self._there(user, conversation)
        found = self._standing(place, message)
        assert found.author == person.object_id, f"{user} may not edit somebody else's message"
        found.body |= {**words(self.tenant, text), "entities": [*mentions(self.tenant, text), client_info()]}
        found.edits += 1
        update = {**found.body, "type": "messageUpdate"}
        update["channelData"] = {**update["channelData"], "eventType": "editMessage"}
        if not self._heard(place, text):
            return NOT_HEARD
        return await self.delivery.deliver(update)

    async def delete(self, user: str, conversation: str, message: str) -> Answer:
        person, place = self._there(user, conversation)
        found = self._standing(place, message)
        found.deleted = True
        heard = self._heard(place, str(found.body.get("text", "")))
        gone = activity(
            self.tenant, self.service_url, "messageDelete", person, place, root=found.root or found.id
        )
        gone |= {"id": found.id}
        gone["channelData"]["eventType"] = "softDeleteMessage"
        return await self.delivery.deliver(gone) if heard else NOT_HEARD

    async def react(
        self, user: str, conversation: str, message: str, kind: str = "like", *, take_back: bool = False
    ) -> Answer:
        """Our app hears of reactions to its own messages, elsewhere only where it reads everything."""
        person, place = self._there(user, conversation)
        found = self._standing(place, message)
        reaction = activity(
            self.tenant, self.service_url, "messageReaction", person, place, root=found.root or found.id
        )
        reaction |= {
            "replyToId": message,
            "reactionsRemoved" if take_back else "reactionsAdded": [{"type": kind}],
        }
        heard = found.author is None or self._heard(place, "")
        return await self.delivery.deliver(reaction) if heard else NOT_HEARD

    # -- cards ---------------------------------------------------------------------------------------------

    async def press(
        self,
        user: str,
        conversation: str,
        message: str,
        label: str,
        values: Values | None = None,
        *,
        old_client: bool = False,
        shown: Json | None = None,
    ) -> Answer:
        """Presses a button after typing `values` into the card's own fields. `shown` is the card as the person still
        sees it, if it changed meanwhile; an `old_client` knows no Action.Execute and takes its fallback.
        """
        person, place = self._there(user, conversation)
        found = self._standing(place, message)
        card = shown or found.shown_to.get(person.object_id) or card_of(found.body)
        action = find_action(card, label, old_client=old_client)
        data = pressed(action, filled(card, values or {}))
        match action["type"]:
            case "Action.Execute":
                return await self._execute(person, place, found, action, data, "manual")
            case "Action.Submit":
                return await self._submit(person, place, found, data)
            case "Action.OpenUrl":
                return Answer(200, reason=f"opens {action['url']}")
            case other:
                raise AssertionError(f"{label!r} is an {other}: nothing is sent")

    async def refresh(self, user: str, conversation: str, message: str) -> Answer:
        """The person's client shows the message again, and asks for their own card where the card says so."""
        person, place = self._there(user, conversation)
        found = self._standing(place, message)
        card = card_of(found.body)
        asks: Json = card.get("refresh") or {}
        if not asks.get("action") or (asks.get("userIds") and person.id not in asks["userIds"]):
            return NOT_HEARD
        return await self._execute(
            person, place, found, asks["action"], asks["action"].get("data") or {}, "automatic"
        )

    async def invoke(
        self, user: str, conversation: str, name: str, value: Any, message: str | None = None
    ) -> Answer:
        """Any invoke."""
        person, place = self._there(user, conversation)
        found = self._standing(place, message) if message else None
        told = invoke(self.tenant, self.service_url, name, person, place, found, value)
        return self._noted(person, await self.delivery.deliver(told))

    async def _execute(
        self, person: User, place: Conversation, message: Message, action: Json, data: Json, trigger: str
    ) -> Answer:
        known: Json = {key: action[key] for key in ("type", "id", "title", "verb") if key in action}
        value = {"action": {**known, "data": data}, "trigger": trigger}
        answer = await self.invoke(person.object_id, place.id, "adaptiveCard/action", value, message.id)
        if answer.ok:
            self._followed(person, message, answer.body)
        return answer

    async def _submit(self, person: User, place: Conversation, message: Message, data: Json) -> Answer:
        teams: Json = data.get("msteams") or {}
        if teams.get("type") == "task/fetch":
            return await self.fetch(person, place, message, {**data})
        if teams.get("type") not in (None, "messageBack", "imBack"):
            raise AssertionError(f"a button asks Teams for {teams['type']!r}")
        root = (message.root or message.id) if place.kind == "channel" else None
        told = activity(self.tenant, self.service_url, "message", person, place, root=root)
        told["channelData"]["legacy"] = {"replyToId": f"1:{message.id}"}
        told |= {"value": data, "replyToId": message.id}
        return self._noted(person, await self.delivery.deliver(told))

    async def fetch(self, person: User, place: Conversation, message: Message | None, data: Json) -> Answer:
        raise NotImplementedError

    def _followed(self, person: User, message: Message, body: Any) -> None:
        """What the answer to an Action.Execute makes of the card, for that person alone."""
        if not isinstance(body, dict) or not isinstance(body.get("statusCode"), int):
            self.broken.append(f"the answer to an Action.Execute has no statusCode: {str(body)[:200]}")
            return
        kind, value = body.get("type"), body.get("value")
        if kind == CARD and isinstance(value, dict):
            if found := broken_rules(value):
                self.broken.append(f"the card in an answer: {'; '.join(found)}")
            message.shown_to[person.object_id] = value
            self.handed.setdefault(person.object_id, []).append(value)
        elif kind == _TOAST and isinstance(value, str):
            self._toast(person, value)
        elif kind == _ERROR and isinstance(value, dict) and body["statusCode"] >= 400:
            self._toast(person, str(value.get("message")))
        elif kind != _LOGIN:
            self.broken.append(f"the answer to an Action.Execute is a {kind!r}: {str(value)[:200]}")

    # -- shared -----------------------------------------------------------------------------------------------

    def _there(self, user: str, conversation: str) -> tuple[User, Conversation]:
        person, place = self.tenant.user(user), self.tenant.conversations[conversation.partition(";")[0]]
        assert person in self.tenant.people_in(place), f"{person.name} is not in {conversation}"
        return person, place

    def _standing(self, place: Conversation, message: str) -> Message:
        found = place.find(message)
        assert found is not None, f"there is no message {message} in {place.id}"
        return found

    def _root(self, place: Conversation, reply_to: str | None) -> str | None:
        if reply_to is None:
            return None
        above = self._standing(place, reply_to)
        return above.root or above.id

    def _heard(self, place: Conversation, text: str) -> bool:
        """In channels and group chats a bot hears those who mention it."""
        if not self.tenant.has_bot(place):
            return False
        if place.person:
            user = self.tenant.users[place.person]
            return user.installed and not user.blocked
        team = self.tenant.team_of(place)
        return BOT_NAME in AT.findall(text) or bool(team and team.reads_all)

    def _noted(self, person: User, answer: Answer) -> Answer:
        if not answer.ok:
            self._toast(person, "Something went wrong. Please try again.")
        return answer

    def _toast(self, person: User, text: str) -> None:
        self.toasts.setdefault(person.object_id, []).append(re.sub(r"\s+$", "", text))
