"""Who is who: Teams' users and the policy's people, matched by Entra object id and e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards.card import Card
from bot.domain.people import Person, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A Teams user. `person` is None for nobody of ours; then `why` is a friendly, useful answer."""

    user: str
    person: Person | None
    why: Card | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a conversation is reached: a person's own with Baton, or a channel. `about` is `person:{Entra object id}`
    or `channel:{conversation id}`; `user` is the person's bot-specific id (29:…), empty for a channel."""

    about: str
    service_url: str
    tenant: str
    conversation: str
    user: str = ""
    team: str = ""


class Directory:
    """Remembers who is who and where they are reached; asks the connector only for who was never seen."""

    async def who(self, activity: Mapping[str, Any]) -> Known:
        """Who sent this activity (JSON as received). Learns the conversation's reference from it on the way.

        Raises ChatErrors when the connector has to be asked and does not answer.
        """
        raise NotImplementedError

    async def reference_of(self, person: PersonId) -> Reference:
        """Where the person is reached. Undeliverable when the app is not installed for them, or nobody has that e-mail."""
        raise NotImplementedError

    async def reference_to(self, conversation: str) -> Reference:
        """Where a channel is reached. Undeliverable when Baton was never added to its team."""
        raise NotImplementedError

    async def learned(self, activity: Mapping[str, Any]) -> None:
        """Keeps what an activity says of its conversation: install, uninstall, members added and removed."""
        raise NotImplementedError
