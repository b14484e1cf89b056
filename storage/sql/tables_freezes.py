"""Tables about what may not be published, and about the words cases are tagged with. Times are business time, UTC."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column, text_column


class FreezeRow(SQLModel, table=True):
    """A stop on publishing: `all`, `community:<name>` or `case:<number>`."""

    __tablename__ = "freezes"
    scope: str = Field(primary_key=True)
    by: str
    at: datetime = moment_column()
    why: str = text_column()


class CaseTagRow(SQLModel, table=True):
    """A tag of a case, as its body has it, for whoever asks by tag; `at` is when the case got it."""

    __tablename__ = "case_tags"
    __table_args__ = (Index("case_tags_tag", "tag", "case_id"), Index("case_tags_at", "at"))
    case_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    tag: str = Field(primary_key=True)
    at: datetime = moment_column()
