"""One ear for everything people say in Slack: who speaks, where, and what the desk answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog

from adapters.slack.parts import Parts
from adapters.slack.people import Known
from adapters.slack.plain import plain, plainly
from bot.cards.card import Card
from bot.cards.words import refusal_card
from bot.grammar import Heard
from bot.ports import ChatError, Down, Overloaded, Place, Stale

log = structlog.get_logger(__name__)

BUSY: Final = "The desk is busy, nothing was saved; try again in a moment."
NOT_KNOWN: Final = "Slack did not tell us who you are, so nothing was saved; try again in a moment."
SLOW: Final = "Slack did not say in time who that is"

WHO_WITHIN: Final = 2.0
"""Seconds (real time) to learn who a never seen user is: Slack waits 3 for our answer."""

NAMES_WITHIN: Final = 0.5
"""Seconds (real time) to learn the names of people who are mentioned; after that they keep their ids."""


class Ear:
    """Everything that is said goes through here, whatever payload brought it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def hear(
        self,
        *,
        user: str,
        team: str | None,
        words: str,
        place: Place,
        id: str | None,
        card: int | None = None,
    ) -> Card | None:
        """Does what `user` (of workspace `team`) says; the answer is for the speaker alone, None for none. `card` is
        the case whose message it was said on, which will show by itself what became of it.

        Never raises for what may happen on a busy day: a desk or a Slack that does not answer is a refusal card.
        """
        try:
            return await self.must_hear(user=user, team=team, words=words, place=place, id=id, card=card)
        except (Overloaded, Stale):
            return refusal_card(BUSY)
        except ChatError as error:
            log.warning("nobody told us who speaks", user=user, error=str(error))
            return refusal_card(NOT_KNOWN)

    async def must_hear(
        self,
        *,
        user: str,
        team: str | None,
        words: str,
        place: Place,
        id: str | None,
        card: int | None = None,
    ) -> Card | None:
        """As `hear`, for words that Slack brings again when it is asked to.

        Raises Overloaded, Stale and ChatErrors; then nothing was done.
        """
        known = await self.who(user, team)
        if known.person is None and known.why is not None:
            return replace(known.why, refused=True)
        person = known.person
        if person is not None and _direct(place):
            place = replace(place, person=person.id)
        return await self._parts.hear(Heard(id=id, words=words, person=person, place=place, card=card))

    async def who(self, user: str, team: str | None) -> Known:
        """Who this is. Raises ChatErrors when Slack has to be asked and does not answer within WHO_WITHIN."""
        try:
            async with asyncio.timeout(WHO_WITHIN):
                return await self._parts.directory.who(user, team)
        except TimeoutError as error:
            raise Down(SLOW) from error

    async def plain(self, text: str) -> str:
        """What was typed, as typed: names instead of Slack's ids, links without its brackets."""
        if "<" not in text and "&" not in text:
            return text
        try:
            async with asyncio.timeout(NAMES_WITHIN):
                return await plainly(text, self._parts.directory)
        except TimeoutError:
            return plain(text)


def user_and_team(body: Mapping[str, Any]) -> tuple[str, str | None]:
    """Whose payload it is, and the workspace that user comes from, where Slack says so."""
    user = body.get("user")
    if isinstance(user, Mapping):
        team = user.get("team_id") or (body.get("team") or {}).get("id")
        return str(user.get("id", "")), team
    return str(body.get("user_id", "")), body.get("team_id")


def _direct(place: Place) -> bool:
    # D… is a direct conversation; a user's id is what Slack takes for one that is not open yet.
    return place.conversation[:1] in ("D", "U", "W")
