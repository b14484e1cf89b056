"""What people do in dialogs (task modules) and with the message extension."""

from __future__ import annotations

from typing import Any, Final

from tests.fakes.teams.acting import Acting
from tests.fakes.teams.answer import Answer
from tests.fakes.teams.cards import CARD, broken_rules
from tests.fakes.teams.forms import Values, asked, filled, find_action, pressed
from tests.fakes.teams.payloads import message_payload
from tests.fakes.teams.state import Conversation, Json, Message, User

SIZES: Final = ("small", "medium", "large")


class Dialogs(Acting):
    """`open` are the dialogs in front of people, by object id; `shares` what a message extension put into their
    compose box."""

    open: dict[str, tuple[Json, Conversation, Message | None, str]]
    shares: dict[str, Json]

    def dialog(self, user: str) -> Json | None:
        """The dialog in front of that person: {"title", "height", "width", "card": {"contentType", "content"}}."""
        found = self.open.get(self.tenant.user(user).object_id)
        return found[0] if found else None

    def asks(self, user: str) -> tuple[str, ...]:
        """The labels of the dialog's fields; empty when there is none."""
        shown = self.dialog(user)
        return tuple(asked(shown["card"]["content"])) if shown else ()

    async def fetch_task(self, user: str, conversation: str, message: str | None, data: Json) -> Answer:
        """Presses something that opens a dialog, with this data."""
        person, place = self._there(user, conversation)
        return await self.fetch(person, place, self._standing(place, message) if message else None, data)

    async def fetch(self, person: User, place: Conversation, message: Message | None, data: Json) -> Answer:
        kept = {**data, "msteams": data.get("msteams", {"type": "task/fetch"})}
        value = {"data": kept, "context": {"theme": "default"}}
        answer = await self.invoke(
            person.object_id, place.id, "task/fetch", value, message.id if message else None
        )
        self._answered(person, place, message, answer, "task/submit")
        return answer

    async def submit_task(
        self, user: str, values: Values | None = None, label: str | None = None, *, data: Json | None = None
    ) -> Answer:
        """Fills in the dialog by its labels or ids and presses its button (the only one, or `label`).

        `data`: exactly this is sent instead.
        """
        person = self.tenant.user(user)
        assert person.object_id in self.open, f"{person.name} has no dialog open"
        shown, place, message, name = self.open[person.object_id]
        card = shown["card"]["content"]
        action = find_action(card, label) if label else _only(card)
        sent = data if data is not None else pressed(action, filled(card, values or {}))
        del self.open[person.object_id]
        value: Json = {"data": sent, "context": {"theme": "default"}}
        if name != "task/submit":
            value |= {"commandId": name.partition(" ")[2], "commandContext": "message"}
            if message is not None:
                value["messagePayload"] = message_payload(self.tenant, place, message)
            name = "composeExtension/submitAction"
        answer = await self.invoke(person.object_id, place.id, name, value, message.id if message else None)
        self._answered(
            person, place, message, answer, name if name == "task/submit" else f"ext {value['commandId']}"
        )
        return answer

    def close_dialog(self, user: str) -> None:
        """Nothing is told of it."""
        self.open.pop(self.tenant.user(user).object_id, None)

    async def message_extension(
        self, user: str, conversation: str, message: str, command: str = "file", *, fetches: bool = False
    ) -> Answer:
        """Picks our action among "more actions" of a message; `fetches` when the manifest says `fetchTask`."""
        person, place = self._there(user, conversation)
        found = self._standing(place, message)
        value: Json = {
            "commandId": command,
            "commandContext": "message",
            "context": {"theme": "default"},
            "messagePayload": message_payload(self.tenant, place, found),
        }
        if not fetches:
            value["data"] = {}
        name = "composeExtension/fetchTask" if fetches else "composeExtension/submitAction"
        answer = await self.invoke(user, conversation, name, value, message)
        self._answered(person, place, found, answer, f"ext {command}")
        return answer

    def _answered(
        self, person: User, place: Conversation, message: Message | None, answer: Answer, name: str
    ) -> None:
        """What the answer makes of the screen. Nothing, `{}` and null close the dialog."""
        if not answer.ok or not answer.body:
            return
        body = answer.body
        if not isinstance(body, dict):
            self.broken.append(f"the answer to a dialog is no object: {str(body)[:200]}")
        elif "composeExtension" in body:
            self.shares[person.object_id] = body["composeExtension"]
        elif "task" in body:
            self._task(person, place, message, body["task"], name)
        else:
            self.broken.append(f"the answer to a dialog holds neither task nor composeExtension: {body}")

    def _task(self, person: User, place: Conversation, message: Message | None, task: Any, name: str) -> None:
        kind, value = task.get("type"), task.get("value")
        if kind == "message" and isinstance(value, str):
            self._toast(person, value)
        elif kind == "continue" and isinstance(value, dict):
            self.broken += [f"a dialog: {rule}" for rule in _wrong(value)]
            self.open[person.object_id] = (value, place, message, name)
        else:
            self.broken.append(f"a dialog's answer is {task!r}")


def _only(card: Json) -> Json:
    submits = [a for a in card.get("actions") or () if a["type"] in ("Action.Submit", "Action.Execute")]
    assert len(submits) == 1, f"the dialog has {len(submits)} buttons; name one"
    assert isinstance(submits[0], dict)
    if submits[0]["type"] != "Action.Submit":
        raise AssertionError("inside a dialog only Action.Submit is sent")
    return submits[0]


def _wrong(value: Json) -> list[str]:
    card = value.get("card") or {}
    if card.get("contentType") != CARD:
        return [f"it shows no card: {value}"]
    found = broken_rules(card.get("content"))
    for name in ("height", "width"):
        given = value.get(name)
        if given is not None and given not in SIZES and not isinstance(given, int):
            found.append(f"{name} is {given!r}")
    if not isinstance(value.get("title"), str):
        found.append("it has no title")
    return found
