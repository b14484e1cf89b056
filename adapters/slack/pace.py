"""Our own budgets for Slack's methods, so that a 429 is the exception.

Limits: https://docs.slack.dev/apis/web-api/rate-limits. A budget is a generic cell rate (GCRA): one moment per
budget says how far it is spent ahead, so that a shared version is one number in Redis and a script of ten lines.
The well-kept libraries do not fit: none of aiolimiter, limits, pyrate-limiter and throttled-py takes the clock as
an argument together with "how long would I wait" and a share that is kept for what is urgent; the first one sleeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.ports import Clock


@dataclass(frozen=True, slots=True)
class Budget:
    """`burst` calls at once, then one every `each`. The last `reserve` of a burst are for what is urgent."""

    burst: int
    each: timedelta
    reserve: int = 0


def per_minute(calls: int) -> Budget:
    """Slack's tiers count calls a minute and welcome occasional bursts: a fifth of a minute's calls at once."""
    burst = max(1, calls // 5)
    return Budget(burst, timedelta(minutes=1) / calls, reserve=burst // 4)


CHANNEL: Final = Budget(3, timedelta(seconds=1), reserve=1)
"""chat.postMessage in one channel: "1 per second, short bursts > 1 allowed"."""

WORKSPACE: Final = Budget(20, timedelta(minutes=1) / 240, reserve=5)
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

_ALL: Final = ""
_NOW: Final = timedelta(0)
_MANY: Final = 1000


class Pace(Protocol):
    """Whose turn it is. One process keeps its own (`OwnPace`); replicas may share one."""

    async def take(self, method: str, channel: str | None, *, urgent: bool) -> timedelta:
        """Zero when the call may be made now, and then it counts; else how long to wait, and nothing counts."""

    async def block(self, method: str, channel: str | None, after: timedelta) -> None:
        """Slack asks to wait: nothing passes for that long, in this channel where Slack counts by channel."""


class OwnPace:
    """The budgets of this process, in real time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: dict[tuple[str, str], datetime] = {}
        self._blocked: dict[tuple[str, str], datetime] = {}

    async def take(self, method: str, channel: str | None, *, urgent: bool) -> timedelta:
        now = self._clock.real()
        budgets = _budgets(method, channel)
        keys = {(method, _ALL), *budgets}
        wait = max(self._blocked.get(key, now) - now for key in keys)
        for key, budget in budgets.items():
            wait = max(wait, self._ahead(key, budget, now) - _allowed(budget, urgent))
        if wait > _NOW:
            return wait
        for key, budget in budgets.items():
            self._spent[key] = now + self._ahead(key, budget, now) + budget.each
        self._forget(now)
        return _NOW

    async def block(self, method: str, channel: str | None, after: timedelta) -> None:
        now = self._clock.real()
        key = (method, channel if channel and _by_channel(method) else _ALL)
        self._blocked[key] = max(now + after, self._blocked.get(key, now))

    def _ahead(self, key: tuple[str, str], budget: Budget, now: datetime) -> timedelta:
        """How far ahead of now this budget is spent; never more than all of it, even if the clock went back."""
        return min(max(self._spent.get(key, now) - now, _NOW), budget.burst * budget.each)

    def _forget(self, now: datetime) -> None:
        """Of what is past nothing need be remembered: there is a budget for every conversation ever written to."""
        for moments in (self._spent, self._blocked):
            if len(moments) > _MANY:
                for key in [key for key, moment in moments.items() if moment <= now]:
                    del moments[key]


def _by_channel(method: str) -> bool:
    return method == "chat.postMessage"


def _budgets(method: str, channel: str | None) -> dict[tuple[str, str], Budget]:
    budgets = {(method, _ALL): BUDGETS.get(method, TIER_2)}
    if channel and _by_channel(method):
        budgets[method, channel] = CHANNEL
    return budgets


def _allowed(budget: Budget, urgent: bool) -> timedelta:
    return (budget.burst - 1 - (0 if urgent else budget.reserve)) * budget.each
