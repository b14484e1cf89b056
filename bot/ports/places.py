"""Where words are heard and said."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.people import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words are heard or said. `conversation` is the platform's own name of it.

    `person` is set for a direct message, `department` for a department's channel, `case_id` inside a case's thread.
    `message` is the platform's name of the message that said it, where people can change it later.
    """

    platform: str
    conversation: str
    person: PersonId | None = None
    department: str | None = None
    case_id: int | None = None
    message: str | None = None

    def __str__(self) -> str:
        return f"{self.platform}:{self.conversation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message of ours as its platform knows it."""

    platform: str
    conversation: str
    message: str
