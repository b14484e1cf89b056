"""The keys of a source of kind "x"."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.policy.fields import Table

_NO_ACCOUNT: Final = (
    'say who you are there, as in account = "@nimbus_air": it is whose mentions are listened for'
)
_MOST_BACKFILL: Final = 5


class Mode(StrEnum):
    """How posts come: over a stream that we hold open, or pushed to us."""

    STREAM = "stream"
    WEBHOOK = "webhook"


class Replies(StrEnum):
    """Whom X lets us answer: below Enterprise only who mentioned or quoted us."""

    MENTIONED = "mentioned"
    ANY = "any"


def read_x(table: Table) -> Mapping[str, object]:
    """`mode`, `replies`, and `backfill_minutes`, which only some of X's plans may ask for."""
    if table.lacks("account"):
        table.missing("account", _NO_ACCOUNT)
    return {
        "mode": table.choice("mode", Mode) or Mode.STREAM,
        "replies": table.choice("replies", Replies) or Replies.MENTIONED,
        "backfill_minutes": table.whole("backfill_minutes", 0, 0, _MOST_BACKFILL),
    }
