"""`/baton words`: the same words as anywhere, answered at once for the one who typed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from adapters.slack.answers import Origin, at_once
from adapters.slack.ear import Ear
from adapters.slack.message import PLATFORM
from adapters.slack.parts import Parts
from adapters.slack.press import Pressed
from adapters.slack.telling import Spot, Telling, spot_of
from bot.cards.card import Actions, Button, Card, OpenLink
from bot.domain.refusals import Refusal
from bot.grammar.text import keys_of
from bot.ports import ChatError, Place

OPEN_HOME: Final = "Open your home"
HOME_ADDRESS: Final = "https://slack.com/app_redirect?"
"""Leads to the app: a bot cannot turn a person's page. docs.slack.dev/interactivity/deep-linking"""

_ASKING: Final = frozenset(
    {
        "handoff",
        "consult",
        "answer",
        "notours",
        "escalate",
        "snooze",
        "wait",
        "resolve",
        "dismiss",
        "decline",
        "note",
        "pass",
    }
)
"""Verbs that, typed with nothing but a case, open the form that the button of the same words opens."""


class Commands:
    """Hears the slash command."""

    def __init__(self, parts: Parts, ear: Ear, telling: Telling) -> None:
        self._parts = parts
        self._ear = ear
        self._telling = telling

    async def hear(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer, once the effect is committed; empty when a form opens instead."""
        origin = Origin(channel=str(body.get("channel_id", "")), url=str(body.get("response_url", "")))
        spot = spot_of(body, origin)
        words = await self._ear.plain(str(body.get("text", "")))
        if (asking := await self._asking(spot, words)) is not None:
            self._telling.ask(spot, asking)
            return {}
        card = await self._ear.hear(
            user=spot.user,
            team=spot.team,
            words=words,
            place=self._telling.place(spot),
            id=f"slack:cmd:{spot.trigger}" if spot.trigger else None,
        )
        if card is not None and not words.strip() and not card.refused:
            card = _leading_home(card, body)
        return at_once(card)

    async def _asking(self, spot: Spot, words: str) -> Pressed | None:
        """The button that says these very words to this person and wants to know more; None: hear them as they are."""
        keys = keys_of(words)
        if len(keys) != 2 or keys[0] not in _ASKING or not (keys[1].isascii() and keys[1].isdigit()):
            return None
        try:
            person = (await self._ear.who(spot.user, spot.team)).person
            if person is None:
                return None
            place = Place(platform=PLATFORM, conversation=spot.user, person=person.id)
            card = (await self._parts.views.show("case", str(int(keys[1])), place)).card
        except (Refusal, ChatError):
            return None  # Hearing the words says why.
        wanted = f"{keys[0]} {int(keys[1])}"
        found = (button for button in _buttons(card) if button.words == wanted and button.fields)
        return next((Pressed(button.words, button.label, button.fields) for button in found), None)


def _buttons(card: Card) -> Iterable[Button]:
    for element in card.elements:
        if isinstance(element, Actions):
            yield from (button for button in element.buttons if isinstance(button, Button))


def _leading_home(card: Card, body: Mapping[str, Any]) -> Card:
    app, team = body.get("api_app_id"), body.get("team_id")
    if not app or not team:
        return card
    link = OpenLink(label=OPEN_HOME, url=HOME_ADDRESS + urlencode({"app": app, "team": team}))
    return replace(card, elements=(*card.elements, Actions(buttons=(link,))))
