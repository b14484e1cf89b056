"""A unit of work seen with somebody's eyes: a restricted case they may not see cannot be read out of it.

Every handler and every view reads cases through this, so that a new one cannot forget to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self, cast

from bot.domain.case import Case
from bot.domain.events import Event
from bot.domain.mention import Mention
from bot.domain.sight import Eyes, restrict_by_desk, visible
from bot.domain.sight_refusals import Restricted
from bot.policy.duty import on_duty
from bot.policy.model import Policy
from bot.policy.terms import lease_for
from bot.ports import CaseFilter, Cases, Mentions, Work

BY_DEPARTMENT: Final = "cases of this department are restricted from the start"

GUARDED: Final = frozenset({"get", "find", "count", "history", "event"})
"""What of the Cases port shows a case, and is asked here first."""
OPEN: Final = frozenset(
    {"number", "save", "queues", "threads", "link", "holders", "second_thoughts", "tags_in_use"}
)
"""What shows nothing of a case but its number."""


def seeing(work: Work, eyes: Eyes, policy: Policy, now: datetime) -> Work:
    """The work as these eyes see it: what is asked of a case that is hidden from them raises Restricted, and lists and
    counts leave it out. With eyes that see everything it is the work itself."""
    return work if eyes is None else cast(Work, _SeenWork(work, eyes, policy, now))


def kept_to_itself(case: Case, policy: Policy, *, at: datetime) -> Case:
    """Restricted to its department where the policy says that this one's cases are; else unchanged."""
    known = policy.departments.get(case.department)
    if known is None or not known.restricted:
        return case
    return restrict_by_desk(case, (case.department,), BY_DEPARTMENT, at=at, lease=lease_for(policy, case))


class _SeenWork:
    """A Work. Whatever is not about cases is the inner one's."""

    def __init__(self, inner: Work, eyes: frozenset[str], policy: Policy, now: datetime) -> None:
        self._inner = inner
        self.cases = _SeenCases(inner.cases, eyes, policy, now)
        self.mentions = _SeenMentions(inner.mentions, self.cases)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._inner.__aexit__(kind, error, trace)


class _SeenCases:
    """A Cases."""

    def __init__(self, inner: Cases, eyes: frozenset[str], policy: Policy, now: datetime) -> None:
        self._inner, self._eyes, self._policy, self._now = inner, eyes, policy, now
        self._seen: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def get(self, case_id: int) -> Case:
        """Raises NoSuchCase, and Restricted, naming whom to ask. What was merged away is as hidden as what it is
        part of."""
        case = await self._inner.get(case_id)
        answers = case if case.merged_into is None else await self._inner.get(case.merged_into)
        for each in (case, answers):
            if not visible(each, self._eyes):
                raise Restricted(case_id, each.department, on_duty(self._policy, each.department, self._now))
        self._seen.add(case_id)
        return case

    async def must_see(self, case_id: int) -> None:
        """Raises Restricted unless the case may be seen."""
        if case_id not in self._seen:
            await self.get(case_id)

    async def find(self, which: CaseFilter, **how: Any) -> Sequence[Case]:
        found = await self._inner.find(self._limited(which), **how)
        self._seen.update(case.id for case in found)
        return found

    async def count(self, which: CaseFilter, **how: Any) -> int:
        return await self._inner.count(self._limited(which), **how)

    async def history(self, case_id: int, *, limit: int = 50) -> Sequence[Event]:
        await self.must_see(case_id)
        return await self._inner.history(case_id, limit=limit)

    async def event(self, case_id: int, seq: int) -> Event | None:
        await self.must_see(case_id)
        return await self._inner.event(case_id, seq)

    def _limited(self, which: CaseFilter) -> CaseFilter:
        return replace(which, visible_to=tuple(sorted(self._eyes)))


class _SeenMentions:
    """A Mentions."""

    def __init__(self, inner: Mentions, cases: _SeenCases) -> None:
        self._inner, self._cases = inner, cases

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def of(self, case_id: int, *, limit: int = 5) -> Sequence[Mention]:
        await self._cases.must_see(case_id)
        return await self._inner.of(case_id, limit=limit)
