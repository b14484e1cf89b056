"""Does one order explain all answers? What people did to one case over all replicas, against what one desk would say.

Each act has the time at which it was begun and the one at which it was answered. An order explains the answers when it
keeps every act before those that began after its answer, and when each answer is what a desk with one person at a time
would have said (Herlihy and Wing). It is searched as Wing and Gong do, and no state is visited twice (Lowe).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

PEOPLE = {"support": ("ben", "hana"), "legal": ("cleo",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """As much of a case as decides about claims."""

    department: str = "support"
    owner: str | None = None
    offered: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Somebody's words and what came of them: `done` is None where nobody knows, because no answer arrived."""

    who: str
    verb: str
    begun: float
    ended: float = math.inf
    done: bool | None = None


def expected(state: State, act: Act) -> State | None:
    """The case after the act; None where it is refused."""
    if act.verb == "accept":
        if state.offered is None or act.who not in PEOPLE[state.offered]:
            return None
        return State(department=state.offered, owner=act.who)
    if act.who not in PEOPLE[state.department]:
        return None
    free = state.owner is None
    match act.verb:
        case "claim" if free and state.offered is None:
            return replace(state, owner=act.who)
        case "take" if state.owner != act.who:
            return replace(state, owner=act.who, offered=None)
        case "release" if state.owner == act.who or (free and state.offered is not None):
            return replace(state, owner=None, offered=None)
        case "handoff" if state.offered is None and (free or state.owner == act.who):
            # Nobody hands over to their own department.
            return None if state.department == "legal" else replace(state, offered="legal")
    return None


def explained(acts: Iterable[Act], *, start: State, end: State | None = None) -> bool:
    """Whether one order of these acts on one case explains every answer, and the case as it stands at the `end`."""
    todo = sorted(acts, key=lambda act: act.begun)
    every = (1 << len(todo)) - 1
    seen: set[tuple[int, State]] = set()
    stack = [(0, start)]
    while stack:
        done, state = stack.pop()
        if (done, state) in seen:
            continue
        seen.add((done, state))
        if done == every and (end is None or state == end):
            return True
        for index in _next(todo, done):
            stack += [(done | 1 << index, after) for after in _outcomes(state, todo[index])]
    return False


def _next(todo: Sequence[Act], done: int) -> list[int]:
    """Those that may be next: they began before any other that is left was answered."""
    left = [index for index in range(len(todo)) if not done & 1 << index]
    first = min((todo[index].ended for index in left), default=math.inf)
    return [index for index in left if todo[index].begun <= first]


def _outcomes(state: State, act: Act) -> list[State]:
    after = expected(state, act)
    if act.done is None:
        # Never done, or done without anybody hearing of it.
        return [state] if after is None else [state, after]
    if act.done:
        return [] if after is None else [after]
    return [state] if after is None else []
