"""What the page sends, read and checked: who acts, where, in which thread, and what is said or pressed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.web.conversations import Conversation, conversations, place_of
from adapters.web.guard import Wrong
from adapters.web.text import storable
from adapters.web.visit import visiting
from bot.domain.people import Person, PersonId
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.ports import Clock, Place, WebLog, WebMessage

NO_PERSON: Final = "The policy names nobody with the e-mail {email}. Choose who you are from the list."
LEFT: Final = "{name}'s last day has passed, so nobody can act as them."
SOMEBODY_ELSE: Final = "You are signed in as {name} by now, so nothing was done. Load the page anew."
NO_CONVERSATION: Final = "There is no conversation {name} for {person}. Choose one from the list."
NO_MESSAGE: Final = "That message is not here any more."
NO_TEXT: Final = "There is nothing to say yet: write something first."
NO_WORDS: Final = "This button says nothing. Load the page anew."
BAD_ID: Final = "Each message needs an id of its own: 8 to 64 letters, digits or hyphens."
BAD_NUMBER: Final = "{name} must be the number of a message."
BAD_TEXT: Final = "{name} must be text."
BAD_VALUES: Final = "The values must be a list of at most 20 texts."

_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}")
_MOST_VALUES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where somebody acts: the conversation, and the message whose thread it is (None on the main line)."""

    person: Person
    conversation: Conversation
    root: WebMessage | None = None

    @property
    def place(self) -> Place:
        return place_of(self.conversation, self.person, self.root.case_id if self.root else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Reads requests against the policy and the chat's memory. Raises Wrong for what cannot be."""

    policy: Policy
    log: WebLog
    clock: Clock

    def person(self, fields: Mapping[str, Any]) -> Person:
        """Who acts. Who is signed in acts as nobody else; a page that still shows somebody else is told."""
        email, visit = text_of(fields, "as").strip().lower(), visiting.get()
        if visit is not None and visit.person != email:
            known = self.policy.people.get(visit.person) if visit.person else None
            raise Wrong(SOMEBODY_ELSE.format(name=known.name if known else "nobody"), 403)
        person = self.policy.people.get(PersonId(email))
        if person is None:
            raise Wrong(NO_PERSON.format(email=email[:120]), 404)
        if not is_active(person, self.clock.now()):
            raise Wrong(LEFT.format(name=person.name), 404)
        return person

    def conversation(self, fields: Mapping[str, Any], person: Person) -> Conversation:
        name = text_of(fields, "conversation")
        for each in conversations(self.policy, person):
            if each.name == name:
                return each
        raise Wrong(NO_CONVERSATION.format(name=name[:120], person=person.name), 404)

    async def spot(self, fields: Mapping[str, Any], key: str) -> Spot:
        """Where it is said; `key` names the message whose thread is meant, if any; a reply means its root."""
        person = self.person(fields)
        conversation = self.conversation(fields, person)
        number = number_of(fields, key)
        if number is None:
            return Spot(person=person, conversation=conversation)
        message = await self._message(number, conversation)
        root = await self._message(message.reply_to, conversation) if message.reply_to else message
        return Spot(person=person, conversation=conversation, root=root)

    async def _message(self, number: int, conversation: Conversation) -> WebMessage:
        message = await self.log.get(number)
        if message is None or message.conversation != conversation.name:
            raise Wrong(NO_MESSAGE, 404)
        return message


def text_of(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise Wrong(BAD_TEXT.format(name=name))
    return storable(value)


def number_of(fields: Mapping[str, Any], name: str) -> int | None:
    """A message's number, from JSON or from an address; None when it is not given."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    digits = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise Wrong(BAD_NUMBER.format(name=name))
    return int(digits)


def said(fields: Mapping[str, Any]) -> str:
    """What was typed. Raises Wrong when it is blank."""
    text = text_of(fields, "text").strip()
    if not text:
        raise Wrong(NO_TEXT)
    return text


def pressed(fields: Mapping[str, Any]) -> str:
    """The words of a button, its values behind them in order, exactly as if typed."""
    words, values = text_of(fields, "words").strip(), fields.get("values") or []
    if not words:
        raise Wrong(NO_WORDS)
    if not (
        isinstance(values, list) and len(values) <= _MOST_VALUES and all(isinstance(v, str) for v in values)
    ):
        raise Wrong(BAD_VALUES)
    return " ".join(filter(None, (words, *(storable(value).strip() for value in values))))


def event_id(fields: Mapping[str, Any]) -> str:
    """The id that makes a click or a message once-only."""
    given = text_of(fields, "id")
    if not _ID.fullmatch(given):
        raise Wrong(BAD_ID)
    return f"web:{given}"
