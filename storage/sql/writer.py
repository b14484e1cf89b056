"""The writer: every waiting unit of work in one transaction, each under its own savepoint.

The batch grows while the previous commit runs, so there is no linger timer: alone a unit waits for nobody,
in a crowd hundreds share one commit. A unit that fails is rolled back alone and told why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from bot.ports import Overloaded
from storage.sql.errors import Crossed, translate
from storage.sql.turns import NONE, Rows, lock

Write = Callable[[Connection], Any]
"""One write of a unit. Raises Stale, AlreadyDone or JobLost to roll its whole unit back."""


class Bulk(Protocol):
    """Applies many units of one kind at once: a result for each. It fails for all or for none."""

    def __call__(self, connection: Connection, /, loads: Sequence[Any]) -> list[Any]: ...
    def __hash__(self) -> int: ...


QUEUE: Final = 20_000
BATCH: Final = 500
AGAIN: Final = 5
"""How often a unit is applied that another transaction crossed."""


@dataclass(slots=True)
class Unit:
    """Writes that hold together or not at all. `weight` counts towards the queue's limit.

    `rows` are locked before the batch begins. What is `last` is applied after all others of its batch.
    """

    done: asyncio.Future[Any] = field(repr=False)
    writes: Sequence[Write] = ()
    weight: int = 1
    rows: Rows = NONE
    last: bool = False
    tries: int = 1
    bulk: Bulk | None = None
    load: Any = None


class Committer(Protocol):
    """One connection of a database, in which batches of units are applied, one batch after the other."""

    async def apply(self, units: Sequence[Unit]) -> list[Any]:
        """Applies the units in one transaction: a result or an exception for each, in order. Raises nothing."""

    async def close(self) -> None: ...


def _nobody_asks() -> None:
    """Nobody wants to know of commits."""


class Writer:
    """The only place that writes: callers wait for the commit. `wrote` is called after every one."""

    def __init__(
        self, committer: Committer, *, queue: int = QUEUE, wrote: Callable[[], None] = _nobody_asks
    ) -> None:
        self._committer, self.wrote = committer, wrote
        self._limit = queue
        self._waiting: list[Unit] = []
        self._weight = 0
        self._busy: asyncio.Task[None] | None = None
        self._closed = False
        self.trouble = ""
        """Why the last batch could not be written, where somebody has to see to it."""
        self.batches = 0
        self.units = 0

    @property
    def depth(self) -> int:
        """How much is waiting, for metrics."""
        return self._weight

    async def submit(
        self, writes: Sequence[Write], *, weight: int = 1, rows: Rows = NONE, last: bool = False
    ) -> list[Any]:
        """Applies the writes in order and returns their results after the commit.

        Raises Overloaded when the queue is full, Stale when somebody else was first, or what a write raised.
        """
        done: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        results: list[Any] = await self._enqueue(Unit(done, writes, weight, rows, last))
        return results

    async def submit_bulk(self, bulk: Bulk, load: Any, *, weight: int) -> Any:
        """Hands `load` to `bulk` together with all others waiting for it; its own result after the commit."""
        return await self._enqueue(
            Unit(asyncio.get_running_loop().create_future(), weight=weight, bulk=bulk, load=load)
        )

    async def _enqueue(self, unit: Unit) -> Any:
        if self._closed:
            raise RuntimeError("the store is closed")
        # What is larger than the whole queue is let in alone: told to come again, it never would.
        if self._weight and self._weight + unit.weight > self._limit:
            raise Overloaded
        self._waiting.append(unit)
        self._weight += unit.weight
        if self._busy is None:
            self._busy = asyncio.create_task(self._drain())
        # A caller that gives up does not take back what is on its way into the transaction.
        return await unit.done

    async def close(self) -> None:
        """Waits for what is on its way, then lets go of the database. Whoever writes later gets a RuntimeError."""
        if self._closed:
            return
        self._closed = True
        if self._busy is not None:
            await self._busy
        await self._committer.close()

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                results = await self._committer.apply(batch)
                self.wrote()
                self.trouble = _trouble(results)
                self.batches += 1
                self.units += len(batch)
                crossed = []
                for unit, result in zip(batch, results, strict=True):
                    if isinstance(result, Crossed) and unit.tries < AGAIN:
                        unit.tries += 1
                        crossed.append(unit)
                        continue
                    self._weight -= unit.weight
                    _answer(unit.done, result)
                self._waiting = crossed + self._waiting
        finally:
            self._busy = None


def apply_all(connection: Connection, units: Sequence[Unit]) -> list[Any]:
    """One transaction with every unit: a result or an exception for each, in order."""
    if len(units) == 1 and units[0].bulk is None:
        return [_apply_single(connection, units[0].writes)]
    bulk = units[0].bulk
    if bulk is not None and all(unit.bulk == bulk for unit in units):
        # What intake has all day. A transaction of its own needs no savepoint.
        together = _apply_single(connection, [partial(bulk, loads=[unit.load for unit in units])])
        if not isinstance(together, Exception):
            return list(together[0])
        # One bad load must not fail its neighbours: each again, under a savepoint of its own.
    with connection.begin():
        lock(connection, (unit.rows for unit in units))
        return _apply_each(connection, units)


def _apply_each(connection: Connection, units: Sequence[Unit]) -> list[Any]:
    """A result or an exception for each unit, in order; units of one bulk kind share one savepoint."""
    results: dict[int, Any] = {}
    kinds: dict[Bulk, list[int]] = {}
    for index, unit in enumerate(units):
        if unit.bulk is not None:
            kinds.setdefault(unit.bulk, []).append(index)
    for index, unit in enumerate(units):
        if unit.bulk is None and not unit.last:
            results[index] = _apply_alone(connection, unit.writes)
    # What every replica changes all the time comes late, so that it is not held for long.
    for bulk, indexes in kinds.items():
        together = _apply_alone(connection, [partial(bulk, loads=[units[i].load for i in indexes])])
        if isinstance(together, Exception):
            # One bad load must not fail its neighbours.
            for i in indexes:
                alone = _apply_alone(connection, [partial(bulk, loads=[units[i].load])])
                results[i] = alone if isinstance(alone, Exception) else alone[0][0]
        else:
            results.update(zip(indexes, together[0], strict=True))
    for index, unit in enumerate(units):
        if unit.last:
            results[index] = _apply_alone(connection, unit.writes)
    return [results[index] for index in range(len(units))]


def _apply_single(connection: Connection, writes: Sequence[Write]) -> list[Any] | Exception:
    """A transaction of its own needs no savepoint."""
    with connection.begin() as transaction:
        try:
            return [write(connection) for write in writes]
        except Exception as error:  # its own caller is told
            transaction.rollback()
            return translate(error)


def _apply_alone(connection: Connection, writes: Sequence[Write]) -> list[Any] | Exception:
    connection.exec_driver_sql("SAVEPOINT unit")
    try:
        results = [write(connection) for write in writes]
    except Exception as error:  # its own caller is told; the others' units stand
        try:
            connection.exec_driver_sql("ROLLBACK TO unit")
            connection.exec_driver_sql("RELEASE unit")
        except (DBAPIError, PendingRollbackError) as gone:
            # A full disk may undo the whole transaction, and so does a server that dies: then every unit of it failed,
            # and for this reason.
            raise error from gone
        return translate(error)
    connection.exec_driver_sql("RELEASE unit")
    return results


def _trouble(results: Sequence[Any]) -> str:
    return next((each.why for each in results if isinstance(each, Overloaded) and each.why), "")


def _answer(done: asyncio.Future[Any], result: Any) -> None:
    if done.done():
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
