"""App Home: each person's desk, as a page of its own in Slack.

It is made when the person opens it and after each press in it. In between it stands still: it says as of when it is,
and Slack gives an app no way to know who looks at it.
"""

from __future__ import annotations

from typing import Any, Final

import structlog

from adapters.slack.message import PLATFORM
from adapters.slack.parts import Parts
from adapters.slack.render import render
from bot.cards.card import Card
from bot.domain.people import Person
from bot.ports import ChatError, Place

MOST_BLOCKS: Final = 100
"""Of a Home tab (https://docs.slack.dev/reference/views/home-tab-views)."""

CALLBACK: Final = "home"
"""The view's name in what Slack sends back."""

_VIEW: Final = "home"

log = structlog.get_logger(__name__)


class Home:
    """Publishes Home tabs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._wanted: dict[str, tuple[Person | None, Card | None]] = {}
        self._busy: set[str] = set()

    async def publish(self, user: str, person: Person | None, why: Card | None = None) -> None:
        """Shows the user the desk of `person` as it is now; who is nobody of ours reads `why`.

        Asked again for the same user meanwhile, it is made once more with the newest state, never an older one last.
        What Slack does not take is logged. Raises what the view raises.
        """
        self._wanted[user] = (person, why)
        if user in self._busy:
            return
        self._busy.add(user)
        try:
            while user in self._wanted:
                await self._publish(user, *self._wanted.pop(user))
        finally:
            self._busy.discard(user)
            self._wanted.pop(user, None)

    async def _publish(self, user: str, person: Person | None, why: Card | None) -> None:
        card = await self._desk(user, person) if person else why
        if card is None:
            return
        view: dict[str, Any] = {
            "type": "home",
            "callback_id": CALLBACK,
            "blocks": render(card, most=MOST_BLOCKS).blocks,
        }
        try:
            await self._parts.api.call("views.publish", {"user_id": user, "view": view})
        except ChatError as error:
            log.warning("a Home tab was not shown", user=user, error=str(error))

    async def _desk(self, user: str, person: Person) -> Card:
        # Nobody is spoken to here, so there is no conversation but the person's own.
        place = Place(platform=PLATFORM, conversation=user, person=person.id)
        return (await self._parts.views.show(_VIEW, "", place)).card
