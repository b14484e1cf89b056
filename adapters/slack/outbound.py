"""The Chat port for Slack: cards are posted, edited, taken away, and looked for when their fate is unknown.

Facts: a reply whose parent was deleted is posted in the channel instead, without an error
(https://github.com/slack-go/slack/issues/1571), and chat.update keeps a message's metadata
(https://docs.slack.dev/reference/methods/chat.update).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog

from adapters.slack.api import SlackApi, SlackRefused
from adapters.slack.errors import SlackShut
from adapters.slack.people import Directory
from adapters.slack.pictures import Pictures
from adapters.slack.render import Rendered, render
from bot.cards.card import Actions, Button, Card, Text
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Clock, Failed, Gone, Place, Posted, SlowDown, Undeliverable

NOT_IN_POLICY: Final = "The policy does not name {person} any more."
NO_CHANNEL: Final = (
    "No department has the Slack channel {conversation}: put it under `channels` in the policy."
)
MOVED: Final = "Slack has another direct conversation with this person by now."

log = structlog.get_logger(__name__)

PLATFORM: Final = "slack"
EVENT_TYPE: Final = "baton_message"

_AS_WRITTEN: Final = {"parse": "none", "link_names": False}
"""Nothing in a text becomes a link or a mention by itself; chat.update would, by default."""

_TOO_BIG: Final = frozenset(
    {"msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format"}
)
_UNTIL_READY: Final = timedelta(seconds=2)
"""Slack goes on with a picture after its upload; until then a message that shows it has "invalid blocks"."""

_PATIENCE: Final = timedelta(seconds=5)
STILL_COMING: Final = timedelta(seconds=10)
"""So long Slack may still be at work on a post whose answer we did not get: not found at once, it could come later, and
would be there twice."""

_SINCE: Final = timedelta(days=2)
_MOST_PAGES: Final = 10
_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """One way to show a card; `after` a pause."""

    shown: Rendered
    after: timedelta = timedelta(0)


@dataclass(slots=True)
class SlackChat:
    """Speaks in one Slack workspace. Direct messages may use the budgets' reserve: pages travel in them."""

    api: SlackApi
    directory: Directory
    policy: Policy
    clock: Clock
    platform: str = PLATFORM
    searchable: bool = True
    _opened: dict[str, str] = field(default_factory=dict)
    _pictures: Pictures = field(init=False)

    def __post_init__(self) -> None:
        self._pictures = Pictures(self.api)

    async def direct(self, person: PersonId) -> Place:
        """The person's direct conversation with Baton. Undeliverable for somebody the policy does not name, or whom
        Slack does not know."""
        if person not in self.policy.people:
            raise Undeliverable(NOT_IN_POLICY.format(person=person))
        user = await self.directory.user_of(person)
        if user not in self._opened:
            answer = await self.api.call("conversations.open", {"users": user}, urgent=True)
            self._opened[user] = str(answer["channel"]["id"])
        return Place(platform=PLATFORM, conversation=self._opened[user], person=person)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        """Posts below `reply_to`; where that was deleted, Slack posts in the channel itself. A card that Slack finds
        too big or too odd is posted smaller. Undeliverable for a channel that is no department's."""
        self._known(place)
        envelope = {
            "channel": place.conversation,
            "thread_ts": reply_to.message if reply_to else None,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"nonce": nonce}},
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
            **_AS_WRITTEN,
        }
        try:
            answer = await self._write("chat.postMessage", envelope, card)
        except (SlackShut, SlackRefused) as no:
            if self._forgets(place.conversation) and no.code == "channel_not_found":
                raise Failed(MOVED) from no
            raise
        return Posted(platform=PLATFORM, conversation=str(answer["channel"]), message=str(answer["ts"]))

    async def edit(self, posted: Posted, card: Card) -> None:
        """Shows the newer card instead. Gone when it was deleted or Slack lets nobody edit it; an edit of unknown
        fate is Down, since it may be repeated."""
        envelope = {"channel": posted.conversation, "ts": posted.message, **_AS_WRITTEN}
        try:
            await self._write("chat.update", envelope, card)
        except Gone as gone:
            log.info("a message cannot be edited", channel=posted.conversation, why=str(gone))
            raise

    async def delete(self, posted: Posted) -> None:
        """Takes the message away; one that is not there is fine."""
        arguments = {"channel": posted.conversation, "ts": posted.message}
        try:
            # Urgent: it is a message that is there twice, and nobody would come back for it.
            await self.api.call("chat.delete", arguments, urgent=True)
        except Gone:
            log.info("a message was away already", channel=posted.conversation)

    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        """The message of the last two days that carries the nonce. Before it counts as not there it is looked for once
        more, STILL_COMING later."""
        found = await self._seen(place, nonce, below)
        if found is None:
            await self.clock.sleep(STILL_COMING)
            found = await self._seen(place, nonce, below)
        return found

    # -- how -------------------------------------------------------------------------------------

    async def _seen(self, place: Place, nonce: str, below: Posted | None) -> Posted | None:
        """One that was meant to go `below` another is looked for there first, since a channel's history leaves out
        replies; then in the channel."""
        if below is not None:
            thread = {"channel": below.conversation, "ts": below.message}
            try:
                found = await self._look("conversations.replies", thread, nonce)
            except Gone:
                found = None
            if found is not None:
                return found
        return await self._look("conversations.history", {"channel": place.conversation}, nonce)

    def _known(self, place: Place) -> None:
        if place.person is not None:
            if place.person not in self.policy.people:
                raise Undeliverable(NOT_IN_POLICY.format(person=place.person))
        elif all(d.channels.get(PLATFORM) != place.conversation for d in self.policy.departments.values()):
            raise Undeliverable(NO_CHANNEL.format(conversation=place.conversation))

    def _forgets(self, conversation: str) -> bool:
        """Whether it was a direct conversation; it is asked for again next time."""
        users = [user for user, opened in self._opened.items() if opened == conversation]
        for user in users:
            del self._opened[user]
        return bool(users)

    async def _write(self, method: str, envelope: Mapping[str, Any], card: Card) -> Mapping[str, Any]:
        """Shows the card as well as Slack takes it."""
        refused: SlackRefused | None = None
        for each in _tries(card, await self._pictures.of(card)):
            if refused is not None:
                log.warning(
                    "Slack refuses a card, a smaller one is tried",
                    card=card.title,
                    code=refused.code,
                    details=refused.details,
                )
                await self.clock.sleep(each.after)
            arguments = {**envelope, "text": each.shown.text, "blocks": each.shown.blocks}
            try:
                return await self._call(method, arguments, patient=refused is not None)
            except SlackRefused as no:
                if no.code not in _TOO_BIG:
                    raise
                refused = no
        assert refused is not None, "there is always a first try"
        raise refused

    async def _call(self, method: str, arguments: Mapping[str, Any], *, patient: bool) -> Mapping[str, Any]:
        """`patient` sits out a short wait for our budget: begun anew, the whole ladder would be climbed again."""
        urgent = _is_direct(str(arguments["channel"]))
        try:
            return await self.api.call(method, arguments, urgent=urgent)
        except SlowDown as slow:
            if not patient or slow.after > _PATIENCE:
                raise
            await self.clock.sleep(slow.after)
        return await self.api.call(method, arguments, urgent=urgent)

    async def _look(self, method: str, where: Mapping[str, Any], nonce: str) -> Posted | None:
        oldest = (self.clock.real() - _SINCE).timestamp()
        asked = {**where, "oldest": f"{oldest:.6f}", "limit": _PAGE, "include_all_metadata": True}
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            answer = await self.api.call(
                method, {**asked, "cursor": cursor}, urgent=_is_direct(where["channel"])
            )
            for message in answer.get("messages", ()):
                if _nonce(message) == nonce:
                    return Posted(
                        platform=PLATFORM, conversation=where["channel"], message=str(message["ts"])
                    )
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        log.warning("too many messages to look through", channel=where["channel"], method=method)
        return None


def _tries(card: Card, pictures: Sequence[str | None]) -> Iterator[_Try]:
    """The card, with less and less of it."""
    if any(pictures):
        yield _Try(shown=render(card, pictures=pictures))
        yield _Try(shown=render(card, pictures=pictures), after=_UNTIL_READY)
    yield _Try(shown=render(card))
    yield _Try(shown=render(smaller(card)))


def smaller(card: Card) -> Card:
    """The card's one line that stands alone, with the way to see the rest."""
    buttons = [b for e in card.elements if isinstance(e, Actions) for b in e.buttons if isinstance(b, Button)]
    details = tuple(button for button in buttons if button.words.startswith("show "))[:1]
    elements = (Text(text=card.summary), *((Actions(buttons=details),) if details else ()))
    return Card(title=card.title, summary=card.summary, tone=card.tone, elements=elements)


def _is_direct(conversation: str) -> bool:
    """Slack names direct conversations D…"""
    return conversation.startswith("D")


def _nonce(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload") or {}
    return payload.get("nonce")
