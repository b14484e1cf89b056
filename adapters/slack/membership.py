"""Whether we are let in: to channels, and to the workspace. What Slack's events tell of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import structlog

from adapters.slack.message import PLATFORM, Event, department_in, place_in
from adapters.slack.parts import Parts

LEFT: Final = "Baton is no longer in the department's Slack channel: write /invite @Baton there"
ARCHIVED: Final = (
    "the department's Slack channel was archived: unarchive it, or give the department another one under "
    "`channels` in the policy"
)
DELETED: Final = "the department's Slack channel was deleted: give the department another one under `channels` in the policy"
MOVED: Final = (
    "the department's Slack channel has a new id: write it into the policy and start the desk again"
)
REVOKED: Final = (
    "Slack took Baton's token back: install the app again on its page Install App and copy the token into "
    "BATON_SLACK_BOT_TOKEN; until then nothing is said in Slack"
)

log = structlog.get_logger(__name__)


class Membership:
    """Hears where we may speak. That words wait is told to people by delivery, once words wait."""

    def __init__(self, parts: Parts, bot: Callable[[], str]) -> None:
        """`bot` gives our own user id."""
        self._parts = parts
        self._bot = bot

    # -- channels ------------------------------------------------------------------------------------

    async def joined(self, id: str | None, event: Event) -> None:
        """Somebody joined a channel: of interest when it is us, for then words may go there again."""
        if event.get("user") == self._bot():
            await self._open(event)

    async def unarchived(self, id: str | None, event: Event) -> None:
        await self._open(event)

    async def left(self, id: str | None, event: Event) -> None:
        """`member_left_channel` names who left; `channel_left` and `group_left` are always about us."""
        if event.get("user", self._bot()) == self._bot():
            self._warn(LEFT, event)

    async def archived(self, id: str | None, event: Event) -> None:
        self._warn(ARCHIVED, event)

    async def deleted(self, id: str | None, event: Event) -> None:
        self._warn(DELETED, event)

    async def moved(self, id: str | None, event: Event) -> None:
        """A channel's id changes when it becomes part of an organization, or is shared with one."""
        old, new = str(event.get("old_channel_id")), str(event.get("new_channel_id"))
        department = department_in(self._parts.policy, old)
        if department is not None:
            line = f'departments.{department}: channels = {{ {PLATFORM} = "{new}" }}'
            log.warning(MOVED, department=department, channel=old, write=line)

    async def renamed(self, id: str | None, event: Event) -> None:
        """The policy knows channels by their ids, which stay: there is nothing to mend."""
        channel: Any = event.get("channel") or {}
        log.info("a Slack channel has a new name", channel=channel.get("id"), name=channel.get("name"))

    async def _open(self, event: Event) -> None:
        channel = str(event.get("channel") or "")
        log.info("let into a Slack channel", channel=channel)
        await self._parts.sent.open_again(place_in(self._parts.policy, channel))

    def _warn(self, said: str, event: Event) -> None:
        channel = str(event.get("channel") or "")
        department = department_in(self._parts.policy, channel)
        if department is not None:
            log.warning(said, department=department, channel=channel)

    # -- the workspace -------------------------------------------------------------------------------

    async def revoked(self, id: str | None, event: Event) -> None:
        """Tokens were taken back: ours, when it names bots."""
        if (event.get("tokens") or {}).get("bot"):
            log.error(REVOKED)

    async def uninstalled(self, id: str | None, event: Event) -> None:
        log.error(REVOKED)
