"""The words that cases are tagged with, beside their bodies, for whoever asks by tag."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.domain.case import Case
from storage.sql.tables import CaseRow
from storage.sql.tables_freezes import CaseTagRow

TAGS: Any = CaseTagRow.__table__  # type: ignore[attr-defined]
_CASES: Any = CaseRow.__table__  # type: ignore[attr-defined]


def save_tags(connection: Connection, case: Case, before: tuple[str, ...]) -> None:
    """The rows as the case's body has its tags; what stays keeps its moment."""
    gone = [{"this_case": case.id, "this_tag": tag} for tag in before if tag not in case.tags]
    at = case.last_at or case.opened_at
    new = [{"case_id": case.id, "tag": tag, "at": at} for tag in case.tags if tag not in before]
    if gone:
        connection.execute(_REMOVE, gone)
    if new:
        connection.execute(_ADD, new)


def in_use(connection: Connection, department: str, since: datetime, limit: int) -> list[str]:
    """The department's tags since then, the one used most first."""
    rows = connection.execute(_IN_USE, {"department": department, "since": since, "most": limit})
    return [row.tag for row in rows]


def tagged(tag: str) -> Any:
    """The numbers of the cases that have the tag."""
    return select(TAGS.c.case_id).where(TAGS.c.tag == tag)


_ADD: Final = insert(TAGS)
_REMOVE: Final = delete(TAGS).where(
    TAGS.c.case_id == bindparam("this_case"), TAGS.c.tag == bindparam("this_tag")
)
_IN_USE: Final = (
    select(TAGS.c.tag)
    .join(_CASES, _CASES.c.id == TAGS.c.case_id)
    # Many read what is suggested, so what restricted cases are tagged with is not.
    .where(
        TAGS.c.at >= bindparam("since"),
        _CASES.c.department == bindparam("department"),
        _CASES.c.sight.is_(None),
    )
    .group_by(TAGS.c.tag)
    .order_by(func.count().desc(), TAGS.c.tag)
    .limit(bindparam("most"))
)
