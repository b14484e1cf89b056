"""What digests and standings read, by the index of events: as much as happened in their time, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import BigInteger, Connection, Select, bindparam, cast, func, or_, select

from bot.domain.digests.topics import listen
from bot.domain.events import Kind
from bot.domain.parts import State
from bot.ports.reports import Fact, Promised, Scope, Spoken
from storage.sql.cases import CASES, MENTIONS
from storage.sql.chain import EVENTS, as_event
from storage.sql.codec import decode_case
from storage.sql.tags import TAGS
from storage.sql.tallies import COUNTED, tally

if TYPE_CHECKING:
    from bot.ports import Tally
    from storage.sql.work import SqlWork

SAMPLE: Final = 6000
"""So many posts tell what is talked about; of more, every second or tenth is read."""

_CHUNK: Final = 500
_POSTS: Final = (Kind.OPENED, Kind.JOINED)
_BUSIEST: Final = 50
_NUMBER: Final = cast(func.substr(EVENTS.c.subject, len("case:") + 1), BigInteger)
_RESTS: Final = (State.OPEN, State.CLAIMED, State.RESOLVED)


class SqlReports:
    """The Reports port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work

    async def tally(self, communities: Sequence[str], start: datetime, end: datetime) -> Tally:
        wanted = self._events(
            COUNTED, Scope(communities=tuple(communities)), start, end, EVENTS.c.at, EVENTS.c.data
        )
        return await self._work.read(lambda c: tally("", c.execute(wanted).all(), (), start, end), long=True)

    async def opened(self, scope: Scope, start: datetime, end: datetime) -> Mapping[str, int]:
        wanted = self._events((Kind.OPENED, Kind.REOPENED), scope, start, end, func.count().label("number"))
        wanted = wanted.where(CASES.c.merged_into.is_(None))
        wanted = wanted.group_by(CASES.c.community, EVENTS.c.kind, _NUMBER)
        rows = await self._work.read(lambda c: c.execute(wanted).all(), long=True)
        found: Counter[str] = Counter()
        for row in rows:
            found[row.community] += row.number
        return found

    async def promised(
        self, community: str, start: datetime, end: datetime, *, undone_at: datetime, rests: bool = False
    ) -> Sequence[Promised]:
        done = CASES.c.closed_at if rests else CASES.c.responded_at
        columns = [CASES.c[name] for name in ("department", "state", "since", "responded_at", "closed_at")]
        wanted = select(*columns, *((CASES.c.body,) if rests else ())).where(
            CASES.c.community == community,
            CASES.c.since >= start,
            CASES.c.since < end,
            CASES.c.merged_into.is_(None),
            or_(done.is_(None), done >= undone_at),
        )
        return await self._work.read(
            lambda c: [_promised(row, rests) for row in c.execute(wanted)], long=True
        )

    async def facts(
        self,
        kinds: Collection[Kind],
        start: datetime,
        end: datetime,
        *,
        communities: Sequence[str] | None = None,
    ) -> Sequence[Fact]:
        where = Scope(communities=tuple(communities) if communities is not None else None)
        wanted = self._events(kinds, where, start, end, *_OTHERS).order_by(EVENTS.c.at, EVENTS.c.id)
        return await self._work.read(lambda c: [_fact(row) for row in c.execute(wanted)], long=True)

    async def facts_of(
        self, cases: Collection[int], kinds: Collection[Kind], end: datetime
    ) -> Sequence[Fact]:
        said = {"these_kinds": [kind.value for kind in kinds], "before": end}
        return await self._work.read(partial(_facts_of, cases=sorted(cases), said=said), long=True)

    async def spoken(
        self, scope: Scope, start: datetime, end: datetime, *, busy: int, hidden: Sequence[str]
    ) -> Spoken:
        wanted = self._events(_POSTS, scope, start, end, EVENTS.c.data, CASES.c.sight, CASES.c.merged_into)
        policy = self._work.store.policy
        shut = {name for name, department in policy.departments.items() if department.restricted}
        wanted = wanted.add_columns(CASES.c.department.label("now_with"), EVENTS.c.department)
        languages = policy.company.languages

        def read(connection: Connection) -> Spoken:
            posts, counts = _posts(connection.execute(wanted.order_by(EVENTS.c.id)), shut)
            step = -(-len(posts) // SAMPLE) or 1
            said = _said(connection, posts[::step])
            talk = listen(said, languages=languages, hidden=hidden, each_stands_for=step)
            busiest = [(case, count) for case, count in counts.most_common(_BUSIEST) if count >= busy]
            return Spoken(talk=talk, busiest=tuple(busiest))

        return await self._work.read(read, long=True)

    async def tags(
        self, scope: Scope, start: datetime, end: datetime, *, most: int
    ) -> Sequence[tuple[str, int]]:
        number = func.count().label("number")
        wanted = select(TAGS.c.tag, number).join(CASES, CASES.c.id == TAGS.c.case_id)
        wanted = wanted.where(TAGS.c.at >= start, TAGS.c.at < end, CASES.c.sight.is_(None))
        wanted = _within(wanted, scope, CASES.c.department)
        wanted = wanted.group_by(TAGS.c.tag).order_by(number.desc(), TAGS.c.tag).limit(most)
        rows = await self._work.read(lambda c: c.execute(wanted).all(), long=True)
        return [(row.tag, row.number) for row in rows]

    def _events(
        self, kinds: Iterable[Kind], scope: Scope, start: datetime, end: datetime, *columns: Any
    ) -> Select[Any]:
        """Events with the community and the number of their case. Departments are named, so that an index serves."""
        departments = scope.departments or tuple(self._work.store.policy.departments)
        found = select(EVENTS.c.kind, CASES.c.community, _NUMBER.label("case_id"), *columns)
        return _within(
            found.join(CASES, CASES.c.id == _NUMBER).where(
                EVENTS.c.at >= start, EVENTS.c.at < end, EVENTS.c.kind.in_([kind.value for kind in kinds])
            ),
            Scope(departments=departments, communities=scope.communities),
            EVENTS.c.department,
        )


_OTHERS: Final = tuple(column for column in EVENTS.c if column.name != "kind")


def _within(query: Select[Any], scope: Scope, department: Any) -> Select[Any]:
    if scope.departments is not None:
        query = query.where(department.in_(scope.departments))
    if scope.communities is not None:
        query = query.where(CASES.c.community.in_(scope.communities))
    return query


def _fact(row: Any) -> Fact:
    return Fact(case_id=row.case_id, community=row.community, event=as_event(row))


_FACTS_OF: Final = (
    select(EVENTS, CASES.c.community, _NUMBER.label("case_id"))
    .join(CASES, CASES.c.id == _NUMBER)
    .where(
        EVENTS.c.subject.in_(bindparam("subjects", expanding=True)),
        EVENTS.c.kind.in_(bindparam("these_kinds", expanding=True)),
        EVENTS.c.at < bindparam("before"),
    )
    .order_by(EVENTS.c.subject, EVENTS.c.seq)
)


def _facts_of(connection: Connection, cases: Sequence[int], said: Mapping[str, Any]) -> list[Fact]:
    found: list[Fact] = []
    for some in _chunks(cases):
        rows = connection.execute(_FACTS_OF, {**said, "subjects": [f"case:{each}" for each in some]})
        found += [_fact(row) for row in rows]
    return found


def _promised(row: Any, rests: bool) -> Promised:
    state = State(row.state)
    return Promised(
        department=row.department,
        state=state,
        since=row.since,
        responded_at=row.responded_at,
        closed_at=row.closed_at,
        rests=decode_case(row.body).service.rests if rests and state in _RESTS else (),
    )


def _posts(rows: Iterable[Any], shut: Set[str]) -> tuple[list[int], Counter[int]]:
    """The mentions of cases that everybody may see, and how many posts each case got (with those merged into it)."""
    posts: list[int] = []
    counts: Counter[int] = Counter()
    for row in rows:
        counts[row.merged_into or row.case_id] += 1
        open_to_all = row.sight is None and shut.isdisjoint((row.now_with, row.department))
        mention = msgspec.json.decode(row.data).get("mention") if row.data and open_to_all else None
        if isinstance(mention, int):
            posts.append(mention)
    return posts, counts


_SAID: Final = select(MENTIONS.c.source, MENTIONS.c.handle, MENTIONS.c.name, MENTIONS.c.text).where(
    MENTIONS.c.id.in_(bindparam("these", expanding=True))
)


def _said(connection: Connection, posts: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    """(who, their own names, what they wrote)"""
    for some in _chunks(posts):
        for row in connection.execute(_SAID, {"these": some}):
            yield f"{row.source}:{row.handle}", f"{row.handle}\n{row.name or ''}", row.text or ""


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while some := list(islice(left, _CHUNK)):
        yield some
