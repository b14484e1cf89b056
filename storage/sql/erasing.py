"""Erasing as the desk does it: at a customer's wish, and what is older than the policy keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, bindparam, exists, select

from bot.domain.events import Kind
from bot.domain.people import PersonId
from storage.sql import audit
from storage.sql.cases import CASES
from storage.sql.codec import decode_case
from storage.sql.erase import AT_THEIR_WISH, CLOSED, TOO_OLD, Erased, Eraser
from storage.sql.erase_shown import unsaid, wipe, wiped
from storage.sql.export import written_by
from storage.sql.store import SqlStore
from storage.sql.tombstones import ERASED_CASES
from storage.sql.turns import Rows, lock

BATCH: Final = 20
"""How many old cases go in one transaction: people work meanwhile."""
_LOOKED: Final = 500
_NO_END: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was erased, and in how many messages of the web chat it was wiped out beside."""

    erased: Erased
    wiped: int


async def erase_customer(store: SqlStore, network: str, handle: str, *, by: PersonId) -> Outcome:
    """Erases what this author wrote and keeps it from coming back. The audit says that it was done, not to whom."""
    eraser = Eraser(policy=store.policy, now=store.clock.now(), why=AT_THEIR_WISH, by=by)
    rows = await store.reader.once(lambda c: written_by(c, network, handle))
    cases = sorted({row.case_id for row in rows if row.case_id is not None})
    return await _erased(store, partial(eraser.customer, network=network, handle=handle), eraser, cases)


async def erase_old(store: SqlStore, keep: timedelta) -> int:
    """Erases some of the cases that were closed longer ago than `keep`; how many: with BATCH there may be more."""
    now = store.clock.now()
    numbers = await store.reader.once(partial(_closed_before, before=now - keep))
    if numbers:
        eraser = Eraser(policy=store.policy, now=now, why=TOO_OLD)
        await _erased(store, partial(eraser.cases, numbers=numbers), eraser, numbers)
    return len(numbers)


async def _erased(store: SqlStore, do: partial[Erased], eraser: Eraser, cases: Sequence[int]) -> Outcome:
    """`cases` are locked before anything else, as by everybody who writes."""
    done: list[Erased] = []
    rows = Rows(cases=tuple(cases))

    def write(connection: Connection) -> None:
        # In a transaction of its own nobody has locked them yet.
        lock(connection, [rows])
        erased = do(connection)
        # Where another transaction crossed this one it is done once more, from the beginning.
        done[:] = [erased]
        if eraser.why == TOO_OLD and not erased.cases:
            # Another replica was first.
            return
        if erased.traces is not None:
            unsaid(connection, erased.traces)
        audit.record(
            connection,
            Kind.ERASED,
            by=eraser.by,
            at=eraser.now,
            why=eraser.why,
            mentions=erased.mentions,
            events=erased.events,
            cases=len(erased.cases),
        )

    await store.submit([write], rows=rows)
    (erased,) = done
    return Outcome(erased=erased, wiped=await _wipe(store, erased))


async def _wipe(store: SqlStore, erased: Erased) -> int:
    """Looked for beside the writer: the web chat may have said much since then."""
    left, alone = erased.traces, erased.alone
    if left is None:
        return 0
    found = await store.reader.once(lambda c: wiped(c, left, alone))
    if not found:
        return 0
    (count,) = await store.writer.submit([lambda c: wipe(c, found)], last=True)
    return int(count)


def _closed_before(connection: Connection, before: datetime) -> list[int]:
    """The first of those cases. Numbers grow with time, so nobody looks far past the
    first case that is too young."""
    young = connection.execute(_FIRST_YOUNG, {"before": before}).scalar()
    end = young + _LOOKED if young is not None else _NO_END
    found: list[int] = []
    after = 0
    while len(found) < BATCH:
        rows = connection.execute(_CLOSED, {"before": before, "after": after, "end": end}).all()
        for row in rows:
            closed_at = decode_case(row.body).closed_at
            if closed_at is not None and closed_at < before:
                found.append(row.id)
        if len(rows) < _LOOKED:
            break
        after = rows[-1].id
    return found[:BATCH]


_FIRST_YOUNG: Final = (
    select(CASES.c.id).where(CASES.c.opened_at >= bindparam("before")).order_by(CASES.c.id).limit(1)
)
_CLOSED: Final = (
    select(CASES.c.id, CASES.c.body)
    .where(
        CASES.c.id > bindparam("after"),
        CASES.c.id < bindparam("end"),
        CASES.c.state.in_(CLOSED),
        CASES.c.opened_at < bindparam("before"),
        ~exists().where(ERASED_CASES.c.case_id == CASES.c.id),
    )
    .order_by(CASES.c.id)
    .limit(_LOOKED)
)
