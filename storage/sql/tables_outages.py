"""Tables about the times in which the desk itself did not work. Times are microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from storage.sql.columns import id_column, moment_column, text_column


class PulseRow(SQLModel, table=True):
    """When any process of the desk last said that it works, on both clocks; `stopped` when its last word was goodbye."""

    __tablename__ = "pulse"
    id: int = Field(primary_key=True)
    real_at: datetime = moment_column()
    business_at: datetime = moment_column()
    stopped: bool = False


class OutageRow(SQLModel, table=True):
    """A time in which no process of the desk worked (business time). Mentions from `first_mention` on came after it,
    or had waited through it."""

    __tablename__ = "outages"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = id_column()
    since: datetime = moment_column()
    until: datetime = moment_column()
    stopped: bool = False
    first_mention: int = Field(sa_column=Column(BigInteger, nullable=False))
    caught_up_at: datetime | None = moment_column(nullable=True)


class BacklogRow(SQLModel, table=True):
    """What a department or a person was told after an outage (JSON), as it stood then."""

    __tablename__ = "backlogs"
    outage_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    whom: str = Field(primary_key=True)
    body: str = text_column()
