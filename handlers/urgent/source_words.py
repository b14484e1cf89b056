"""What people are told of the places that mentions come from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.domain.people import COMPANY, Role
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.policy.reach import last_resort
from bot.ports import Put, SourceReport, SourceState
from handlers.shared.sentence import TOLD, tell

SHUT: Final = (
    "The source {name} brings no mentions any more until somebody mends it: {said} `baton doctor` says more."
)
WELL: Final = "The source {name} brings mentions again."
WAS_DOWN: Final = "The source {name} brings mentions again. For {minutes} minutes it did not: {said}"

LONG: Final = timedelta(minutes=15)
"""A shorter silence is made up for before anybody could do something about it."""


def source_words(
    policy: Policy, before: SourceReport, state: SourceState, said: str, *, real: datetime, at: datetime
) -> Iterator[Put]:
    """To everybody who runs the desk: a source changed from what it was `before`. `real` is now as `before.since` is."""
    sentence = _sentence(before, state, said, real - before.since)
    key = f"{TOLD}source:{before.name}:{state.value}:{int(real.timestamp())}"
    people = [
        person.id
        for person in policy.people.values()
        if Role.ADMIN in person.roles.get(COMPANY, ()) and is_active(person, at)
    ]
    if not people:
        fallback = last_resort(policy, next(iter(policy.departments)), at)
        people = [fallback] if fallback else []
    for each in people if sentence else ():
        yield tell(each, sentence, key=f"{key}:{each}", at=at, calm=state is SourceState.WELL)


def _sentence(before: SourceReport, state: SourceState, said: str, lasted: timedelta) -> str:
    if state is SourceState.SHUT:
        return SHUT.format(name=before.name, said=_ended(said))
    if state is SourceState.WELL and before.state is SourceState.SHUT:
        return WELL.format(name=before.name)
    if state is SourceState.WELL and before.state is SourceState.DOWN and lasted >= LONG:
        return WAS_DOWN.format(
            name=before.name, minutes=int(lasted.total_seconds() // 60), said=_ended(before.said)
        )
    return ""


def _ended(said: str) -> str:
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."
