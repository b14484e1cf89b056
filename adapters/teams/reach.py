"""Whether cards reach their channels and pages their people, as far as Teams can be asked without writing anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.teams.api import TeamsApi
from adapters.teams.references import Addresses, Reference, of_channel, of_person
from adapters.teams.search import Search
from adapters.teams.user import PLATFORM, read_member
from adapters.teams.wire import named
from bot.domain.people import PersonId
from bot.policy.duty import champions, leads
from bot.policy.model import Department, Policy
from bot.ports import ChatError, Clock, Finding, Health, Identity, Shut, SlowDown

AREA: Final = "Teams"

NO_CHANNELS: Final = (
    "The policy names no Teams channel, so Teams is used for direct messages and mentions only."
)
MEND_CHANNELS: Final = 'Write channels = { teams = "19:…" } under the departments that live in Teams, and add the app to their teams.'
CHANNEL_WELL: Final = "{title} speaks in {name}."
NOT_ADDED: Final = (
    "Baton is in no team with the channel {channel}, which the policy names for {title}: no card reaches it."
)
MEND_ADD: Final = (
    "Add the app to the team (Apps, Baton, Add to a team; for a private or shared channel to that channel). If it is "
    "there, compare the id with the one in the channel's link (Get link to channel)."
)
CHANNEL_SHUT: Final = "{title}'s channel {channel} takes no cards: {reason}"
PEOPLE_WELL: Final = "Everybody on duty, every lead and every champion is reached in Teams ({count})."
NO_PERSON: Final = (
    "No team with Baton has anybody with the e-mail {person}, so {name} gets no direct message in Teams."
)
MEND_PERSON: Final = "Let {name} add the app in Teams (Apps, Baton, Add), or write the e-mail of their account into the policy."
REMOVED: Final = "{name} has taken the app away, so no direct message reaches them in Teams."
MEND_REMOVED: Final = "Let {name} add it again in Teams (Apps, Baton, Add)."
NOT_ASKED: Final = "Teams could not be asked about {what}: {reason}"
MEND_ASK: Final = "Wait a minute and run the doctor again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Asks each team that has Baton for its channels, and where somebody is missing for its people.

    `alone`: no other chat is on, so whoever is to be paged must be reached here. Otherwise only those are looked for
    who prefer Teams.
    """

    policy: Policy
    api: TeamsApi
    clock: Clock
    addresses: Addresses
    identities: Sequence[Identity]
    alone: bool
    _named: dict[str, str] = field(default_factory=dict)
    """Channels in the teams that have Baton, with their names."""
    _shut: dict[str, str] = field(default_factory=dict)
    """Teams that do not take us, and why."""

    async def channels(self) -> AsyncIterator[Finding]:
        """Each department's channel in Teams."""
        spoken = [known for known in self.policy.departments.values() if PLATFORM in known.channels]
        if not spoken:
            yield finding(Health.DOUBTFUL, NO_CHANNELS, MEND_CHANNELS)
            return
        silent = [found for team in self.addresses.teams() if (found := await self._list(team))]
        for each in silent:
            yield each
        for department in spoken:
            # It may be in a team that could not be asked.
            if not silent or self._is_known(department):
                yield self._channel(department)

    async def _list(self, team: Reference) -> Finding | None:
        try:
            path = f"/v3/teams/{named(team.team)}/conversations"
            answer = await self.api.call("GET", team.service_url, path, conversation=team.team)
        except Shut as shut:
            self._shut[team.team] = str(shut)
            return None
        except ChatError as error:
            said = NOT_ASKED.format(what=f"the team {team.team}", reason=reason(error))
            return finding(Health.DOUBTFUL, said, MEND_ASK)
        listed = answer.get("conversations")
        for channel in listed if isinstance(listed, list) else ():
            # The first channel of every team has no name here.
            self._named[str(channel.get("id"))] = str(channel.get("name") or "General")
        return None

    def _channel(self, department: Department) -> Finding:
        channel = department.channels[PLATFORM]
        said = {"title": department.title, "channel": channel, "name": self._named.get(channel, channel)}
        known = self.addresses.get(of_channel(channel))
        if known is not None and known.team in self._shut:
            why = self._shut[known.team]
            return finding(Health.BROKEN, CHANNEL_SHUT.format(**said, reason=why), MEND_ADD)
        if not self._is_known(department):
            return finding(Health.BROKEN, NOT_ADDED.format(**said), MEND_ADD)
        return finding(Health.WELL, CHANNEL_WELL.format(**said))

    def _is_known(self, department: Department) -> bool:
        channel = department.channels[PLATFORM]
        return channel in self._named or self.addresses.get(of_channel(channel)) is not None

    # -- people --------------------------------------------------------------------------------------

    async def people(self) -> AsyncIterator[Finding]:
        """Those who are paged: of them the desk must know a way."""
        paged = [who for who in _paged(self.policy) if self.alone or self._prefers(who)]
        known = self._known()
        missing = [who for who in paged if who not in known]
        in_teams: set[str] = set()
        try:
            in_teams = await self._in_teams(missing)
        except ChatError as error:
            said = NOT_ASKED.format(what=f"{len(missing)} people", reason=reason(error))
            yield finding(Health.DOUBTFUL, said, MEND_ASK)
            return
        lost = 0
        for who in paged:
            who_is = {"name": self.policy.people[who].name, "person": who}
            if who in known and known[who].removed:
                yield finding(Health.BROKEN, REMOVED.format(**who_is), MEND_REMOVED.format(**who_is))
            elif who not in known and who not in in_teams:
                yield finding(Health.BROKEN, NO_PERSON.format(**who_is), MEND_PERSON.format(**who_is))
            else:
                continue
            lost += 1
        if paged and not lost:
            yield finding(Health.WELL, PEOPLE_WELL.format(count=len(paged)))

    def _prefers(self, person: PersonId) -> bool:
        return self.policy.people[person].prefers == PLATFORM

    def _known(self) -> Mapping[str, Reference]:
        """By e-mail, whom Teams told us of; who has a chat with Baton in one account is not missing in another."""
        found: dict[str, Reference] = {}
        for identity in self.identities:
            known = self.addresses.get(of_person(identity.user))
            if known is not None and (identity.email not in found or not known.removed):
                found[identity.email] = known
        return found

    async def _in_teams(self, wanted: Sequence[PersonId]) -> set[str]:
        """Which of them are in a team that has Baton: with those it opens a chat when there is something to say."""
        met: set[str] = set()

        async def found(_team: Reference, member: Mapping[str, Any]) -> None:
            met.add(read_member(member, "", (), self.clock.real()).email)

        search = Search(self.api, self.clock, found)
        await search.look(self.addresses.teams(), lambda: met.issuperset(wanted))
        return met


def _paged(policy: Policy) -> list[PersonId]:
    asked: dict[PersonId, None] = {}
    for department in policy.departments.values():
        asked |= dict.fromkeys((*department.duty, *leads(policy, department.name)))
    for community in policy.communities:
        asked |= dict.fromkeys(champions(policy, community))
    return [person for person in asked if person in policy.people]


def reason(error: Exception) -> str:
    """What a person is told of it."""
    if isinstance(error, SlowDown):
        return f"it asks to wait {error.after.total_seconds():.0f} s"
    return str(error) or type(error).__name__


def finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=AREA, health=health, says=says, mend=mend)
