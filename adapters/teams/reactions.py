"""Reactions to the messages about a case, where the policy gives them a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import structlog

from adapters.teams.answers import Answers
from adapters.teams.ear import BUSY, Ear
from adapters.teams.messages import PLATFORM, Activity, Where, department_in, place_in, posted, text, where_of
from adapters.teams.parts import Parts
from bot.cards.words import refusal_card
from bot.grammar import Heard
from bot.ports import ChatError, Overloaded, Stale

_NAMED: Final = re.compile(r"^[0-9a-f]{4,6}(?:-[0-9a-f]{4,6})*_(?P<name>.+)$")
"""How Teams names the newer ones: 1f440_eyes."""

_TONE: Final = re.compile(r"-tone[1-6]$")
_STRANGER: Final = "a reaction by nobody we know"

log = structlog.get_logger(__name__)


class Reactions:
    """Hears reactions. Like Threads, it raises nothing of a busy day."""

    def __init__(self, parts: Parts, ear: Ear, answers: Answers) -> None:
        self._parts = parts
        self._ear = ear
        self._answers = answers

    async def changed(self, activity: Activity) -> None:
        """The verb that the channel's department gave to an added reaction is said about the message's case."""
        where = where_of(activity)
        verbs = [(kind, self._verb(where.conversation, kind)) for kind in _added(activity)]
        meant = [(kind, verb) for kind, verb in verbs if verb is not None]
        if not meant or where.user in ("", where.bot):
            return
        case_id = await self._parts.sent.case_of(posted(where.conversation, where.message))
        if case_id is None:
            return
        try:
            for kind, verb in meant:
                await self._said(activity, where, kind, f"{verb} {case_id}", case_id)
        except (Overloaded, Stale):
            self._answers.tell(where, None, refusal_card(BUSY))
        except ChatError as error:
            log.warning("nobody told us who reacts", user=where.user, error=str(error))

    async def _said(self, activity: Activity, where: Where, kind: str, words: str, case_id: int) -> None:
        known = await self._ear.who(activity)
        if known.person is None:
            if known.why is not None:
                self._answers.tell_once(where, known, known.why, about=_STRANGER)
            return
        place = place_in(self._parts.policy, where, person=known.person, case_id=case_id)
        id = ":".join(
            (
                PLATFORM,
                "act",
                where.conversation,
                where.message,
                kind,
                where.user,
                text(activity, "timestamp"),
            )
        )
        card = await self._parts.hear(Heard(id=id, words=words, person=known.person, place=place))
        if card is not None and card.refused:
            self._answers.tell(where, known, card)

    def _verb(self, channel: str, kind: str) -> str | None:
        department = department_in(self._parts.policy, channel)
        if department is None:
            return None
        reactions = self._parts.policy.departments[department].reactions
        return next((reactions[name] for name in _names(kind) if name in reactions), None)


def _added(activity: Activity) -> Iterable[str]:
    told = activity.get("reactionsAdded")
    return [text(each, "type") for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _names(kind: str) -> tuple[str, ...]:
    """What the policy may call it: as Teams does, and without the code and the colour of skin."""
    named = _NAMED.match(kind)
    bare = _TONE.sub("", named["name"] if named else kind)
    return (kind, bare)
