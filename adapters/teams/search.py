"""Finding people who never spoke to Baton, in the teams that have it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from adapters.teams.api import TeamsApi
from adapters.teams.references import Reference
from adapters.teams.wire import named
from bot.ports import ChatError, Clock, Gone, Undeliverable

log = structlog.get_logger(__name__)

LOOKED: Final = timedelta(minutes=10)
"""How long a team that was looked through is not looked through again."""

PAGE: Final = 500
"""Teams gives no more at once (https://learn.microsoft.com/microsoftteams/platform/resources/team-chat-member-api-changes)."""

_MOST_PAGES: Final = 60
"""A team has 25,000 members at most."""


class Search:
    """Looks through the rosters of teams, one team after the other. `found` is told of everybody in them."""

    def __init__(
        self, api: TeamsApi, clock: Clock, found: Callable[[Reference, Mapping[str, Any]], Awaitable[None]]
    ) -> None:
        self._api, self._clock, self._found = api, clock, found
        self._looking = asyncio.Lock()
        self._looked: dict[str, datetime] = {}

    def forget(self) -> None:
        """Somebody joined a team: what was looked through may have them now."""
        self._looked.clear()

    async def look(self, teams: Sequence[Reference], enough: Callable[[], bool]) -> None:
        """Looks until it is `enough`, or there is no team left; nobody looks at the same time.

        Raises ChatErrors when a team could not be looked through and it was not enough without it.
        """
        async with self._looking:
            failed: ChatError | None = None
            for team in teams:
                if enough():
                    return
                failed = await self._through(team) or failed
            if failed is not None and not enough():
                raise failed

    async def _through(self, team: Reference) -> ChatError | None:
        """What kept us from looking through this team for the moment."""
        before = self._looked.get(team.team)
        if before is not None and self._clock.real() - before < LOOKED:
            return None
        try:
            await self._pages(team)
        except (Gone, Undeliverable) as no:
            log.info("a team does not show its people", team=team.team, why=str(no))
        except ChatError as error:
            return error
        self._looked[team.team] = self._clock.real()
        return None

    async def _pages(self, team: Reference) -> None:
        path, more = f"/v3/conversations/{named(team.team)}/pagedmembers?pageSize={PAGE}", ""
        for _ in range(_MOST_PAGES):
            next_page = f"&continuationToken={named(more)}" if more else ""
            answer = await self._api.call("GET", team.service_url, path + next_page, urgent=True)
            members = answer.get("members")
            for member in members if isinstance(members, list) else ():
                if isinstance(member, Mapping):
                    await self._found(team, member)
            more = str(answer.get("continuationToken") or "")
            if not more:
                return
