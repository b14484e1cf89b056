"""Where a department is spoken to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Place

PAGER: Final = "pager-"
"""How the names of pagers begin among platforms."""


def channels(policy: Policy, department: str) -> Sequence[Place]:
    """The department's channels; none for a department the policy does not know any more."""
    known = policy.departments.get(department)
    if known is None:
        return ()
    return tuple(
        Place(platform=platform, conversation=name, department=department)
        for platform, name in sorted(known.channels.items())
    )


def speaking(policy: Policy, platforms: Collection[str]) -> Policy:
    """The policy with only those channels in which this desk can speak."""
    departments = {
        name: replace(known, channels={p: c for p, c in known.channels.items() if p in platforms})
        for name, known in policy.departments.items()
    }
    return replace(policy, departments=departments)


def paged_at(pager: str, person: PersonId) -> Place:
    """Where a page leaves for that person by the pager of that name."""
    return Place(platform=f"{PAGER}{pager}", conversation=person, person=person)


def pager_of(platform: str) -> str | None:
    """The pager that speaks under that name; None for a chat."""
    return platform.removeprefix(PAGER) if platform.startswith(PAGER) else None


def lane_of(person: PersonId) -> str:
    """The lane of a person's direct messages; delivery finds the conversation."""
    return f"dm:{person}"
