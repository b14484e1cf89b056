"""Reactions to the messages about a case, where the policy gives them a meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog

from adapters.slack.aside import Aside
from adapters.slack.ear import Ear
from adapters.slack.message import Event, Message, department_in, place_in, posted
from adapters.slack.parts import Parts
from bot.grammar import Heard

NEVER: Final = frozenset({"resolve", "publish"})
"""What no reaction does, whatever the policy says: a slip of the finger is quick, and these reach the customer."""

_MESSAGE: Final = "message"
_STRANGER: Final = "a reaction by nobody we know"

log = structlog.get_logger(__name__)


class Reactions:
    """Hears reactions. Raises as Threads does."""

    def __init__(self, parts: Parts, ear: Ear, aside: Aside, bot: Callable[[], str]) -> None:
        self._parts = parts
        self._ear = ear
        self._aside = aside
        self._bot = bot

    async def added(self, id: str | None, event: Event) -> None:
        """The verb that the channel's department gave to this emoji is said about the case of the message."""
        item = event.get("item") or {}
        message = Message(
            channel=str(item.get("channel") or ""),
            ts=str(item.get("ts") or ""),
            user=str(event.get("user") or ""),
        )
        verb = self._verb(message.channel, str(event.get("reaction") or ""))
        if verb is None or message.user == self._bot() or item.get("type") != _MESSAGE:
            return
        case_id = await self._parts.sent.case_of(posted(message.channel, message.ts))
        if case_id is None:
            return
        known = await self._ear.who(message.user, None)
        if known.person is None:
            if known.why is not None:
                self._aside.tell_once(message, known.why, about=_STRANGER)
            return
        place = place_in(self._parts.policy, message.channel, person=known.person, case_id=case_id)
        heard = Heard(id=id, words=f"{verb} {case_id}", person=known.person, place=place)
        card = await self._parts.hear(heard)
        if card is not None and card.refused:
            self._aside.tell(message, card)

    def _verb(self, channel: str, emoji: str) -> str | None:
        department = department_in(self._parts.policy, channel)
        if department is None:
            return None
        # thumbsup::skin-tone-2 is a thumbsup.
        verb = self._parts.policy.departments[department].reactions.get(emoji.partition("::")[0])
        if verb is None or verb.split()[0].lower() not in NEVER:
            return verb
        log.warning("the policy gives a reaction a verb that no reaction may have", emoji=emoji, verb=verb)
        return None
