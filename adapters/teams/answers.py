"""Answers to what people say: for the one who spoke, never in anybody's way.

Teams has no message that one person alone sees in a channel. So what somebody asked for there is answered in their own
chat with Baton, where they have it, and else as a reply below what they said.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import structlog

from adapters.teams.form import inline
from adapters.teams.messages import Where
from adapters.teams.parts import Parts
from adapters.teams.people import Known, Reference
from adapters.teams.press import Pressed
from adapters.teams.render import attached, attachment, summary
from adapters.teams.text import notification
from bot.cards.card import Card
from bot.cards.words import sentence_card
from bot.ports import ChatError, SlowDown, Undeliverable

IN_OUR_CHAT: Final = "I answer you in our own chat, so that nobody here has to read it."

TRIES: Final = 3
"""How often an answer is tried while Teams asks for patience."""

_REMEMBERED: Final = 2_000
_ELSEWHERE: Final = "answered elsewhere"

log = structlog.get_logger(__name__)


class Answers:
    """Says cards to one person. What cannot be said is logged: its effect stands."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def tell(self, to: Where, known: Known | None, card: Card, *, hint: bool = True) -> None:
        """Answers `known` (None when we could not learn who it is) beside everything else.

        With `hint` who is answered in the own chat for the first time is told so where the words were said.
        """
        self._parts.later.start(self._tell(to, known, _message(card), hint=hint))

    def ask(self, to: Where, known: Known | None, pressed: Pressed) -> None:
        """Asks for what the button needs to know, in a message, for clients that open no dialog."""
        shown = attached(inline(pressed))
        body = {"type": "message", "summary": notification(pressed.label), "attachments": [shown]}
        self._parts.later.start(self._tell(to, known, body, hint=True))

    def tell_once(self, to: Where, known: Known | None, card: Card, *, about: str) -> None:
        """As `tell`, but once per person, conversation and matter: who talks to colleagues is not told each time."""
        if self._first(to, about):
            self.tell(to, known, card)

    def edit(self, to: Where, card: Card) -> None:
        """What was pressed, a message of ours in somebody's own chat, shows the card from now on."""
        path = f"/v3/conversations/{quote(to.conversation, safe='')}/activities/{quote(to.message, safe='')}"
        self._parts.later.start(self._edit(to, path, card))

    async def _edit(self, to: Where, path: str, card: Card) -> None:
        await self._call("PUT", to.service_url, path, to.conversation, _message(card))

    async def own_chat(self, known: Known | None) -> Reference | None:
        """The person's own chat with us; None where there is none, or nobody can tell."""
        if known is None or known.person is None:
            return None
        try:
            return await self._parts.directory.reference_of(known.person.id)
        except Undeliverable:
            return None
        except ChatError as error:
            log.warning("nobody knows where to answer", user=known.user, error=str(error))
            return None

    async def say(self, to: Where, card: Card) -> bool:
        """Says the card right there, for everybody there to see. False when it was lost, which is logged."""
        return await self._post(to.service_url, to.thread, _message(card))

    async def _tell(self, to: Where, known: Known | None, body: Mapping[str, Any], *, hint: bool) -> None:
        own = None if to.direct else await self.own_chat(known)
        if own is None or not await self._post(own.service_url, own.conversation, body):
            await self._post(to.service_url, to.thread, body)
        elif hint and self._first(to, _ELSEWHERE):
            await self.say(to, sentence_card(IN_OUR_CHAT))

    def _first(self, to: Where, about: str) -> bool:
        key = (to.user, to.conversation, about)
        known = key in self._told
        self._told[key] = None
        self._told.move_to_end(key)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return not known

    async def _post(self, service_url: str, conversation: str, body: Mapping[str, Any]) -> bool:
        path = f"/v3/conversations/{quote(conversation, safe='')}/activities"
        return await self._call("POST", service_url, path, conversation, body)

    async def _call(
        self, verb: str, service_url: str, path: str, where: str, body: Mapping[str, Any]
    ) -> bool:
        lane = where.partition(";")[0]
        for attempt in range(1, TRIES + 1):
            try:
                await self._parts.api.call(verb, service_url, path, body, conversation=lane)
                return True
            except SlowDown as slow:
                if attempt == TRIES:
                    return self._lost(lane, slow)
                await self._parts.clock.sleep(slow.after)
            except ChatError as error:
                return self._lost(lane, error)
        raise AssertionError("unreachable")

    @staticmethod
    def _lost(conversation: str, error: ChatError) -> bool:
        log.warning(
            "an answer was lost", conversation=conversation, error=str(error), kind=type(error).__name__
        )
        return False


def _message(card: Card) -> dict[str, Any]:
    return {"type": "message", "summary": summary(card), "attachments": [attachment(card)]}
