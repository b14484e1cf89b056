"""Teams, whole: made with the desk, opened when the desk works, closed with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.saying import Views
from adapters.teams.api import TeamsApi
from adapters.teams.inbound import TeamsFrontend
from adapters.teams.outbound import TeamsChat
from adapters.teams.parts import Parts
from adapters.teams.people import Directory
from bot.cards.card import Card
from bot.config import TeamsSettings
from bot.grammar import Happened, Heard
from bot.policy.model import Policy
from bot.ports import Budgets, Clock, Identities, References, Sent


class Tenancy:
    """Speaks at once (`chat`), hears what its `front` is handed. To be made inside a running event loop."""

    def __init__(
        self,
        settings: TeamsSettings,
        policy: Policy,
        identities: Identities,
        references: References,
        clock: Clock,
        budgets: Budgets | None = None,
    ) -> None:
        """`budgets` are those that it shares with other replicas; without, it keeps its own."""
        self._settings, self._policy, self._clock = settings, policy, clock
        self._api = TeamsApi(settings, clock, budgets=budgets)
        self.directory = Directory(self._api, policy, identities, references, clock, settings=settings)
        self.chat = TeamsChat(self._api, self.directory, policy, clock)
        self._front: TeamsFrontend | None = None

    def front(
        self,
        *,
        hear: Callable[[Heard], Awaitable[Card | None]],
        happened: Callable[[Happened], Awaitable[Card | None]],
        views: Views,
        sent: Sent,
        counted: Callable[[str], None],
    ) -> TeamsFrontend:
        """What hears people in Teams, with the desk's ears."""
        self._front = TeamsFrontend(
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
        """Who is who, and where they are reached, as it was kept. Asks Teams nothing."""
        await self.directory.open()

    async def hush(self) -> None:
        """Ends what follows what was heard; what is to be said may still be said."""
        if self._front is not None:
            await self._front.close()

    async def close(self) -> None:
        """Ends every connection."""
        await self.directory.close()
        await self._api.close()
