"""What people write: notes below the messages about a case, and words to Baton."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from adapters.slack.aside import Aside
from adapters.slack.ear import Ear
from adapters.slack.message import Event, Message, message_of, place_in, posted
from adapters.slack.parts import Parts
from adapters.slack.people import Known
from adapters.slack.said import Note, Said, addressed, understood
from bot.cards.words import sentence_card
from bot.domain.people import Person
from bot.grammar import Happened, Heard
from bot.ports import Place

BEGIN_WITH_ME: Final = (
    "If you want something of me, begin with my name, and what follows is done: “@Baton claim 1042”. "
    "“@Baton help” shows what there is."
)
_STRANGER: Final = "a note by nobody we know"
_MENTIONED: Final = "how to call us"


class Threads:
    """Hears messages, their edits and deletions. Each method returns once the effect is committed.

    Raises Stale and Overloaded when the desk is busy, and ChatErrors when Slack cannot say who it was: nothing was
    done then, and Slack is to tell it again.
    """

    def __init__(self, parts: Parts, ear: Ear, aside: Aside, bot: Callable[[], str]) -> None:
        """`bot` gives our own user id."""
        self._parts = parts
        self._ear = ear
        self._aside = aside
        self._bot = bot

    # -- words ------------------------------------------------------------------------------------

    async def said(self, id: str | None, event: Event) -> None:
        """A message: a note in a case's thread, a command in our direct conversation, else no concern of ours."""
        message = message_of(event)
        if not self._by_people(message) or not (message.thread or message.direct):
            return
        called = addressed(message.raw, self._bot())
        if called is not None and not message.direct:
            return  # Slack tells it once more, as a mention.
        case_id = await self._case_above(message)
        if case_id is not None or message.direct:
            await self._heard(id, message, case_id)

    async def mentioned(self, id: str | None, event: Event) -> None:
        """A message that names us: done when it begins with our name."""
        message = message_of(event)
        if not self._by_people(message) or message.direct or message.edited:
            return  # Direct ones are heard as messages; an edit must not do it all again.
        case_id = await self._case_above(message)
        if addressed(message.raw, self._bot()) is not None:
            await self._heard(id, message, case_id)
        elif case_id is None:
            # In a case's thread such words are a note, heard as a message.
            self._aside.tell_once(message, sentence_card(BEGIN_WITH_ME, words=("help",)), about=_MENTIONED)

    async def _heard(self, id: str | None, message: Message, case_id: int | None) -> None:
        known = await self._ear.who(message.user, message.team)
        meant = await self._meaning(message, case_id)
        noted = isinstance(meant, Note)
        if known.person is None:
            self._turn_away(message, known, once=noted)
            return
        if isinstance(meant, Note) and not meant.text:
            return  # Nothing that could be read elsewhere.
        words = f"note {case_id} {meant.text}" if isinstance(meant, Note) else meant.words
        place = self._place(message, known.person, case_id)
        heard = Heard(id=id, words=words, person=known.person, place=place, card=case_id)
        card = await self._parts.hear(heard)
        if card is None:
            return
        if noted:
            # Who talks on where notes are refused has read it; another reason is another matter.
            self._aside.tell_once(message, card, about=f"{message.thread} {card.summary}")
        else:
            self._aside.tell(message, card)

    async def _meaning(self, message: Message, case_id: int | None) -> Said:
        called = addressed(message.raw, self._bot())
        words = await self._ear.plain(message.raw if called is None else called)
        meant = understood(words, called=called is not None, case_id=case_id)
        if isinstance(meant, Note) and message.attached:
            return Note(f"{meant.text} {message.attached}".strip())
        return meant

    def _turn_away(self, message: Message, known: Known, *, once: bool) -> None:
        """Who is nobody of ours hears why: each time after a command, once where colleagues talk."""
        if known.why is None:
            return
        if once:
            self._aside.tell_once(message, known.why, about=_STRANGER)
        else:
            self._aside.tell(message, known.why)

    # -- second thoughts -------------------------------------------------------------------------------

    async def changed(self, id: str | None, event: Event) -> None:
        """A message looks different: of interest when its author changed the words of a note."""
        before, after = (
            message_of(event, event.get("previous_message")),
            message_of(event, event.get("message")),
        )
        if after.tombstone:
            await self._gone(id, before, after.ts)
            return
        same = (before.raw, before.attached) == (after.raw, after.attached)
        if same or after.thread is None or not self._by_people(after):
            return
        case_id = await self._case_above(after)
        if case_id is None:
            return
        meant = await self._meaning(after, case_id)
        text = meant.text if isinstance(meant, Note) else meant.words
        await self._thought_again(id, "note_changed", after, case_id, text)

    async def deleted(self, id: str | None, event: Event) -> None:
        """A message was taken away: a note with it, or one of our own."""
        before = message_of(event, event.get("previous_message"))
        if not before.tombstone:
            await self._gone(id, before, str(event.get("deleted_ts") or before.ts))

    async def _gone(self, id: str | None, before: Message, ts: str) -> None:
        if not self._by_people(before):
            await self._parts.sent.gone(posted(before.channel, ts))
            return
        case_id = await self._case_above(before) if before.thread else None
        if case_id is not None:
            await self._thought_again(id, "note_withdrawn", before, case_id)

    async def _thought_again(
        self, id: str | None, name: str, message: Message, case_id: int, *more: str
    ) -> None:
        # Slack does not tell who deletes a message: it counts as its author's doing.
        person = (await self._ear.who(message.user, message.team)).person
        if person is None:
            return
        place = self._place(message, person, case_id)
        args = (case_id, message.name, *more)
        card = await self._parts.happened(Happened(id=id, name=name, person=person, place=place, args=args))
        if card is not None and card.refused:
            self._aside.tell(message, card)

    # -- which ones ------------------------------------------------------------------------------------

    def _by_people(self, message: Message) -> bool:
        return message.human and message.user != self._bot()

    def _place(self, message: Message, person: Person, case_id: int | None) -> Place:
        return place_in(
            self._parts.policy, message.channel, person=person, case_id=case_id, message=message.name
        )

    async def _case_above(self, message: Message) -> int | None:
        """The case of the message that this one stands below."""
        if message.thread is None:
            return None
        return await self._parts.sent.case_of(posted(message.channel, message.thread))
