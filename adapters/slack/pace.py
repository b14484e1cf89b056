"""Our own budgets for Slack's methods, so that a 429 is the exception.

Limits: https://docs.slack.dev/apis/web-api/rate-limits.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.ports import Budgets, Limits, Rate


def per_minute(calls: int) -> Rate:
    """Slack's tiers count calls a minute and welcome occasional bursts: a fifth of a minute's calls at once."""
    burst = max(1, calls // 5)
    return Rate(burst, timedelta(minutes=1) / calls, reserve=burst // 4)


CHANNEL: Final = Rate(3, timedelta(seconds=1), reserve=1)
"""chat.postMessage in one channel: "1 per second, short bursts > 1 allowed"."""

WORKSPACE: Final = Rate(20, timedelta(minutes=1) / 240, reserve=5)
"""chat.postMessage in all channels together: Slack says "several hundred messages per minute per workspace"."""

TIER_2, TIER_3, TIER_4 = per_minute(20), per_minute(50), per_minute(100)
_SPECIAL: Final = per_minute(200)
"""auth.test: "hundreds of requests per minute"."""

BUDGETS: Final = {
    "auth.test": _SPECIAL,
    "bots.info": TIER_3,
    "chat.delete": TIER_3,
    "chat.getPermalink": _SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": WORKSPACE,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "reactions.add": TIER_3,
    "team.info": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
"""Per method and workspace; a method that is not named has the budget of tier 2."""

_NAME: Final = "slack"


class Pace:
    """Whose turn it is, by budgets that may be this process's own or those of all replicas."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets

    async def take(self, method: str, channel: str | None, *, urgent: bool) -> timedelta:
        """Zero when the call may be made now, and then it counts; else how long to wait, and nothing counts."""
        limits: dict[str, Limits] = {_name(method): BUDGETS.get(method, TIER_2)}
        if channel and _by_channel(method):
            limits[_name(method, channel)] = CHANNEL
        return await self._budgets.take(limits, urgent=urgent)

    async def block(self, method: str, channel: str | None, after: timedelta) -> None:
        """Slack asks to wait: nothing passes for that long, in this channel where Slack counts by channel."""
        name = _name(method, channel) if channel and _by_channel(method) else _name(method)
        await self._budgets.block(name, after)


def _by_channel(method: str) -> bool:
    return method == "chat.postMessage"


def _name(*parts: str) -> str:
    return ":".join((_NAME, *parts))
