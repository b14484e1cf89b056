"""The questions that inboxes ask: which cases, in which order, and how many, however many are open.

A list over several departments is read department by department, each in its order from an index and no further than
the page needs; so is what is late, priority by priority. A database that reads all of them at once would sort
everything that is open for the sake of ten rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Select, false, func, not_, or_, select, text, true, union_all

from bot.domain.parts import Priority, State
from bot.ports import CaseFilter
from storage.sql.columns import OPEN, lowered, plain
from storage.sql.tables import CaseRow, MentionRow
from storage.sql.tags import tagged

CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]
MENTIONS: Any = MentionRow.__table__  # type: ignore[attr-defined]
SEARCHED: Final = 50_000
"""How many of the newest mentions a search looks through."""

_STILL_OPEN: Final = frozenset({State.OPEN, State.CLAIMED})
_FEW: Final = ("offered_to", "handed_to", "escalated", "text")
"""What these ask for is found by an index of its own, and is so little that it is sorted then."""

Part = tuple[CaseFilter, Priority | None]


def page(which: CaseFilter, *, limit: int, offset: int = 0) -> Select[Any]:
    """The bodies of the cases in their order."""
    order = _order(which)
    parts = list(_parts(which))
    if len(parts) == 1:
        whole = _part(select(CASES.c.body), parts[0])
        return whole.order_by(*order, CASES.c.id).limit(limit).offset(offset)
    keys = [*order, CASES.c.id]
    heads = [_part(select(*keys), part).order_by(*keys).limit(limit + offset).subquery() for part in parts]
    merged = union_all(*(select(head) for head in heads)).subquery()
    names = [merged.c[key.name] for key in keys]
    found = select(*names).order_by(*names).limit(limit).offset(offset).subquery()
    whole = select(CASES.c.body).join(found, found.c.id == CASES.c.id)
    return whole.order_by(*(found.c[key.name] for key in keys))


def number(which: CaseFilter, *, most: int | None) -> Select[Any]:
    """How many they are, counted up to `most`."""
    if most is None:
        return where(select(func.count()).select_from(CASES), which)
    parts = []
    for part in _parts(which):
        some = _part(select(CASES.c.id), part)
        # In its order, so that the index of who waits is the one that is walked.
        some = some.order_by(CASES.c.since) if which.unanswered else some
        parts.append(some.limit(most).subquery())
    found = (
        parts[0] if len(parts) == 1 else union_all(*(select(part) for part in parts)).limit(most).subquery()
    )
    return select(func.count()).select_from(found)


def where(query: Select[Any], which: CaseFilter) -> Select[Any]:
    """The query, of these cases only."""
    query = _in_state(query, which)
    if which.unanswered:
        query = query.where(CASES.c.responded_at.is_(None))
    if which.departments is not None:
        department = CASES.c.department.concat("") if _is_few(which) else CASES.c.department
        query = query.where(_one_of(department, which.departments))
    if which.communities is not None:
        query = query.where(CASES.c.community.in_(which.communities))
    if which.owner is not None:
        query = query.where(CASES.c.owner == which.owner)
    if which.offered_to is not None:
        query = query.where(CASES.c.offered_to.in_(which.offered_to))
    if which.offered:
        query = query.where(CASES.c.offered_to.is_not(None))
    if which.handed_to is not None:
        query = query.where(CASES.c.handed_to.in_(which.handed_to))
    if which.escalated is not None:
        query = query.where(CASES.c.escalating == (true() if which.escalated else false()))
    if which.due_before is not None:
        query = query.where(CASES.c.due <= which.due_before)
    if which.awake_at is not None:
        query = query.where(or_(CASES.c.snoozed_until.is_(None), CASES.c.snoozed_until <= which.awake_at))
    if which.visible_to is not None:
        query = query.where(CASES.c.id.not_in(_hidden_from(which.visible_to, which.states)))
    for word in (which.text or "").split():
        query = query.where(_found_by(word))
    return query


def _in_state(query: Select[Any], which: CaseFilter) -> Select[Any]:
    states = [state.value for state in which.states]
    # Expressions, not columns: else an index of all that is open is taken, for its order or for what it counts.
    state = _one_of(CASES.c.state.concat(""), states)
    if _is_few(which):
        return query.where(state)
    if not _STILL_OPEN.issuperset(which.states):
        return query.where(_one_of(CASES.c.state, states))
    query = query.where(text(OPEN))
    return query if _STILL_OPEN.issubset(which.states) else query.where(state)


def _one_of(column: Any, values: Sequence[str]) -> Any:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _parts(which: CaseFilter) -> Iterator[Part]:
    """The same cases in parts, each of which an index has in its order."""
    split = which.departments and which.owner is None and _STILL_OPEN.issuperset(which.states)
    if not split or _is_few(which):
        yield which, None
        return
    for department in which.departments or ():
        one = replace(which, departments=(department,))
        if which.due_before is None or which.unanswered:
            yield one, None
        else:
            yield from ((one, priority) for priority in Priority)


def _is_few(which: CaseFilter) -> bool:
    return which.offered or any(getattr(which, name) for name in _FEW)


def _order(which: CaseFilter) -> tuple[Any, ...]:
    if which.unanswered:
        return (CASES.c.since,)
    # An expression, not the column: else all that is open is walked in its order for the few that are wanted.
    first = CASES.c.priority.concat("").label("priority") if _is_few(which) else CASES.c.priority
    if which.text and not _STILL_OPEN.issuperset(which.states):
        # All that was found is sorted anyway, and looking twice would cost twice.
        closed = CASES.c.state.not_in([state.value for state in sorted(_STILL_OPEN)])
        return closed.label("closed"), first, CASES.c.due
    return first, CASES.c.due


def _part(query: Select[Any], part: Part) -> Select[Any]:
    which, priority = part
    query = where(query, which)
    return query if priority is None else query.where(CASES.c.priority == priority.value)


def _hidden_from(viewers: Sequence[str], states: Sequence[State]) -> Any:
    """The restricted cases in these states that none of the departments and people may see."""
    seen = [_RESTRICTED.c.sight.contains(f"|{each}|", autoescape=True) for each in viewers]
    hidden = select(_RESTRICTED.c.id).where(
        _RESTRICTED.c.sight.is_not(None), _RESTRICTED.c.state.in_([state.value for state in states])
    )
    return hidden.where(not_(or_(*seen))) if seen else hidden


_RESTRICTED: Any = CASES.alias("restricted")


def _found_by(word: str) -> Any:
    """A word with # is a tag of the case as well as a hashtag in its posts."""
    mentioned = CASES.c.id.in_(_mentioning(word))
    tag = word.removeprefix("#").casefold()
    return or_(CASES.c.id.in_(tagged(tag)), mentioned) if word.startswith("#") and tag else mentioned


def _mentioning(word: str) -> Any:
    """Cases of the newest mentions that hold the word, in the text or in the author's name."""
    newest = select(func.coalesce(func.max(MENTIONS.c.id), 0) - SEARCHED).scalar_subquery()
    return select(MENTIONS.c.case_id).where(
        MENTIONS.c.id > newest,
        MENTIONS.c.case_id.is_not(None),
        or_(*(_holds(column, word) for column in (MENTIONS.c.text, MENTIONS.c.handle, MENTIONS.c.name))),
    )


def _holds(column: Any, word: str) -> Any:
    if word.isascii():
        return plain(column).contains(word.lower(), autoescape=True)
    return lowered(column).contains(word.lower(), autoescape=True)
