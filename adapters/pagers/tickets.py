"""A ticket lets whoever holds it acknowledge one page, within a day, and nothing else."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.people import PersonId

LIVES: Final = timedelta(hours=24)
_PURPOSE: Final = b"baton: acknowledge a page\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    case: int
    person: PersonId


@dataclass(frozen=True, slots=True)
class Tickets:
    """Made with the newest of the `keys` (32 bytes in base64 for addresses), believed with any of them."""

    keys: Sequence[str]

    def make(self, ticket: Ticket, now: datetime) -> str:
        """`now` is real time. Fit for an address."""
        ends = int((now + LIVES).timestamp())
        said = f"{ticket.case}.{ends}.{ticket.person}".encode()
        return f"{_text(said)}.{_text(self._seal(self.keys[0], said))}"

    def read(self, text: str, now: datetime) -> Ticket | None:
        """None for what we did not make, or what is over."""
        said, _, seal = text.partition(".")
        try:
            body, given = _bytes(said), _bytes(seal)
            case, ends, person = body.decode().split(".", 2)
        except ValueError:
            return None
        if not any(hmac.compare_digest(self._seal(key, body), given) for key in self.keys):
            return None
        return Ticket(case=int(case), person=PersonId(person)) if now.timestamp() <= int(ends) else None

    @staticmethod
    def _seal(key: str, said: bytes) -> bytes:
        return hmac.digest(base64.urlsafe_b64decode(key), _PURPOSE + said, "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
