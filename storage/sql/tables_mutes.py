"""What people do not want to be told."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column


class MuteRow(SQLModel, table=True):
    """One thing that a person does not want; of one department, or of all when `department` is empty."""

    __tablename__ = "mutes"
    person: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    department: str = Field(primary_key=True)
    at: datetime = moment_column()
