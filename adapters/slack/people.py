"""Who is who: Slack's users and the policy's people, matched by verified e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards.card import Card
from bot.domain.people import Person, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A Slack user. `person` is None for nobody of ours; then `why` is a friendly, useful answer."""

    user: str
    person: Person | None
    why: Card | None = None


class Directory:
    """Remembers who is who; asks Slack only for who was never seen or changed."""

    async def who(self, user: str, team: str | None = None) -> Known:
        """Who this user is. `team` is the workspace the user comes from, where the payload says so.

        Raises ChatErrors when Slack has to be asked and does not answer.
        """
        raise NotImplementedError

    async def user_of(self, person: PersonId) -> str:
        """The person's Slack user id. Undeliverable when Slack knows nobody with that e-mail."""
        raise NotImplementedError

    async def changed(self, user: Mapping[str, Any]) -> None:
        """Slack says that this user (a user object) changed."""
        raise NotImplementedError

    async def group_changed(self, group: str) -> None:
        """Slack says that this user group has other members now."""
        raise NotImplementedError
