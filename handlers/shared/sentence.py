"""One sentence to one person, about something that has no case."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.cards.card import Card, Tone
from bot.cards.words import sentence_card
from bot.domain.people import PersonId
from bot.policy.places import lane_of
from bot.ports import Place, Put, Rank
from bot.router import Look, Routes

VIEW: Final = "sentence"
CALM: Final = "calm_sentence"
"""For news that ask for nothing."""
TOLD: Final = "told:"
"""How the keys of these deliveries begin."""

_LONGEST: Final = 600

routes = Routes()


@routes.view(VIEW)
async def show_sentence(look: Look, subject: str) -> Card:
    """The subject is the sentence."""
    return sentence_card(subject, tone=Tone.ALARM)


@routes.view(CALM)
async def show_calmly(look: Look, subject: str) -> Card:
    """The subject is the sentence."""
    return sentence_card(subject)


def tell(person: PersonId, sentence: str, *, key: str, at: datetime, calm: bool = False) -> Put:
    """The delivery that tells `person` so, once per key (which begins with TOLD)."""
    return Put(
        kind="notice",
        key=key,
        due=at,
        lane=lane_of(person),
        rank=Rank.NOTE,
        args={"view": CALM if calm else VIEW, "subject": _trimmed(sentence), "person": person},
    )


def said_in(place: Place, sentence: str, *, key: str, at: datetime, calm: bool = False) -> Put:
    """The delivery that says so in a department's channel, once per key (which begins with TOLD)."""
    args = {
        "view": CALM if calm else VIEW,
        "subject": _trimmed(sentence),
        "place": str(place),
        "department": place.department or "",
    }
    return Put(kind="notice", key=key, due=at, lane=str(place), rank=Rank.NOTE, args=args)


def _trimmed(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1]}…"
