"""Tombstones: what was erased does not come back with the next import, and nobody can read from them what it was."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, bindparam, select
from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column
from storage.sql.moments import micros
from storage.sql.puts import insert_into

Row = tuple[Any, ...]


class TombstoneRow(SQLModel, table=True):
    """A post that was erased, or an author: of theirs, what was written until then (source's time)."""

    __tablename__ = "tombstones"
    mark: bytes = Field(primary_key=True)
    until: datetime | None = moment_column(nullable=True)


class TombstoneKeyRow(SQLModel, table=True):
    """The key of all marks. Without it nobody can tell whether a certain post or author was erased."""

    __tablename__ = "tombstone_keys"
    name: str = Field(primary_key=True)
    value: bytes


class ErasedCaseRow(SQLModel, table=True):
    """A case of which nothing personal is left."""

    __tablename__ = "erased_cases"
    case_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = moment_column()


STONES: Any = TombstoneRow.__table__  # type: ignore[attr-defined]
KEYS: Any = TombstoneKeyRow.__table__  # type: ignore[attr-defined]
ERASED_CASES: Any = ErasedCaseRow.__table__  # type: ignore[attr-defined]

_KEY: Final = "marks"
_KEY_BYTES: Final = 32
_ASKED: Final = 500
"""How many marks are asked for in one statement."""


def plain_handle(handle: str) -> str:
    """A handle as the desk compares it: networks do not mind an @ nor capital letters."""
    return handle.strip().removeprefix("@").casefold()


def shut(connection: Connection) -> None:
    """Until the transaction ends nothing is taken in: a post that comes while its author is being erased is seen by
    the erasure, or sees the tombstone. A SQLite file has one writer at a time and needs nothing."""
    if connection.dialect.name == "postgresql":
        # Intake reads this table before it writes, and so holds a lock that this one waits for.
        connection.exec_driver_sql(f"LOCK TABLE {KEYS.name} IN ACCESS EXCLUSIVE MODE")


def bury_post(connection: Connection, source: str, external_id: str) -> None:
    """This post is never taken in again, nor an edit of it."""
    _bury(connection, _post_mark(_key(connection), source, external_id), None)


def bury_author(connection: Connection, source: str, handle: str, until: datetime) -> None:
    """What this author wrote until then is never taken in again; what they write later is."""
    _bury(connection, _author_mark(_key(connection), source, handle), until)


def _bury(connection: Connection, mark: bytes, until: datetime | None) -> None:
    new = insert_into(connection, STONES).values(mark=mark, until=until)
    connection.execute(new.on_conflict_do_update(index_elements=["mark"], set_={"until": new.excluded.until}))


def _key(connection: Connection) -> bytes:
    first = insert_into(connection, KEYS).values(name=_KEY, value=secrets.token_bytes(_KEY_BYTES))
    connection.execute(first.on_conflict_do_nothing())
    return bytes(connection.execute(select(KEYS.c.value).where(KEYS.c.name == _KEY)).scalar_one())


def _post_mark(key: bytes, source: str, external_id: str) -> bytes:
    return hmac.digest(key, f"post\0{source}\0{external_id}".encode(), "sha256")


def _author_mark(key: bytes, source: str, handle: str) -> bytes:
    return hmac.digest(key, f"author\0{source}\0{plain_handle(handle)}".encode(), "sha256")


def unburied(
    connection: Connection, rows: Sequence[Row], *, handle: int, created_at: int
) -> Sequence[Row | None]:
    """The driver's rows (source, external id, ...) in their order, None in the place of one that was erased. `handle`
    and `created_at` (in microseconds) say where in a row those stand. While nothing was ever erased this is one look
    into an empty table."""
    found = connection.execute(_THE_KEY).scalar()
    if found is None or not rows:
        return rows
    key = bytes(found)
    posts = [_post_mark(key, row[0], row[1]) for row in rows]
    authors = [_author_mark(key, row[0], row[handle]) for row in rows]
    stones = _stones(connection, [*posts, *dict.fromkeys(authors)])
    return [
        row if post not in stones and row[created_at] > stones.get(author, -1) else None
        for row, post, author in zip(rows, posts, authors, strict=True)
    ]


def _stones(connection: Connection, marks: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for start in range(0, len(marks), _ASKED):
        rows = connection.execute(_STONES, {"marks": marks[start : start + _ASKED]})
        found.update((bytes(row.mark), micros(row.until) if row.until else 0) for row in rows)
    return found


_THE_KEY: Final = select(KEYS.c.value).where(KEYS.c.name == _KEY)
_STONES: Final = select(STONES.c.mark, STONES.c.until).where(
    STONES.c.mark.in_(bindparam("marks", expanding=True))
)
