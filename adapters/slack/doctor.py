"""What is wrong with this desk's Slack, and how to mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import SlackApi
from adapters.slack.scopes import scopes
from bot.config import SlackSettings
from bot.domain.people import PersonId
from bot.policy.duty import champions, leads
from bot.policy.model import Department, Policy
from bot.ports import ChatError, Finding, Health, SlowDown, Undeliverable

AREA: Final = "Slack"
MOST_PEOPLE: Final = 40
"""How many people are looked up: Slack allows about fifty such questions a minute."""

SIGNED_IN: Final = "The bot token works: {bot} in the workspace {team}."
NOT_SIGNED_IN: Final = "Slack does not take the bot token: {reason}"
MEND_TOKEN: Final = (
    "Copy the bot token (xoxb-…) of the installed app from OAuth & Permissions into BATON_SLACK_BOT_TOKEN."
)
SCOPES_THERE: Final = "All {count} permissions (scopes) are granted."
SCOPES_UNKNOWN: Final = "Slack did not say which permissions (scopes) are granted."
SCOPE_MISSING: Final = "The permission (scope) {scope} is missing: without it Baton cannot {reason}."
MEND_SCOPE: Final = (
    "Add {scope} under OAuth & Permissions (or paste the manifest of `baton manifest slack` again), then reinstall "
    "the app."
)
SOCKET_WELL: Final = "The app token works: Slack is listened to in Socket Mode."
SOCKET_BROKEN: Final = "Slack does not take the app token: {reason}"
MEND_SOCKET: Final = (
    "Make an app-level token with the scope connections:write (Basic Information, App-Level Tokens), switch Socket "
    "Mode on, and write the token (xapp-…) into BATON_SLACK_APP_TOKEN."
)
HTTP_UNSEEN: Final = "Slack is listened to over signed HTTP; whether it reaches this desk only Slack can see."
MEND_HTTP: Final = (
    "Under Event Subscriptions the request URL must end with /slack/events and say Verified; /baton and "
    "Interactivity use the same address."
)
CHANNEL_WELL: Final = "{title} speaks in #{name}."
NOT_IN_CHANNEL: Final = "Baton is not in #{name}, the channel of {title}: no card reaches it."
MEND_INVITE: Final = "Write /invite @{bot} in #{name}."
ARCHIVED: Final = "#{name}, the channel of {title}, is archived: no card reaches it."
MEND_ARCHIVED: Final = "Unarchive it, or name another channel under [departments.{department}] in the policy."
NO_CHANNEL: Final = (
    "Slack knows no channel {channel}, which the policy names for {title}, or does not show it."
)
MEND_CHANNEL: Final = (
    "Copy the channel's id (C…) from the bottom of its details into channels.slack of [departments.{department}]; "
    "a private channel must invite the bot first."
)
SHARED: Final = "#{name}, the channel of {title}, is shared with another company: it reads every card."
MEND_SHARED: Final = "Use a channel of your own, unless that is meant."
NO_PERSON: Final = "Slack knows nobody with the e-mail {person}, so {name} gets no direct message there."
MEND_PERSON: Final = (
    "Write the e-mail of {name}'s Slack account into the policy, or let them join the workspace."
)
PEOPLE_WELL: Final = "Everybody on duty, every lead and every champion is reached in Slack ({count})."
PEOPLE_MORE: Final = "Only the first {count} people were looked up."
NOT_ASKED: Final = "Slack could not be asked about {what}: {reason}"
MEND_ASK: Final = "Wait a minute and run the doctor again."
NO_CHANNELS: Final = (
    "The policy names no Slack channel, so Slack is used for direct messages and commands only."
)
MEND_CHANNELS: Final = (
    'Write channels = { slack = "C…" } under the departments that live in Slack, and invite the bot.'
)


async def examine(
    settings: SlackSettings, policy: Policy, api: SlackApi, *, alone: bool = True
) -> AsyncIterator[Finding]:
    """What there is to say, as it is found. Asks Slack about thirty times; changes nothing; raises nothing.

    Unless Slack is `alone`, who prefers another chat is not looked for.
    """
    try:
        # Through the SDK: the permissions are told in the answer's headers.
        answer = await api.client.auth_test()
    except Exception as error:  # the edge: whatever it is, it is what the doctor was asked for
        yield _finding(Health.BROKEN, NOT_SIGNED_IN.format(reason=_reason(error)), MEND_TOKEN)
        return
    bot = str(answer.get("user") or "Baton")
    yield _finding(Health.WELL, SIGNED_IN.format(bot=bot, team=answer.get("team") or "?"))
    for finding in _scopes(policy, answer.headers):
        yield finding
    yield await _way_in(settings)
    async for finding in _channels(policy, api, bot):
        yield finding
    async for finding in _people(policy, api, alone=alone):
        yield finding


def _scopes(policy: Policy, headers: Mapping[str, Any]) -> list[Finding]:
    said = next((str(v) for k, v in headers.items() if k.lower() == "x-oauth-scopes"), None)
    if said is None:
        return [_finding(Health.DOUBTFUL, SCOPES_UNKNOWN, MEND_ASK)]
    wanted, granted = scopes(policy), {scope.strip() for scope in said.split(",")}
    missing = [scope for scope in wanted if scope not in granted]
    if not missing:
        return [_finding(Health.WELL, SCOPES_THERE.format(count=len(wanted)))]
    return [
        _finding(
            Health.BROKEN,
            SCOPE_MISSING.format(scope=scope, reason=wanted[scope]),
            MEND_SCOPE.format(scope=scope),
        )
        for scope in missing
    ]


async def _way_in(settings: SlackSettings) -> Finding:
    if not settings.socket_mode:
        return _finding(Health.DOUBTFUL, HTTP_UNSEEN, MEND_HTTP)
    try:
        client = AsyncWebClient(base_url=settings.api_url)
        await client.apps_connections_open(app_token=settings.app_token)
    except Exception as error:  # the edge: whatever it is, it is what the doctor was asked for
        return _finding(Health.BROKEN, SOCKET_BROKEN.format(reason=_reason(error)), MEND_SOCKET)
    return _finding(Health.WELL, SOCKET_WELL)


async def _channels(policy: Policy, api: SlackApi, bot: str) -> AsyncIterator[Finding]:
    spoken = [department for department in policy.departments.values() if "slack" in department.channels]
    if not spoken:
        yield _finding(Health.DOUBTFUL, NO_CHANNELS, MEND_CHANNELS)
    for department in spoken:
        yield await _channel(department, api, bot)


async def _channel(department: Department, api: SlackApi, bot: str) -> Finding:
    channel = department.channels["slack"]
    said = {"title": department.title, "department": department.name, "channel": channel, "bot": bot}
    try:
        info = (await api.call("conversations.info", {"channel": channel})).get("channel") or {}
    except SlowDown as slow:
        return _finding(Health.DOUBTFUL, NOT_ASKED.format(what=channel, reason=_reason(slow)), MEND_ASK)
    except ChatError:
        return _finding(Health.BROKEN, NO_CHANNEL.format(**said), MEND_CHANNEL.format(**said))
    said["name"] = str(info.get("name") or channel)
    if info.get("is_archived"):
        return _finding(Health.BROKEN, ARCHIVED.format(**said), MEND_ARCHIVED.format(**said))
    if not info.get("is_member"):
        return _finding(Health.BROKEN, NOT_IN_CHANNEL.format(**said), MEND_INVITE.format(**said))
    if info.get("is_ext_shared"):
        return _finding(Health.DOUBTFUL, SHARED.format(**said), MEND_SHARED)
    return _finding(Health.WELL, CHANNEL_WELL.format(**said))


async def _people(policy: Policy, api: SlackApi, *, alone: bool) -> AsyncIterator[Finding]:
    """Those who are paged: of them the desk must know a way."""
    paged = [who for who in _paged(policy) if alone or policy.people[who].prefers in (None, "slack")]
    found = 0
    for person in paged[:MOST_PEOPLE]:
        try:
            await api.call("users.lookupByEmail", {"email": person})
            found += 1
        except Undeliverable:
            said = {"person": person, "name": policy.people[person].name}
            yield _finding(Health.BROKEN, NO_PERSON.format(**said), MEND_PERSON.format(**said))
        except ChatError as error:
            what = policy.people[person].name
            yield _finding(Health.DOUBTFUL, NOT_ASKED.format(what=what, reason=_reason(error)), MEND_ASK)
            return
    if found == len(paged):
        yield _finding(Health.WELL, PEOPLE_WELL.format(count=found))
    if len(paged) > MOST_PEOPLE:
        yield _finding(Health.DOUBTFUL, PEOPLE_MORE.format(count=MOST_PEOPLE))


def _paged(policy: Policy) -> list[PersonId]:
    asked: dict[PersonId, None] = {}
    for department in policy.departments.values():
        asked |= dict.fromkeys((*department.duty, *leads(policy, department.name)))
    for community in policy.communities:
        asked |= dict.fromkeys(champions(policy, community))
    return [person for person in asked if person in policy.people]


def _reason(error: Exception) -> str:
    said = getattr(error, "response", None)
    code = said.get("error") if said is not None and hasattr(said, "get") else None
    if isinstance(error, SlowDown):
        return f"it asks to wait {error.after.total_seconds():.0f} s"
    return str(code or str(error) or type(error).__name__)


def _finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=AREA, health=health, says=says, mend=mend)
