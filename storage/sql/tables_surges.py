"""Tables about surges. Times are microseconds since 1970 UTC, business time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column


class LeadRow(SQLModel, table=True):
    """A post of the last hours that opened a case which near-copies may join. Its words stand with the mention."""

    __tablename__ = "leads"
    __table_args__ = (Index("leads_changed", "community", "changed_at"),)
    mention: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    community: str
    case_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    department: str
    kind: str
    said_at: datetime = moment_column()
    last_at: datetime = moment_column()
    changed_at: datetime = moment_column()
