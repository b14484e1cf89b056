"""Who is away, and who covers. Times are business time, microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column


class AbsenceRow(SQLModel, table=True):
    """One person is away; `until` is NULL until they say that they are back."""

    __tablename__ = "absences"
    person: str = Field(primary_key=True)
    since: datetime = moment_column()
    said_by: str
    until: datetime | None = moment_column(nullable=True)
    cover: str | None = None
    cover_until: datetime | None = moment_column(nullable=True)
