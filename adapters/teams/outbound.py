"""The Chat port for Teams: cards are posted, edited in place and taken away. Teams cannot be searched.

A card in a channel begins a thread of its own, words below it are replies in that thread, and a person's own chat has
no threads: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)

from adapters.teams.api import TeamsApi
from adapters.teams.connector import CHANNEL, PERSONAL, Connector, Ready
from adapters.teams.errors import TOO_LARGE_CODE, TeamsRefused
from adapters.teams.people import Directory, Reference
from adapters.teams.render import attachment, summary
from bot.cards.card import Actions, Button, Card, Text
from bot.domain.people import PersonId
from bot.policy.duty import members
from bot.policy.model import Policy
from bot.ports import Clock, FateUnknown, Gone, Place, Posted, Undeliverable

NOT_IN_POLICY: Final = "The policy does not name {person} any more."
NO_CHANNEL: Final = (
    "No department has the Teams channel {conversation}: put it under `channels` in the policy."
)
NO_ID: Final = "Teams took the message, but did not say which one it is."
UNSEARCHABLE: Final = "Teams cannot be searched for messages."

log = structlog.get_logger(__name__)

PLATFORM: Final = "teams"
TOO_MUCH: Final = frozenset({TOO_LARGE_CODE, "BadArgument", "BadSyntax"})
"""A card that Teams finds too big or too odd; Baton's line in it is neither."""

_MSTEAMS: Final = "msteams"
_BOT: Final = "Baton"


@dataclass(slots=True)
class TeamsChat:
    """Speaks in Teams. What goes to a person may use the windows' reserve: pages travel there."""

    api: TeamsApi
    directory: Directory
    policy: Policy
    clock: Clock
    platform: str = PLATFORM
    searchable: bool = False
    _connector: Connector = field(init=False)
    _reached: dict[str, Reference] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connector = Connector(self.api)

    async def direct(self, person: PersonId) -> Place:
        """The person's own chat with Baton. Undeliverable for somebody the policy does not name, whom Teams does not
        know, or who does not have the app."""
        reference = await self._person(person)
        return Place(platform=PLATFORM, conversation=reference.conversation, person=person)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        """Begins a thread in a channel, or answers in the one of `reply_to` (Gone where that was deleted); in a
        person's own chat it simply comes next. A card that Teams finds too big or too odd is posted smaller.
        Undeliverable for a channel that is no department's. The nonce stays here: nothing could find it there."""
        reference = await self._known(place)
        conversation = reference.conversation or place.conversation
        if not _is_channel(conversation):
            message = await self._written(card, lambda activity: self._say(reference, conversation, activity))
        elif reply_to is not None:
            thread = f"{conversation};messageid={reply_to.message}"
            message = await self._written(card, lambda activity: self._say(reference, thread, activity))
        else:
            looking = self._looking(conversation)
            message = await self._written(
                card, lambda activity: self._begin(reference, activity), looking=looking
            )
        return Posted(platform=PLATFORM, conversation=conversation, message=message)

    async def edit(self, posted: Posted, card: Card) -> None:
        """Shows the newer card instead. Gone when it was deleted; an edit of unknown fate is Down, since it may be
        repeated."""
        reference = await self._of(posted.conversation)
        to = _addressed(reference, posted.conversation)

        async def update(activity: Activity) -> str:
            activity.id = posted.message
            await self._connector.within(to, lambda turn: turn.update_activity(activity))
            return posted.message

        try:
            await self._written(card, update, looking=self._looking(posted.conversation))
        except Gone as gone:
            log.info("a message cannot be edited", channel=posted.conversation, why=str(gone))
            raise

    async def delete(self, posted: Posted) -> None:
        """Takes the message away; one that is not there is fine."""
        to = _addressed(await self._of(posted.conversation), posted.conversation)
        try:
            await self._connector.within(to, lambda turn: turn.delete_activity(posted.message))
        except Gone:
            log.info("a message was away already", channel=posted.conversation)

    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        """Never called: not searchable. Raises Undeliverable."""
        raise Undeliverable(UNSEARCHABLE)

    # -- where -----------------------------------------------------------------------------------

    async def _known(self, place: Place) -> Reference:
        if place.person is not None:
            return await self._person(place.person)
        if all(d.channels.get(PLATFORM) != place.conversation for d in self.policy.departments.values()):
            raise Undeliverable(NO_CHANNEL.format(conversation=place.conversation))
        return await self.directory.reference_to(place.conversation)

    async def _person(self, person: PersonId) -> Reference:
        if person not in self.policy.people:
            raise Undeliverable(NOT_IN_POLICY.format(person=person))
        reference = await self.directory.reference_of(person)
        self._reached[reference.conversation] = reference
        return reference

    async def _of(self, conversation: str) -> Reference:
        """Of a conversation in which something was posted."""
        known = self._reached.get(conversation)
        return known or await self.directory.reference_to(conversation)

    def _looking(self, conversation: str) -> Sequence[str]:
        """Those of the channel's department whose own view of a case Teams asks for when they look at its card."""
        now = self.clock.now()
        for name, department in self.policy.departments.items():
            if department.channels.get(PLATFORM) == conversation:
                return self.directory.users_of(members(self.policy, name, now))
        return ()

    # -- how -------------------------------------------------------------------------------------

    async def _say(self, reference: Reference, conversation: str, activity: Activity) -> str:
        to = _addressed(reference, conversation)
        said = await self._connector.within(to, lambda turn: turn.send_activity(activity))
        return str(said.id)

    async def _begin(self, reference: Reference, activity: Activity) -> str:
        to = _addressed(reference, reference.conversation)
        parameters = ConversationParameters(
            is_group=True,
            bot=to.bot,
            channel_data={"channel": {"id": reference.conversation}, "tenant": {"id": reference.tenant}},
            tenant_id=reference.tenant,
            activity=activity,
        )
        begun = await self._connector.create_conversation(to, conversation_parameters=parameters)
        return str(begun.activity_id or begun.id.partition(";messageid=")[2])

    async def _written(
        self, card: Card, write: Callable[[Activity], Awaitable[str]], *, looking: Sequence[str] = ()
    ) -> str:
        """Shows the card as well as Teams takes it; the message's id. Whoever is `looking` gets their own view of a
        case's card."""
        refused: TeamsRefused | None = None
        for each in _tries(card):
            if refused is not None:
                log.warning(
                    "Teams refuses a card, a smaller one is tried", card=card.title, code=refused.code
                )
            try:
                message = await write(_activity(each, looking))
            except TeamsRefused as no:
                if no.code not in TOO_MUCH:
                    raise
                refused = no
                continue
            if not message:
                raise FateUnknown(NO_ID)
            return message
        assert refused is not None, "there is always a first try"
        raise refused


def _tries(card: Card) -> Iterator[Card]:
    yield card
    yield smaller(card)


def smaller(card: Card) -> Card:
    """The card's one line that stands alone, with the way to see the rest."""
    buttons = [b for e in card.elements if isinstance(e, Actions) for b in e.buttons if isinstance(b, Button)]
    details = tuple(button for button in buttons if button.words.startswith("show "))[:1]
    elements = (Text(text=card.summary), *((Actions(buttons=details),) if details else ()))
    return replace(card, elements=elements)


def _activity(card: Card, looking: Sequence[str]) -> Activity:
    own: dict[str, Any] = {"refresh": looking, "subject": str(card.case)} if card.case is not None else {}
    shown = attachment(card, **own)
    return Activity(
        type=ActivityTypes.message,
        summary=summary(card),
        attachments=[Attachment(content_type=shown["contentType"], content=Ready(shown["content"]))],
    )


def _addressed(reference: Reference, conversation: str) -> ConversationReference:
    channel = _is_channel(conversation)
    return ConversationReference(
        channel_id=_MSTEAMS,
        service_url=reference.service_url,
        bot=ChannelAccount(id=getattr(reference, "bot", ""), name=_BOT),
        conversation=ConversationAccount(
            id=conversation,
            tenant_id=reference.tenant,
            conversation_type=CHANNEL if channel else PERSONAL,
            is_group=channel,
        ),
    )


def _is_channel(conversation: str) -> bool:
    """Teams names channels 19:…, and a person's own chat a:…"""
    return conversation.startswith("19:")
