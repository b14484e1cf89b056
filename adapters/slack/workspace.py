"""One Slack workspace, whole: made with the desk, opened when the desk works, closed with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from adapters.saying import Views
from adapters.slack.api import SlackApi
from adapters.slack.groups import Groups
from adapters.slack.inbound import SlackFrontend
from adapters.slack.outbound import SlackChat
from adapters.slack.parts import Parts
from adapters.slack.people import Directory
from bot.cards.card import Card
from bot.config import SlackSettings
from bot.grammar import Happened, Heard
from bot.policy.model import Policy
from bot.ports import Budgets, Clock, Identities, Sent


class Workspace:
    """Speaks at once (`chat`), hears from `open` on. To be made inside a running event loop."""

    def __init__(
        self,
        settings: SlackSettings,
        policy: Policy,
        identities: Identities,
        clock: Clock,
        budgets: Budgets | None = None,
    ) -> None:
        """`budgets` are those that it shares with other replicas; without, it keeps its own."""
        self._settings, self._policy, self._clock = settings, policy, clock
        self._api = SlackApi(settings, clock, budgets=budgets)
        self.directory = Directory(self._api, policy, identities, clock)
        self._groups = Groups(self._api, self.directory, identities, policy, clock)
        self.chat = SlackChat(self._api, self.directory, policy, clock)
        self._reading: asyncio.Task[None] | None = None
        self._front: SlackFrontend | None = None

    def front(
        self,
        *,
        hear: Callable[[Heard], Awaitable[Card | None]],
        happened: Callable[[Happened], Awaitable[Card | None]],
        views: Views,
        sent: Sent,
        counted: Callable[[str], None],
    ) -> SlackFrontend:
        """What hears people in this workspace, with the desk's ears."""
        self._front = SlackFrontend(
            Parts(
                settings=self._settings,
                policy=self._policy,
                api=self._api,
                directory=self.directory,
                hear=hear,
                happened=happened,
                views=views,
                sent=sent,
                clock=self._clock,
                counted=counted,
            )
        )
        return self._front

    async def remember(self) -> None:
        """Who is who, and who belongs to which user group, as it was kept. Asks Slack nothing."""
        await self._groups.open()

    async def open(self) -> None:
        """Listens, and keeps the user groups up to date. Slack need not answer for that."""
        if self._groups.ids:
            self._reading = asyncio.create_task(self._groups.run())
        if self._front is not None:
            await self._front.open()

    async def hush(self) -> None:
        """Hears nothing new, and ends what follows what was heard; what is to be said may still be said."""
        if self._front is not None:
            await self._front.close()

    async def close(self) -> None:
        """Ends every connection."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        await self.directory.close()
        await self._api.close()
