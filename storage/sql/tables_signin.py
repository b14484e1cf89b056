"""Tables of signing in to the web chat: digests only, no secrets. Times are microseconds since 1970 UTC, real time."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.sql.columns import moment_column


class SignInLinkRow(SQLModel, table=True):
    """The one link by which a person may sign in until `ends_at`."""

    __tablename__ = "sign_in_links"
    person: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    ends_at: datetime = moment_column()


class WebSessionRow(SQLModel, table=True):
    """Somebody who is signed in; over at `ends_at` however often it is used."""

    __tablename__ = "web_sessions"
    digest: str = Field(primary_key=True)
    person: str = Field(index=True)
    began_at: datetime = moment_column()
    seen_at: datetime = moment_column()
    ends_at: datetime = moment_column()
