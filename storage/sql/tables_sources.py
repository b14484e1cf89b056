"""Tables of what is listened to. Times are microseconds since 1970 UTC, real time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column, text_column


class SourceRow(SQLModel, table=True):
    """One source: where to go on, who listens until when, and how it is since when."""

    __tablename__ = "sources"
    name: str = Field(primary_key=True)
    cursor: str | None = text_column(nullable=True)
    fence: int
    lease_until: datetime = moment_column()
    state: str
    since: datetime = moment_column()
    said: str = text_column()
    heard_at: datetime | None = moment_column(nullable=True)


class SecretRow(SQLModel, table=True):
    """A secret that a network gave us, sealed."""

    __tablename__ = "secrets"
    name: str = Field(primary_key=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = moment_column()
