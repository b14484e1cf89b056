"""Forms that were filled in: what they say is heard; a refusal leaves what was typed where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.slack.answers import Origin, answer_view
from adapters.slack.ear import Ear
from adapters.slack.form import CALLBACK, Unanswered, block_of, read_modal, said
from adapters.slack.parts import Parts
from adapters.slack.render import render
from adapters.slack.telling import Spot, Telling, repeats, spot_of
from bot.cards.card import Actions, Card, Rows

OLD_FORM: Final = (
    "This form is not one of this desk's, so nothing was done. Close it and press its button again."
)

_CLEAR: Final = {"response_action": "clear"}


class Submissions:
    """Hears dialogs that people send."""

    def __init__(self, parts: Parts, ear: Ear, telling: Telling) -> None:
        self._ear = ear
        self._telling = telling

    async def hear(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What Slack does with the dialog; returned once the effect is committed. Raises ValueError for nobody's."""
        view = body.get("view") or {}
        if view.get("callback_id") != CALLBACK:
            return {}
        try:
            form = read_modal(view)
            spot = spot_of({**body, "view": None}, Origin.of(form.origin))
        except Unanswered as missing:
            return wrong(str(missing), missing.field)
        except ValueError:
            return wrong(OLD_FORM)
        words = said(form.pressed, form.values)
        card = await self._ear.hear(
            user=spot.user,
            team=spot.team,
            words=words,
            place=self._telling.place(spot),
            id=f"slack:view:{view['id']}" if view.get("id") else None,
            card=await self._telling.case_at(spot),
        )
        if card is not None and card.refused:
            return _refused(card, spot)
        return self._done(spot, words, card)

    def _done(self, spot: Spot, words: str, card: Card | None) -> Mapping[str, Any]:
        if not spot.origin.home:
            self._telling.tell(spot, words, card)
            return _CLEAR
        self._telling.renew_home(spot)
        if card is None or repeats(card, words):
            return _CLEAR
        return {"response_action": "update", "view": answer_view(render(card), spot.origin)}


def wrong(sentence: str, field: int = 0) -> Mapping[str, Any]:
    """What stops a form: the sentence stands at its field, and what was typed stays."""
    return {"response_action": "errors", "errors": {block_of(field): sentence}}


def _refused(card: Card, spot: Spot) -> Mapping[str, Any]:
    """The sentence at the first field; with words to press instead, a dialog on top of the form."""
    if not any(isinstance(element, Actions | Rows) for element in card.elements):
        return wrong(card.summary)
    return {"response_action": "push", "view": answer_view(render(card), spot.origin, last=False)}
