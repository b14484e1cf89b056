"""Kinds of columns and indexes that many tables have."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, Text, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Field

from storage.sql.engine import LOWER
from storage.sql.moments import Moment

_BIG_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite hands out ids for INTEGER keys only."""

OPEN: Final = "state IN ('open', 'claimed')"
"""An index on a part is used by a question that says the very same words."""

UNANSWERED: Final = f"{OPEN} AND responded_at IS NULL"

SECOND_THOUGHTS: Final = "kind IN ('resolved', 'dismissed', 'accepted', 'merged')"
"""The acts that people can take back."""


class lowered(FunctionElement[str]):
    """The text in small letters of any alphabet. SQLite's own `lower` knows the letters A to Z only."""

    type = Text()
    inherit_cache = True
    name = "lowered"


@compiles(lowered)
def _lower(element: lowered, compiler: Any, **how: Any) -> str:
    return f"lower({compiler.process(element.clauses, **how)})"


@compiles(lowered, "sqlite")
def _lower_on_sqlite(element: lowered, compiler: Any, **how: Any) -> str:
    return f"{LOWER}({compiler.process(element.clauses, **how)})"


class plain(FunctionElement[str]):
    """The text as LIKE finds ASCII letters in it, whether capital or small, when they are looked for in small ones."""

    type = Text()
    inherit_cache = True
    name = "plain"


@compiles(plain)
def _plain(element: plain, compiler: Any, **how: Any) -> str:
    return f"lower({compiler.process(element.clauses, **how)})"


@compiles(plain, "sqlite")
def _plain_on_sqlite(element: plain, compiler: Any, **how: Any) -> str:
    # LIKE minds no case there by itself, at half the cost.
    return str(compiler.process(element.clauses, **how))


def part_index(name: str, *columns: str, where: str, on_postgresql: str = "") -> Index:
    """An index on those rows only. SQLite has no booleans, so some conditions are said in two ways."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(on_postgresql or where))


def id_column() -> Any:
    return Field(default=None, sa_column=Column(_BIG_ID, primary_key=True, autoincrement=True))


def moment_column(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Moment, nullable=nullable, index=index))


def text_column(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Text, nullable=nullable))
