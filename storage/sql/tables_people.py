"""Tables about who is who, and where they are reached. Times are microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column, text_column


class IdentityRow(SQLModel, table=True):
    """Who a chat platform's user is. `checked_at` is real time."""

    __tablename__ = "identities"
    platform: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    email: str
    name: str
    zone: str
    standing: str
    team: str
    checked_at: datetime = moment_column()


class GroupMemberRow(SQLModel, table=True):
    """One user in one of a chat platform's user groups."""

    __tablename__ = "group_members"
    platform: str = Field(primary_key=True)
    group_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)


class ReferenceRow(SQLModel, table=True):
    """Where one of a chat platform's conversations is reached, as its adapter wrote it down (JSON)."""

    __tablename__ = "chat_references"
    platform: str = Field(primary_key=True)
    about: str = Field(primary_key=True)
    data: str = text_column()
