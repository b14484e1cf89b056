"""Dialogs (task modules): the small form that a button asks with, and what was filled in."""

from __future__ import annotations

from typing import Final

import structlog

from adapters.teams import bodies
from adapters.teams.door import Answer
from adapters.teams.ear import NOT_KNOWN, Ear
from adapters.teams.form import FORM, Unanswered, dialog, read_dialog, said
from adapters.teams.messages import Activity, part, where_of
from adapters.teams.press import read
from adapters.teams.presses import Presses, has_buttons, repeats
from bot.cards.card import Card
from bot.ports import ChatError

OLD_FORM: Final = (
    "This form is not one of this desk's, so nothing was done. Close it and press its button again."
)

_CASE: Final = "case"
"""In a form's origin: the case on whose own card it was opened. It only decides what is shown afterwards."""

log = structlog.get_logger(__name__)


class Dialogs:
    """Hears `task/fetch` and `task/submit`. Each returns once the effect is committed."""

    def __init__(self, ear: Ear, presses: Presses) -> None:
        self._ear = ear
        self._presses = presses

    async def fetched(self, activity: Activity) -> Answer:
        """A dialog is to be opened; who may use none of it is told so at once."""
        try:
            pressed = read(part(activity.get("value"), "data"))
        except ValueError as error:
            log.info("a dialog that is none of ours", why=str(error))
            return bodies.dialog_message(OLD_FORM)
        why = await self._why_not(activity)
        if why:
            return bodies.dialog_message(why)
        case_id = await self._presses.case_shown(where_of(activity))
        return bodies.dialog(dialog(pressed, origin={} if case_id is None else {_CASE: case_id}))

    async def submitted(self, activity: Activity) -> Answer:
        """What was filled in is said; a refusal leaves it where it is."""
        data = part(activity.get("value"), "data")
        try:
            form = read_dialog(data) if data.get("do") == FORM else None
            pressed = form.pressed if form else read(data)
        except Unanswered as missing:
            return bodies.dialog_again(dialog(read(data), origin=data["o"]), str(missing), data)
        except ValueError as error:
            log.info("a form that is none of ours", why=str(error))
            return bodies.dialog_message(OLD_FORM)
        if form is None and pressed.fields:
            return bodies.dialog(dialog(pressed, origin={}))
        words = said(pressed, form.values) if form else pressed.words
        above = form.origin.get(_CASE) if form else None
        card = await self._ear.hear(activity, words, card=above if isinstance(above, int) else None)
        if card is not None and card.refused and form is not None and not has_buttons(card):
            return bodies.dialog_again(dialog(pressed, origin=form.origin), card.summary, data)
        if card is None or (above is not None and repeats(card, words)):
            return bodies.CLOSED  # The case's own card, which it was opened from, shows what came of it.
        return bodies.dialog_message(card.summary) if form and repeats(card, words) else answered(card)

    async def _why_not(self, activity: Activity) -> str:
        try:
            known = await self._ear.who(activity)
        except ChatError as error:
            # The form may open all the same: whoever sends it is asked for again.
            log.info("a form for somebody we could not look up", error=str(error))
            return ""
        return (known.why.summary if known.why else NOT_KNOWN) if known.person is None else ""


def answered(card: Card) -> Answer:
    """The answer in a dialog's place; a mere sentence as such."""
    plain = not card.title and not has_buttons(card)
    return bodies.dialog_message(card.summary) if plain else bodies.dialog_card(card)
