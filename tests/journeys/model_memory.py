"""What was before an act that can be taken back, and whether taking it back restores it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.parts import State

_ACTS: Final = (Kind.RESOLVED, Kind.DISMISSED, Kind.ACCEPTED, Kind.MERGED, Kind.MERGED_INTO)


@dataclass(slots=True)
class Before:
    """Cases as they were before each act, by the number of the act's event."""

    acts: dict[tuple[int, int], Case] = field(default_factory=dict)

    def remembers(self, before: Mapping[int, Case], number: int, events: Sequence[Event]) -> None:
        if number in before:
            acts = [event.seq for event in events if event.kind in _ACTS]
            self.acts |= {(number, seq): before[number] for seq in acts}

    def not_restored(
        self, case: Case, events: Sequence[Event], history: Sequence[Event], people: Set[str]
    ) -> Iterator[str]:
        """In what a case differs from what it was before the act that one of these events took back."""
        for event in events:
            if event.kind is Kind.UNDONE:
                was = self.acts.get((case.id, int(event.data["of"] or 0)))
            elif event.kind is Kind.SEPARATED and "opened" in event.data:
                merges = [each.seq for each in history if each.kind is Kind.MERGED_INTO]
                was = self.acts.get((case.id, merges[-1])) if merges else None
            elif event.kind is Kind.SEPARATED:
                was = self._unmerged(case, event, history)
            else:
                continue
            if was is not None:
                yield from _differs(was, case, people, merged=event.kind is Kind.SEPARATED)

    def _unmerged(self, case: Case, event: Event, history: Sequence[Event]) -> Case | None:
        """The case before the merge, where nothing else happened to it since."""
        if len(history) < 2 or history[-1] != event or history[-2].kind is not Kind.MERGED:
            return None
        if history[-2].data["other"] != event.data.get("other"):
            return None
        return self.acts.get((case.id, history[-2].seq))


def _differs(was: Case, case: Case, people: Set[str], *, merged: bool) -> Iterator[str]:
    """State, owner, department and what is due must be what they were; who left gets nothing back."""
    owners = (was.owner,) if was.owner is None or was.owner in people else (None,)
    if case.owner not in owners or case.state is not (State.CLAIMED if case.owner else State.OPEN):
        yield f"{case.state} by {case.owner}, it was {was.state} by {was.owner}"
    if case.department != was.department:
        yield f"in {case.department}, it was in {was.department}"
    if case.priority is was.priority and not was.merges:
        kept, now = was.service, case.service
        if (kept.since, kept.first_due) != (now.since, now.first_due):
            yield f"first due {now.first_due}, it was {kept.first_due}"
        if not was.waiting and not merged and kept.resolve_due != now.resolve_due:
            yield f"due {now.resolve_due}, it was {kept.resolve_due}"
    if merged and case.priority is not was.priority:
        yield f"{case.priority}, it was {was.priority}"
