"""One ear for everything people say in Teams: who speaks, where, and what the desk answers."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace
from typing import Final

import structlog

from adapters.teams.messages import Activity, part, place_in, text, where_of
from adapters.teams.parts import Parts
from adapters.teams.people import Known
from bot.cards.card import Card
from bot.cards.words import refusal_card
from bot.grammar import Heard
from bot.ports import ChatError, Down, Overloaded, Place, Stale

BUSY: Final = "The desk is busy, nothing was saved; try again in a moment."
NOT_KNOWN: Final = "Teams did not tell us who you are, so nothing was saved; try again in a moment."
SLOW: Final = "Teams did not say in time who that is"

WHO_WITHIN: Final = 2.0
"""Seconds (real time) to learn who a never seen user is: whoever pressed a button sees an error after a few."""

log = structlog.get_logger(__name__)


class Ear:
    """Everything that is said goes through here, whatever activity brought it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def hear(
        self,
        activity: Activity,
        words: str,
        *,
        card: int | None = None,
        message: str | None = None,
    ) -> Card | None:
        """Does what the sender of `activity`, an invoke or what stands in for one, says with it; the answer is for
        the sender alone, None for none. `card` is the case on whose own card it was said. `message` is a message's
        name, for what is filed.

        Never raises for what may happen on a busy day: a desk or a Teams that does not answer is a refusal card.
        """
        try:
            known = await self.who(activity)
            if known.person is None and known.why is not None:
                return replace(known.why, refused=True)
            where = where_of(activity)
            place = place_in(self._parts.policy, where, person=known.person, message=message)
            heard = Heard(id=invoke_id(activity), words=words, person=known.person, place=place, card=card)
            return await self._parts.hear(heard)
        except (Overloaded, Stale):
            return refusal_card(BUSY)
        except ChatError as error:
            log.warning("nobody told us who speaks", user=where_of(activity).user, error=str(error))
            return refusal_card(NOT_KNOWN)

    async def who(self, activity: Activity) -> Known:
        """Who sent it. Raises ChatErrors when Teams has to be asked and does not answer within WHO_WITHIN."""
        try:
            async with asyncio.timeout(WHO_WITHIN):
                return await self._parts.directory.who(activity)
        except TimeoutError as error:
            raise Down(SLOW) from error

    async def newest(self, known: Known, activity: Activity, case_id: int) -> Card:
        """The case's card as it is now, for this one person. Raises what the view raises."""
        place = personal(place_in(self._parts.policy, where_of(activity)), known)
        return (await self._parts.views.show("case", str(case_id), place)).card


def personal(place: Place, known: Known) -> Place:
    """The same place, as this one person sees it."""
    return replace(place, person=known.person.id) if known.person is not None else place


def invoke_id(activity: Activity) -> str:
    """The name of this press: the same for each delivery of it."""
    given = text(activity, "id")
    if given:
        return f"teams:inv:{given}"
    about = [
        text(part(activity, "conversation"), "id"),
        text(activity, "replyToId"),
        text(part(activity, "from"), "id"),
        text(activity, "timestamp"),
        activity.get("value"),
    ]
    return f"teams:inv:{hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:32]}"


def message_id(activity: Activity, *more: str) -> str | None:
    """The name of this message, or with `more` of what happened to it; None when Teams does not name it."""
    conversation, given = where_of(activity).conversation, text(activity, "id")
    return ":".join(("teams:act", conversation, given, *more)) if given else None
