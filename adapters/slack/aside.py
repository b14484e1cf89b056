"""Answers to what people say in channels and to Baton directly: for the one who spoke, never in anybody's way."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

import structlog

from adapters.slack.answers import Direct, say
from adapters.slack.message import Message
from adapters.slack.parts import Parts
from adapters.slack.render import render
from bot.cards.card import Card
from bot.ports import ChatError, SlowDown, Undeliverable

TRIES: Final = 3
"""How often an answer is tried while Slack asks for patience."""

_REMEMBERED: Final = 2_000

log = structlog.get_logger(__name__)


class Aside:
    """Says cards to one person where that person spoke. What cannot be said is logged: its effect stands."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def tell(self, to: Message, card: Card) -> None:
        """Answers `to`, beside everything else: where only its author sees it, in the thread it stands in."""
        self._parts.later.start(self._say(to, card))

    def tell_once(self, to: Message, card: Card, *, about: str) -> None:
        """As `tell`, but once per person, channel and matter: who talks to colleagues is not told each time."""
        key = (to.user, to.channel, about)
        if key in self._told:
            self._told.move_to_end(key)
            return
        self._told[key] = None
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        self.tell(to, card)

    async def _say(self, to: Message, card: Card) -> None:
        shown = render(card)
        arguments: dict[str, Any] = {"channel": to.channel, "text": shown.text, "blocks": shown.blocks}
        if to.thread is not None:
            arguments["thread_ts"] = to.thread
        # In the direct conversation nobody else reads, and an answer that stays is of more use.
        arguments |= {"unfurl_links": False, "unfurl_media": False} if to.direct else {"user": to.user}
        method = "chat.postMessage" if to.direct else "chat.postEphemeral"
        for attempt in range(1, TRIES + 1):
            try:
                await self._parts.api.call(method, arguments, channel=to.channel)
                return
            except SlowDown as slow:
                if attempt == TRIES:
                    self._lost(to, slow)
                else:
                    await self._parts.clock.sleep(slow.after)
            except Undeliverable as never:
                if to.direct:
                    self._lost(to, never)
                else:
                    await say(Direct(api=self._parts.api, user=to.user), card)
                return
            except ChatError as error:
                self._lost(to, error)
                return

    @staticmethod
    def _lost(to: Message, error: ChatError) -> None:
        log.warning("an answer was lost", user=to.user, channel=to.channel, error=str(error))
