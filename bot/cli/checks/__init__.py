"""What the doctor looks at: one file per matter. Each check only looks, and one that fails stops no other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.config import Config
from bot.policy.load import Reading
from bot.policy.model import Policy
from bot.ports import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The desk that is examined: its environment, as much of the settings as could be read, and its policy file.

    `chats` are those that the settings switch on; `now` is real time, UTC.
    """

    env: Mapping[str, str]
    config: Config
    reading: Reading
    now: datetime

    @property
    def policy(self) -> Policy | None:
        return self.reading.policy

    @property
    def chats(self) -> tuple[str, ...]:
        on = {
            "slack": self.config.slack is not None,
            "teams": self.config.teams is not None,
            "web": self.config.web_chat != "off",
        }
        return tuple(name for name, there in on.items() if there)


Check: TypeAlias = Callable[[Patient], AsyncIterator[Finding]]
