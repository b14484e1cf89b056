"""What the reading handlers share about stops on publishing: their words, and who may lift them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.alarms.freeze import ALL, Freeze, case_in, community_in, may_freeze
from bot.domain.case import Case
from bot.domain.people import PersonId
from bot.domain.roles import Actor
from bot.policy.duty import champions
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.ports import Work

_COMPANY: Final = "the whole company"
_BANNER: Final = "Publishing is frozen for {what} by {who} since {at}: {why}"


def what_of(scope: str, policy: Policy) -> str:
    """The scope as people call it."""
    number, community = case_in(scope), community_in(scope)
    if number is not None:
        return f"case {number}"
    if community is not None:
        known = policy.communities.get(community)
        return known.title if known else community
    return _COMPANY


def typed(scope: str) -> str:
    """The scope as it is typed."""
    return scope if scope == ALL else scope.partition(":")[2]


def concerned(scope: str, case: Case | None, policy: Policy) -> tuple[str, ...]:
    """The departments that a stop concerns; of the whole company, none in particular."""
    community = community_in(scope)
    if case is not None:
        return (case.department,)
    known = policy.communities.get(community) if community else None
    return known.interacts if known else ()


def may(actor: Actor, scope: str, case: Case | None, policy: Policy) -> bool:
    """Whether this person may freeze and thaw it."""
    community = case.community if case else community_in(scope)
    named: tuple[PersonId, ...] = champions(policy, community) if community else ()
    return may_freeze(actor, scope, concerned(scope, case, policy), named)


def banner(freeze: Freeze | None, names: Spoken) -> str:
    """One line that says what is frozen, by whom, since when and why; blank where nothing is."""
    if freeze is None:
        return ""
    return _BANNER.format(
        what=what_of(freeze.scope, names.policy),
        who=names.person(freeze.by),
        at=names.moment(freeze.at),
        why=freeze.why,
    )


async def banners(work: Work, names: Spoken, departments: Sequence[str]) -> tuple[str, ...]:
    """What is frozen beyond single cases and concerns these departments, the oldest first."""
    lines: list[str] = []
    for freeze in await work.freezes.every():
        community = community_in(freeze.scope)
        interacts = concerned(freeze.scope, None, names.policy)
        if freeze.scope == ALL or (community is not None and not set(interacts).isdisjoint(departments)):
            lines.append(banner(freeze, names))
    return tuple(lines)
