"""Cases: read from the work's snapshot, saved with their events and what follows from them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, bindparam, insert, select, text, union, update

from bot.domain.case import Case
from bot.domain.events import Event
from bot.domain.people import PersonId
from bot.domain.refusals import NoSuchCase
from bot.domain.sight import viewers
from bot.effects import follow
from bot.ports import CaseFilter, Queue, Stale, Thread
from storage.sql import chain
from storage.sql.codec import decode_case, encode_case
from storage.sql.columns import OPEN, SECOND_THOUGHTS
from storage.sql.inbox import CASES, MENTIONS, number, page
from storage.sql.queues import queues_of
from storage.sql.tables import ThreadRow
from storage.sql.tags import in_use, save_tags

if TYPE_CHECKING:
    from storage.sql.work import SqlWork

__all__ = ["CASES", "MENTIONS", "THREADS", "SqlCases", "subject"]
THREADS: Any = ThreadRow.__table__  # type: ignore[attr-defined]


class SqlCases:
    """The Cases port within one unit of work."""

    def __init__(self, work: SqlWork) -> None:
        self._work = work
        self._loaded: dict[int, Case] = {}
        self.saved: set[int] = set()

    async def get(self, case_id: int) -> Case:
        row = await self._work.read(lambda c: c.execute(_ONE, {"id": case_id}).first())
        if row is None:
            raise NoSuchCase(case_id)
        case = decode_case(row.body)
        self._loaded[case_id] = case
        return case

    async def number(self) -> int:
        return await self._work.store.numbers.next()

    async def save(self, case: Case) -> None:
        if not case.pending and case == self._loaded.get(case.id):
            return
        if case.id in self.saved:
            raise ValueError(f"case {case.id} is saved twice in one work")
        self.saved.add(case.id)
        follows = follow(self._loaded.get(case.id), case, self._work.store.policy)
        self._work.write(partial(_save, case=case, place=self._work.origin.place))
        tags = self._loaded[case.id].tags if case.id in self._loaded else ()
        if case.tags != tags:
            self._work.write(partial(save_tags, case=case, before=tags))
        for key in follows.drops:
            self._work.jobs.drop(key)
        for wanted in follows.puts:
            self._work.jobs.put(wanted)
        if follows.again is not None:
            for number in (case.id, *case.absorbed):
                self._work.jobs.again(number, follows.again)

    async def find(self, which: CaseFilter, *, limit: int = 20, offset: int = 0) -> Sequence[Case]:
        wanted = page(which, limit=limit, offset=offset)
        rows = await self._work.read(lambda c: c.execute(wanted).all(), long=True)
        found = [decode_case(row.body) for row in rows]
        # What is found may be changed and saved as well: what follows is told by what it was before.
        self._loaded.update((case.id, case) for case in found)
        return found

    async def count(self, which: CaseFilter, *, most: int | None = None) -> int:
        wanted = number(which, most=most)
        return await self._work.read(lambda c: int(c.execute(wanted).scalar_one()), long=True)

    async def queues(
        self, departments: Sequence[str], communities: Sequence[str] | None = None, *, most: int
    ) -> Mapping[str, Queue]:
        counted = partial(queues_of, departments=departments, communities=communities, most=most)
        return await self._work.read(counted, long=True)

    async def holders(self) -> frozenset[PersonId]:
        rows = await self._work.read(lambda c: c.execute(_HOLDERS).all(), long=True)
        return frozenset(PersonId(row.person) for row in rows)

    async def history(self, case_id: int, *, limit: int = 50) -> Sequence[Event]:
        of = {"this_subject": subject(case_id), "most": limit}
        rows = await self._work.read(lambda c: c.execute(_HISTORY, of).all())
        return [chain.as_event(row) for row in rows]

    async def event(self, case_id: int, seq: int) -> Event | None:
        of = {"this_subject": subject(case_id), "this_seq": seq}
        row = await self._work.read(lambda c: c.execute(_EVENT, of).first())
        return chain.as_event(row) if row else None

    async def second_thoughts(self, by: PersonId, *, since: datetime) -> Sequence[tuple[int, Event]]:
        of = {"this_actor": by, "since": since}
        rows = await self._work.read(lambda c: c.execute(_SECOND_THOUGHTS, of).all())
        return [(int(row.subject.removeprefix(_SUBJECT)), chain.as_event(row)) for row in rows]

    async def tags_in_use(self, department: str, *, since: datetime, limit: int = 8) -> Sequence[str]:
        return await self._work.read(
            partial(in_use, department=department, since=since, limit=limit), long=True
        )

    async def threads(self, keys: Iterable[str]) -> Mapping[str, Thread]:
        wanted = {"keys": list(keys)}
        rows = await self._work.read(lambda c: c.execute(_THREADS, wanted).all())
        found = {row.key: Thread(key=row.key, case_id=row.case_id, last_at=row.last_at) for row in rows}
        self._work.threads_seen.update(found)
        return found

    async def link(self, threads: Iterable[Thread]) -> None:
        seen = self._work.threads_seen
        wanted = tuple(threads)
        new = [thread for thread in wanted if thread.key not in seen]
        if new:
            self._work.write(partial(_link_new, threads=new))
        for thread in wanted:
            if thread.key in seen:
                self._work.write(partial(_link_again, thread=thread, seen=seen[thread.key]))


_SUBJECT: Final = "case:"
_HOLDERS: Final = union(
    select(CASES.c.owner.label("person")).where(CASES.c.owner.is_not(None), text(OPEN)),
    select(CASES.c.handed_to.label("person")).where(CASES.c.handed_to.is_not(None)),
)
_ONE: Final = select(CASES.c.body).where(CASES.c.id == bindparam("id"))
_OF: Final = chain.EVENTS.c.subject == bindparam("this_subject")
_HISTORY: Final = select(chain.EVENTS).where(_OF).order_by(chain.EVENTS.c.seq.desc()).limit(bindparam("most"))
_EVENT: Final = select(chain.EVENTS).where(_OF, chain.EVENTS.c.seq == bindparam("this_seq"))
_SECOND_THOUGHTS: Final = (
    select(chain.EVENTS)
    .where(
        chain.EVENTS.c.actor == bindparam("this_actor"),
        chain.EVENTS.c.at >= bindparam("since"),
        text(SECOND_THOUGHTS),
    )
    .order_by(chain.EVENTS.c.at.desc(), chain.EVENTS.c.id.desc())
    .limit(20)
)
_THREADS: Final = select(THREADS).where(THREADS.c.key.in_(bindparam("keys", expanding=True)))


def subject(case_id: int) -> str:
    return f"{_SUBJECT}{case_id}"


def _save(connection: Connection, case: Case, place: str) -> None:
    seq = case.seq + len(case.pending)
    row = _row(case, seq)
    if case.merged_into is not None:
        row["sight"] = connection.execute(_SIGHT, {"of": case.merged_into}).scalar()
    if case.version == 0:
        connection.execute(_OPEN, row)
    elif not connection.execute(_CHANGE, {**row, "this_id": case.id, "this_version": case.version}).rowcount:
        raise Stale(f"case {case.id}")
    if case.absorbed:
        absorbed = {"these": list(case.absorbed), "seen_by": row["sight"]}
        connection.execute(_AS_HIDDEN, absorbed)
    if case.pending:
        salts = [secrets.token_bytes(16) for _ in case.pending]
        chain.append(connection, subject(case.id), case.pending, place=place, salts=salts)


# What was merged into a case is seen by whoever sees that one, from now on as in the past.
_SIGHT: Final = select(CASES.c.sight).where(CASES.c.id == bindparam("of"))
_AS_HIDDEN: Final = (
    update(CASES).where(CASES.c.id.in_(bindparam("these", expanding=True))).values(sight=bindparam("seen_by"))
)
_OPEN: Final = insert(CASES)
_CHANGE: Final = update(CASES).where(
    CASES.c.id == bindparam("this_id"), CASES.c.version == bindparam("this_version")
)


def _row(case: Case, seq: int) -> dict[str, Any]:
    saved = replace(case, version=case.version + 1, seq=seq)
    promised = case.service
    due = promised.first_due if promised.responded_at is None else promised.resolve_due
    if case.waiting is not None and promised.responded_at is not None:
        due = max(due, case.waiting.until)  # its clock stands still: it is not late while it waits
    return {
        "id": case.id,
        "version": saved.version,
        "community": case.community,
        "department": case.department,
        "state": case.state.value,
        "priority": case.priority.value,
        "owner": case.owner,
        "offered_to": case.offer.to if case.offer else None,
        "handed_to": case.handover.to if case.handover else None,
        "escalating": case.escalating,
        "due": due,
        "opened_at": case.opened_at,
        "snoozed_until": case.snoozed_until,
        "since": promised.since,
        "responded_at": promised.responded_at,
        "closed_at": case.closed_at,
        "sight": _sight(case),
        "merged_into": case.merged_into,
        "body": encode_case(saved),
    }


def _sight(case: Case) -> str | None:
    seen_by = viewers(case)
    return f"|{'|'.join(seen_by)}|" if seen_by else None


def _link_new(connection: Connection, threads: Sequence[Thread]) -> None:
    """Links keys that the snapshot did not have: one that somebody else linked meanwhile makes the work stale."""
    rows = [{"key": thread.key, "case_id": thread.case_id, "last_at": thread.last_at} for thread in threads]
    connection.execute(_LINK, rows)


def _link_again(connection: Connection, thread: Thread, seen: Thread) -> None:
    """Links a key as the snapshot saw it. Stale when it leads elsewhere meanwhile."""
    said = {"case_id": thread.case_id, "last_at": thread.last_at}
    was = {"this_key": seen.key, "was_case": seen.case_id, "was_at": seen.last_at}
    if not connection.execute(_LINK_AGAIN, {**said, **was}).rowcount:
        raise Stale(thread.key)


_LINK: Final = insert(THREADS)
_LINK_AGAIN: Final = update(THREADS).where(
    THREADS.c.key == bindparam("this_key"),
    THREADS.c.case_id == bindparam("was_case"),
    THREADS.c.last_at == bindparam("was_at"),
)
