"""Our own windows for the Bot Connector, so that a 429 is the exception.

Limits: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit. Teams counts what was sent within
the last second, two seconds, half minute and hour, so the moments themselves are kept: a rate that evens out, like
Slack's, would let fourteen messages pass within one second where seven may.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.ports import Budgets, Limits, Window

SENDS: Final = (
    Window(7, timedelta(seconds=1), reserve=1),
    Window(8, timedelta(seconds=2), reserve=1),
    Window(60, timedelta(seconds=30), reserve=6),
    Window(1800, timedelta(hours=1), reserve=180),
)
"""What is sent, edited and deleted in one conversation."""

READS: Final = (
    Window(14, timedelta(seconds=1)),
    Window(16, timedelta(seconds=2)),
    Window(120, timedelta(seconds=30)),
    Window(3600, timedelta(hours=1)),
)
"""What is asked about one conversation, such as its members."""

APP: Final = (Window(50, timedelta(seconds=1), reserve=10),)
"""Everything together: "50 requests per second per app per tenant"; one desk counts its tenants as one."""

_APP: Final = "teams"


class Pace:
    """Whose turn it is, by windows that may be this process's own or those of all replicas."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets

    async def take(self, verb: str, conversation: str | None, *, urgent: bool) -> timedelta:
        """Zero when the call may be made now, and then it counts; else how long to wait, and nothing counts."""
        limits: dict[str, Limits] = {_APP: APP}
        if conversation:
            name = _name(conversation)
            # What Teams asked holds for both; each has windows of its own.
            limits[name] = ()
            limits[f"{name}:{'reads' if verb == 'GET' else 'sends'}"] = READS if verb == "GET" else SENDS
        return await self._budgets.take(limits, urgent=urgent)

    async def block(self, conversation: str | None, after: timedelta) -> None:
        """Teams asks to wait: nothing passes for that long, in this conversation where there is one."""
        await self._budgets.block(_name(conversation) if conversation else _APP, after)


def _name(conversation: str) -> str:
    return f"{_APP}:{conversation}"
