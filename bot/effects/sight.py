"""What follows when others may see a case from now on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.domain.sight import eyes_in, viewers, viewers_by_department, visible
from bot.effects.cards import args_of, card_key
from bot.policy.model import Policy
from bot.policy.places import channels
from bot.ports import Put, Rank

STAYS: Final = (
    "{number} is restricted from now on. Baton has taken back what it said about it here. What colleagues wrote in "
    "this thread stays until they delete it, or somebody who looks after this channel does: please do."
)


def others_see_it(before: Case | None, after: Case) -> bool:
    """Whether somebody may see it no more, or a department may see it again: then what was said is to be corrected."""
    if before is None:
        return False
    was, sees = viewers(before), viewers(after)
    if not was or not sees:
        return was != sees
    more = set(viewers_by_department(after)) - set(viewers_by_department(before))
    return bool(more or set(was) - set(sees))


def hidden(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """A channel that showed the case and may not any more is told, once, what only people can take away."""
    for department in before.seen_in if before else ():
        eyes = eyes_in(department)
        if before is None or visible(after, eyes) or not visible(before, eyes):
            continue
        for place in channels(policy, department):
            yield Put(
                kind="note",
                key=f"restricted:{after.id}@{place}",
                due=now,
                lane=str(place),
                rank=Rank.NOTE,
                args={
                    **args_of("sentence", STAYS.format(number=after.id), place),
                    "below": card_key(after.id, place),
                },
            )
