"""What people write: notes below the messages about a case, and words to Baton."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import structlog

from adapters.teams.answers import Answers
from adapters.teams.ear import BUSY, NOT_KNOWN, Ear, message_id
from adapters.teams.messages import Activity, Message, message_of, place_in, posted, text
from adapters.teams.parts import Parts
from adapters.teams.people import Known
from adapters.teams.said import Command, Note, Said, understood
from bot.cards.words import refusal_card, sentence_card
from bot.domain.people import Person
from bot.grammar import Happened, Heard
from bot.ports import ChatError, Overloaded, Place, Stale

BEGIN_WITH_ME: Final = (
    "If you want something of me, begin with my name, and what follows is done: “@Baton claim 1042”. "
    "“@Baton help” shows what there is."
)
_STRANGER: Final = "a note by nobody we know"
_MENTIONED: Final = "how to call us"

log = structlog.get_logger(__name__)


class Threads:
    """Hears messages, their edits and deletions. Each method returns once the effect is committed.

    Teams tells a message once, whatever we answer. So when the desk is busy, or Teams does not say who it was, the
    author is told that nothing was done; nothing of that is raised.
    """

    def __init__(self, parts: Parts, ear: Ear, answers: Answers) -> None:
        self._parts = parts
        self._ear = ear
        self._answers = answers

    # -- words ------------------------------------------------------------------------------------

    async def said(self, activity: Activity) -> None:
        """A message: a command, a note in a case's thread, or no concern of ours."""
        message = message_of(activity)
        where = message.where
        if not message.human:
            return
        called = message.says.called(where.bot)
        named = called is not None or message.says.names(where.bot)
        if not (where.direct or named or message.below):
            return
        case_id = await self._case_above(message)
        if called is not None or where.direct or case_id is not None:
            await self._heard(activity, message, case_id)
        elif named:
            self._answers.tell_once(
                where, None, sentence_card(BEGIN_WITH_ME, words=("help",)), about=_MENTIONED
            )

    async def _heard(self, activity: Activity, message: Message, case_id: int | None) -> None:
        meant = _meaning(message, case_id)
        noted = isinstance(meant, Note)
        known: Known | None = None
        try:
            known = await self._ear.who(activity)
            if known.person is None:
                self._turn_away(message, known, once=noted)
            elif not isinstance(meant, Note) or meant.text:  # Else there is nothing to be read elsewhere.
                await self._done(activity, message, case_id, known, meant)
        except (Overloaded, Stale):
            self._answers.tell(message.where, known, refusal_card(BUSY))
        except ChatError as error:
            log.warning("nobody told us who speaks", user=message.where.user, error=str(error))
            self._answers.tell(message.where, known, refusal_card(NOT_KNOWN))

    async def _done(
        self, activity: Activity, message: Message, case_id: int | None, known: Known, meant: Said
    ) -> None:
        words = f"note {case_id} {meant.text}" if isinstance(meant, Note) else meant.words
        # In our own chat nothing stands in a case's thread, so a note there is answered, and shown elsewhere.
        thread = None if message.where.direct else case_id
        place = self._place(message, known.person, thread)
        heard = Heard(id=message_id(activity), words=words, person=known.person, place=place, card=thread)
        card = await self._parts.hear(heard)
        if card is None:
            return
        if isinstance(meant, Note) and not message.where.direct:
            # Who talks on where notes are refused has read it; another reason is another matter.
            about = f"{message.where.root} {card.summary}"
            self._answers.tell_once(message.where, known, card, about=about)
        else:
            self._answers.tell(message.where, known, card)

    def _turn_away(self, message: Message, known: Known, *, once: bool) -> None:
        """Who is nobody of ours hears why: each time after a command, once where colleagues talk."""
        if known.why is None:
            return
        if once:
            self._answers.tell_once(message.where, known, known.why, about=_STRANGER)
        else:
            self._answers.tell(message.where, known, known.why)

    # -- second thoughts -------------------------------------------------------------------------------

    async def changed(self, activity: Activity) -> None:
        """A message has other words: of interest when they made a note."""
        message = message_of(activity)
        if not message.human or not message.below:
            return
        case_id = await self._case_above(message)
        if case_id is None:
            return
        meant = _meaning(message, case_id)
        words = meant.text if isinstance(meant, Note) else meant.words
        await self._thought_again(activity, "note_changed", message, case_id, words)

    async def deleted(self, activity: Activity) -> None:
        """A message was taken away: a note with it, or one of our own."""
        message = message_of(activity)
        # Who took it away is told, not who wrote it; that it was one of ours is known by its id alone.
        try:
            await self._parts.sent.gone(posted(message.where.conversation, message.id))
        except (Overloaded, Stale):
            log.warning("a deleted message was not noticed", conversation=message.where.conversation)
        if not message.human or not message.below:
            return
        case_id = await self._case_above(message)
        if case_id is not None:
            await self._thought_again(activity, "note_withdrawn", message, case_id)

    async def restored(self, activity: Activity) -> None:
        """A deleted message is back: what it noted is noted again."""
        message = message_of(activity)
        case_id = await self._case_above(message) if message.human else None
        if case_id is None or not isinstance(_meaning(message, case_id), Note):
            return
        # Heard under a name of its own, else the desk would take it for the message that it knows.
        again = f"{text(activity, 'id')}:back:{text(activity, 'timestamp')}"
        await self._heard({**activity, "id": again}, message, case_id)

    async def _thought_again(
        self, activity: Activity, name: str, message: Message, case_id: int, *more: str
    ) -> None:
        known: Known | None = None
        try:
            known = await self._ear.who(activity)
            if known.person is None:
                return
            id = message_id(activity, name, text(activity, "timestamp"))
            place = self._place(message, known.person, case_id)
            args = (case_id, message.name, *more)
            happened = Happened(id=id, name=name, person=known.person, place=place, args=args)
            card = await self._parts.happened(happened)
        except (Overloaded, Stale):
            card = refusal_card(BUSY)
        except ChatError as error:
            log.warning("nobody told us who thought again", user=message.where.user, error=str(error))
            card = refusal_card(NOT_KNOWN)
        if card is not None and card.refused:
            self._answers.tell(message.where, known, card)

    # -- which ones ------------------------------------------------------------------------------------

    def _place(self, message: Message, person: Person | None, case_id: int | None) -> Place:
        return place_in(
            self._parts.policy, message.where, person=person, case_id=case_id, message=message.name
        )

    async def _case_above(self, message: Message) -> int | None:
        """The case of the message that this one stands below, or answers."""
        if not message.below:
            return None
        return await self._parts.sent.case_of(posted(message.where.conversation, message.below))


def _meaning(message: Message, case_id: int | None) -> Said:
    called = message.says.called(message.where.bot)
    says = message.says if called is None else called
    meant = understood(says.plain, called=called is not None or message.where.direct, case_id=case_id)
    if isinstance(meant, Command) or not message.attached:
        return meant
    return replace(meant, text=f"{meant.text} {message.attached}".strip())
