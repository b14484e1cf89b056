"""Which acts can be taken back, for how long, and what done since then contradicts that. Pure facts about kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.domain.events import Kind

WITHIN: Final = timedelta(hours=24)
"""How long an act can be taken back."""

_OPENED_AGAIN: Final = frozenset({Kind.REOPENED, Kind.MERGED_INTO})
_WORKED_ON: Final = frozenset(
    {
        Kind.CLAIMED,
        Kind.TAKEN,
        Kind.ASSIGNED,
        Kind.OFFERED,
        Kind.CONSULTED,
        Kind.RESPONDED,
        Kind.WAITING,
        Kind.SNOOZED,
        Kind.RESOLVED,
        Kind.DISMISSED,
        Kind.REOPENED,
        Kind.MERGED,
        Kind.MERGED_INTO,
        Kind.HANDOVER_OFFERED,
        Kind.HANDOVER_ACCEPTED,
    }
)
_BY_THE_RECEIVER: Final = frozenset({Kind.NOTED, Kind.PRIORITISED, Kind.RESTRICTED})
"""Contradict an accepted handoff when the receiver's side did them: the giver's note that it was a slip does not."""

_CONTRADICTED_BY: Final[Mapping[Kind, frozenset[Kind]]] = {
    Kind.RESOLVED: _OPENED_AGAIN,
    Kind.DISMISSED: _OPENED_AGAIN,
    Kind.ACCEPTED: _WORKED_ON,
}

NAMES: Final[Mapping[Kind, str]] = {
    Kind.RESOLVED: "the resolution",
    Kind.DISMISSED: "the dismissal",
    Kind.ACCEPTED: "the handoff",
    Kind.MERGED: "the merge",
}
"""What people call the acts that can be taken back."""


def contradicts(act: Kind, done: Kind, *, by_receiver: bool) -> bool:
    """Whether `done` since then means that `act` cannot be taken back any more."""
    if done in _CONTRADICTED_BY.get(act, frozenset()):
        return True
    return act is Kind.ACCEPTED and by_receiver and done in _BY_THE_RECEIVER
