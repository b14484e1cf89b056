"""Who is signed in to the web chat, and the one-time links that lead there. Times and lengths are real time.

Only digests of secrets are kept: who reads the database can sign in as nobody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.domain.people import PersonId

LINK_LIVES: Final = timedelta(minutes=10)
"""How long a one-time link works."""


def digest_of(secret: str) -> str:
    """What is kept instead of the secret. Secrets are 256 random bits, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in. `seen_at` is the last use, kept to the minute or so."""

    digest: str
    person: PersonId
    began_at: datetime
    seen_at: datetime


class Links(Protocol):
    """One-time links, as handlers give them out: they leave with the transaction."""

    def offer(self, person: PersonId, digest: str) -> None:
        """The one link by which this person may sign in within LINK_LIVES; an earlier one ends."""


class SignIns(Protocol):
    """The memory of sessions, shared by every replica."""

    async def offer(self, person: PersonId, digest: str) -> None:
        """As `Links.offer`, for the command line."""

    async def use(self, link: str, session: str, longest: timedelta) -> PersonId | None:
        """Ends the link and begins its person's session, both or neither; of many who try, one succeeds. None when
        there is no such link any more."""

    async def begin(self, person: PersonId, session: str, longest: timedelta) -> None:
        """A new session; the person's oldest ones end where there are too many."""

    async def find(self, session: str, idle: timedelta) -> Session | None:
        """None when it is unknown, too old, or was not used for so long."""

    async def seen(self, session: str) -> None:
        """It was used just now."""

    async def end(self, session: str) -> None:
        """An unknown one is over already."""

    async def end_all(self, person: PersonId) -> int:
        """Every session of that person, and the link that was offered. How many sessions there were."""

    async def sweep(self, idle: timedelta) -> None:
        """What is over goes, and what was not used for so long."""
