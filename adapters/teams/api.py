"""Every call to the Bot Connector: with a token, paced, timed, tried again where that helps, its errors translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.config import TeamsSettings
from bot.ports import Clock, Undeliverable

TIMEOUT: Final = timedelta(seconds=10)


class TeamsRefused(Undeliverable):
    """The connector understood and said no for ever; `code` is its own word for why."""

    def __init__(self, said: str, code: str) -> None:
        super().__init__(said)
        self.code = code


class TeamsApi:
    """The Bot Connector over one shared session. Every method raises ChatErrors only."""

    def __init__(self, settings: TeamsSettings, clock: Clock, *, timeout: timedelta = TIMEOUT) -> None:
        """To be made inside a running event loop; `close` ends the session."""

    async def call(
        self,
        verb: str,
        service_url: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        conversation: str | None = None,
        urgent: bool = False,
    ) -> Mapping[str, Any]:
        """The connector's answer to `verb` (GET, POST, PUT, DELETE) at `service_url` + `path` (such as
        `/v3/conversations/{id}/activities`). `conversation` is whose windows it counts against.

        Raises SlowDown before anything is sent when our own windows are used up, and for a 429; Down, Failed,
        FateUnknown (for posts), Gone, Shut, TeamsRefused.
        """
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError
