"""What is wrong with this desk's Teams, and how to mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from adapters.teams.api import TeamsApi
from adapters.teams.claims import CHANNEL
from adapters.teams.door import PATH
from adapters.teams.keys import Keys
from adapters.teams.reach import Reach, finding, reason
from adapters.teams.references import Addresses
from adapters.teams.tokens import OTHERWISE
from adapters.teams.user import PLATFORM
from adapters.teams.wire import named
from bot.config import ConfigError, TeamsSettings
from bot.policy.model import Policy
from bot.ports import (
    ChatError,
    Clock,
    Failed,
    Finding,
    Health,
    Identities,
    References,
    Shut,
)

ANONYMOUS: Final = (
    "No tokens are checked or sent (BATON_TEAMS_ANONYMOUS): every program on this machine may be anyone. "
    "Microsoft Teams itself does not speak with such a desk."
)
MEND_ANONYMOUS: Final = (
    "For Microsoft Teams remove BATON_TEAMS_ANONYMOUS and set BATON_TEAMS_APP_ID; deploy/teams.md says how."
)
SIGNED_IN: Final = "The credential works: Baton signs in as the app {app} in the tenant {tenant}."
NOT_SIGNED_IN: Final = "Microsoft does not let Baton sign in ({code})."
MEND_SIGN_IN: Final = "Check BATON_TEAMS_APP_ID, the first of BATON_TEAMS_TENANT_ID, and the app's credential in the Azure portal."
MEND_REACH: Final = (
    "This machine needs outgoing HTTPS to {host}; behind a proxy, HTTPS_PROXY says where that is."
)
KEYS_WELL: Final = "The keys that Teams signs with are there ({count} endorsed for {channel})."
KEYS_BROKEN: Final = "The keys that Teams signs with cannot be had, so nobody is let in: {reason}."
KEYS_NOT_ENDORSED: Final = "None of the {count} keys at {url} is endorsed for {channel}, so nobody is let in."
MEND_ENDORSED: Final = "Remove BATON_TEAMS_OPENID_URL to use Microsoft's own, or write the one of your cloud."
HEARD: Final = "Teams has spoken to this desk before."
NOT_HEARD: Final = "Teams has not spoken to this desk yet; whether it reaches it only Teams can see."
MEND_ENDPOINT: Final = (
    f"The messaging endpoint of the Azure Bot (Configuration) must be https://…{PATH}, reachable from the internet; "
    "under Channels, Microsoft Teams must be on."
)
NO_DATABASE: Final = "Where Teams' channels and people are reached is not known before the desk has run."
MEND_NO_DATABASE: Final = "Start the desk, add the app to a team, and run the doctor again."
SERVICE_WELL: Final = "Teams' own address {url} answers."
SERVICE_BROKEN: Final = "Teams' own address {url} cannot be used: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a desk that ran knows of Teams."""

    references: References
    identities: Identities


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A conversation that Teams brought: at which of its addresses, and its id or its team's."""

    service_url: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """Examines one desk's Teams. `memory` is None where no desk ever ran.

    `alone`: no other chat is on, so whoever is to be paged must be reached here. Otherwise only those are looked for
    who prefer Teams.
    """

    settings: TeamsSettings
    policy: Policy
    api: TeamsApi
    clock: Clock
    memory: Memory | None
    alone: bool = True

    async def examine(self) -> AsyncIterator[Finding]:
        """What there is to say, as it is found. Asks Teams a few times for each team; changes nothing; raises
        nothing."""
        signed_in = True
        if self.settings.anonymous:
            yield finding(Health.DOUBTFUL, ANONYMOUS, MEND_ANONYMOUS)
        else:
            credential = await self._credential()
            signed_in = credential.health is Health.WELL
            yield credential
            yield await self._keys()
        if self.memory is None:
            yield finding(Health.DOUBTFUL, NO_DATABASE, MEND_NO_DATABASE)
            return
        addresses, everyone = Addresses(self.memory.references), await self._everyone()
        await addresses.open()
        yield _heard(everyone)
        if not signed_in:
            return
        async for each in self._services(everyone):
            yield each
        reach = Reach(
            policy=self.policy,
            api=self.api,
            clock=self.clock,
            addresses=addresses,
            identities=await self.memory.identities.everyone(PLATFORM),
            alone=self.alone,
        )
        async for each in reach.channels():
            yield each
        async for each in reach.people():
            yield each

    async def _everyone(self) -> Sequence[_Spoken]:
        assert self.memory is not None
        found = await self.memory.references.everyone(PLATFORM)
        told = [{name: str(value) for name, value in data.items()} for data in found.values()]
        return [
            _Spoken(each.get("service_url", ""), each.get("team") or each.get("conversation", ""))
            for each in told
        ]

    # -- getting in and out --------------------------------------------------------------------------

    async def _credential(self) -> Finding:
        try:
            await self.api.tokens.get()
        except Shut as shut:
            code = str(getattr(shut, "code", ""))
            if str(shut) == OTHERWISE.format(code=code):
                return finding(Health.BROKEN, NOT_SIGNED_IN.format(code=code), MEND_SIGN_IN)
            return _parted(str(shut))
        except ChatError as error:
            return finding(Health.BROKEN, str(error), MEND_REACH.format(host=self.settings.login_url))
        said = SIGNED_IN.format(app=self.settings.app_id, tenant=self.settings.tenants[0])
        return finding(Health.WELL, said)

    async def _keys(self) -> Finding:
        url = self.settings.openid_url
        try:
            keys = Keys(url, self.clock)
        except ConfigError as error:
            return _parted(str(error))
        try:
            found = await keys.ask()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, RecursionError) as error:
            said = KEYS_BROKEN.format(reason=str(error) or type(error).__name__)
            return finding(Health.BROKEN, said, MEND_REACH.format(host=url))
        finally:
            await keys.close()
        endorsed = sum(CHANNEL in key.endorsements for key in found.values())
        if not endorsed:
            says = KEYS_NOT_ENDORSED.format(count=len(found), channel=CHANNEL, url=url)
            return finding(Health.BROKEN, says, MEND_ENDORSED)
        return finding(Health.WELL, KEYS_WELL.format(count=endorsed, channel=CHANNEL))

    async def _services(self, everyone: Sequence[_Spoken]) -> AsyncIterator[Finding]:
        """One question to each address that Teams named."""
        by_url = {known.service_url: known.conversation for known in everyone if known.conversation}
        for url, conversation in by_url.items():
            path = f"/v3/conversations/{named(conversation)}/pagedmembers?pageSize=50"
            try:
                await self.api.call("GET", url, path)
            except Failed as error:
                said = SERVICE_BROKEN.format(url=url, reason=reason(error))
                yield finding(Health.BROKEN, said, MEND_REACH.format(host=url))
            except Shut as shut:
                yield _parted(str(shut))
            except ChatError:
                # It answered; what it thinks of this one conversation is another matter.
                yield finding(Health.WELL, SERVICE_WELL.format(url=url))
            else:
                yield finding(Health.WELL, SERVICE_WELL.format(url=url))


def _heard(everyone: Sequence[_Spoken]) -> Finding:
    if everyone:
        return finding(Health.WELL, HEARD)
    return finding(Health.DOUBTFUL, NOT_HEARD, MEND_ENDPOINT)


def _parted(sentence: str) -> Finding:
    """A sentence that says what is wrong and, after a colon or a semicolon, how to mend it."""
    for mark in (": ", "; "):
        says, found, mend = sentence.partition(mark)
        if found:
            return finding(Health.BROKEN, f"{says}.", mend[:1].upper() + mend[1:])
    return finding(Health.BROKEN, sentence, MEND_SIGN_IN)
