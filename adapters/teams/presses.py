"""Buttons of cards: each button says its words, and who pressed it sees at once what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog

from adapters.teams import bodies, press
from adapters.teams.answers import Answers
from adapters.teams.door import Answer
from adapters.teams.ear import BUSY, NOT_KNOWN, Ear
from adapters.teams.form import FORM, Unanswered, inline, read_dialog, said
from adapters.teams.messages import Activity, Where, part, posted, text, where_of
from adapters.teams.parts import Parts
from adapters.teams.people import Known
from adapters.teams.press import Pressed
from adapters.teams.render import render
from bot.cards.card import Actions, Card, Rows
from bot.cards.words import refusal_card
from bot.domain.refusals import Refusal
from bot.grammar.text import keys_of
from bot.ports import ChatError, Overloaded, Stale

OLD_BUTTON: Final = "This button is not one of this desk's, so nothing was done. “list” shows what is there."
DONE: Final = "Done."
BELOW: Final = "The answer stands below."
IN_OUR_CHAT: Final = "I answer you in our own chat."

_LOOKING: Final = "show"
"""The verb whose answer, the case, is the point of saying it."""

log = structlog.get_logger(__name__)


class Presses:
    """Hears `adaptiveCard/action`, and the messages that come instead from clients without it."""

    def __init__(self, parts: Parts, ear: Ear, answers: Answers) -> None:
        self._parts = parts
        self._ear = ear
        self._answers = answers

    async def hear(self, activity: Activity) -> Answer:
        """The answer, once the effect is committed."""
        action = part(activity.get("value"), "action")
        data = part(action, "data")
        try:
            match text(action, "verb"):
                case press.REFRESH:
                    return await self._refreshed(activity, data)
                case press.SAY:
                    pressed = press.read(data)
                    return await (self._asked if pressed.fields else self._said)(activity, pressed)
                case press.SEND:
                    return await self._sent(activity, data)
        except ValueError as error:
            log.info("a press that is none of ours", why=str(error))
        return bodies.message(OLD_BUTTON)

    async def submitted(self, activity: Activity) -> None:
        """An Action.Submit: a message without words, in the name of who pressed. Its answer follows by itself."""
        where, data = where_of(activity), part(activity, "value")
        known = await self._known(activity)
        try:
            form = read_dialog(data) if data.get("do") == FORM else None
            pressed = form.pressed if form else press.read(data)
        except ValueError as error:
            self._answers.tell(where, known, refusal_card(why(error)))
            return
        if form is None and pressed.fields:
            self._answers.ask(where, known, pressed)
            return
        words = said(form.pressed, form.values) if form else pressed.words
        case_id = await self.case_shown(where)
        card = await self._ear.hear(activity, words, card=case_id)
        if card is not None and not (case_id is not None and repeats(card, words)):
            self._answers.tell(where, known, card)

    # -- the verbs -------------------------------------------------------------------------------------

    async def _refreshed(self, activity: Activity, data: Mapping[str, Any]) -> Answer:
        """The case's card as it is now; what is shown to nobody else is shown to nobody else here either."""
        subject = str(data.get("subject") or "")
        if data.get("view") != "case" or not (subject.isascii() and subject.isdigit()):
            raise ValueError("nothing that can be refreshed")
        known = await self._known(activity)
        if known is None:
            return bodies.message(NOT_KNOWN)
        if known.person is None:
            return bodies.message(known.why.summary if known.why else OLD_BUTTON)
        return await self._newest(activity, known, int(subject)) or bodies.message(BUSY)

    async def _asked(self, activity: Activity, pressed: Pressed) -> Answer:
        """The form in the card's place, for clients that open no dialog."""
        known = await self._known(activity)
        if known is not None and known.person is None and known.why is not None:
            return bodies.message(known.why.summary)
        case_id = await self.case_shown(where_of(activity))
        form = inline(pressed)
        return bodies.card(form if case_id is None else bodies.with_way_back(form, case_id))

    async def _sent(self, activity: Activity, data: Mapping[str, Any]) -> Answer:
        try:
            form = read_dialog(data)
        except ValueError as error:
            return bodies.message(why(error))
        where, words = where_of(activity), said(form.pressed, form.values)
        case_id = await self.case_shown(where)
        card = await self._ear.hear(activity, words, card=case_id)
        if case_id is not None or not where.direct or card is None or card.refused:
            return await self._shown(activity, words, card, case_id)
        # The form was a message of its own: it becomes the answer, for ever.
        self._answers.edit(where, card)
        return bodies.card(render(card))

    async def _said(self, activity: Activity, pressed: Pressed) -> Answer:
        case_id = await self.case_shown(where_of(activity))
        card = await self._ear.hear(activity, pressed.words, card=case_id)
        return await self._shown(activity, pressed.words, card, case_id)

    # -- what is seen of it ----------------------------------------------------------------------------

    async def _shown(self, activity: Activity, words: str, card: Card | None, case_id: int | None) -> Answer:
        if card is not None and card.refused and not has_buttons(card):
            return bodies.message(card.summary)
        if case_id is not None:
            if card is not None and (card.refused or not repeats(card, words)):
                return bodies.card(bodies.with_way_back(render(card), case_id))
            known = await self._known(activity)
            newest = await self._newest(activity, known, case_id) if known and known.person else None
            return newest or bodies.message(card.summary if card else DONE)
        if card is None or repeats(card, words):
            return bodies.message(card.summary if card else DONE)
        return await self._elsewhere(activity, card)

    async def _elsewhere(self, activity: Activity, card: Card) -> Answer:
        """An answer that cannot stand in the pressed card's place, which many look at or which is to stay."""
        where, known = where_of(activity), await self._known(activity)
        self._answers.tell(where, known, card, hint=False)
        return bodies.message(BELOW if where.direct else IN_OUR_CHAT)

    async def _newest(self, activity: Activity, known: Known, case_id: int) -> Answer | None:
        try:
            card = await self._ear.newest(known, activity, case_id)
        except (Overloaded, Stale):
            return None  # What was said is done; the card is edited by itself.
        except Refusal:
            return bodies.message(OLD_BUTTON)
        return bodies.card(render(card, refresh=(known.user,), subject=str(case_id)))

    async def _known(self, activity: Activity) -> Known | None:
        try:
            known = await self._ear.who(activity)
        except ChatError as error:
            log.info("somebody we could not look up", error=str(error))
            return None
        return replace(known, user=where_of(activity).user or known.user)

    async def case_shown(self, where: Where) -> int | None:
        """The case whose own card was pressed: it stands above its thread in a channel."""
        if not where.channel or not where.message or where.root not in ("", where.message):
            return None
        return await self._parts.sent.case_of(posted(where.conversation, where.message))


def repeats(card: Card, words: str) -> bool:
    """Whether the answer only shows the case that the words were about, and nobody asked to see it."""
    number = _case_in(words)
    looking = keys_of(words)[:1] == (_LOOKING,)
    return number is not None and not looking and card.title.partition(" ")[0] == str(number)


def has_buttons(card: Card) -> bool:
    """Whether there is something to press on it."""
    return any(isinstance(element, Actions | Rows) for element in card.elements)


def why(error: ValueError) -> str:
    """What a person is told of a form that could not be read."""
    return str(error) if isinstance(error, Unanswered) else OLD_BUTTON


def _case_in(words: str) -> int | None:
    """The case that words such as `claim 1042` are about."""
    number = keys_of(words)[1:2]
    return int(number[0]) if number and number[0].isascii() and number[0].isdigit() else None
