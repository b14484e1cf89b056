"""Every table. Times are microseconds since 1970 UTC; business time unless a column's comment says real."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.sql.columns import (
    OPEN,
    SECOND_THOUGHTS,
    UNANSWERED,
    id_column,
    moment_column,
    part_index,
    text_column,
)


class MentionRow(SQLModel, table=True):
    """One public post, as its newest revision stands. New until it has a case or is set aside."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("source", "external_id", name="mentions_once"),
        part_index("mentions_new", "community", "id", where="case_id IS NULL AND set_aside IS NULL"),
        Index("mentions_case", "case_id", "id"),
        part_index("mentions_url", "url", where="url IS NOT NULL"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = id_column()
    source: str
    external_id: str
    community: str
    received_at: datetime = moment_column()
    created_at: datetime = moment_column()
    edited_at: datetime | None = moment_column(nullable=True)
    handle: str
    name: str | None = None
    bio: str | None = text_column(nullable=True)
    followers: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    text: str = text_column()
    url: str | None = text_column(nullable=True)
    lang: str | None = None
    brand: str | None = None
    in_reply_to: str | None = None
    thread: str | None = None
    extra: str = text_column()
    case_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    set_aside: str | None = text_column(nullable=True)


class RevisionRow(SQLModel, table=True):
    """What an edit at the source brought (`shown` is false until the case knows), and what stood there before."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("mention_id", "edited_at", name="revisions_once"),
        part_index("revisions_new", "id", where="shown = 0", on_postgresql="NOT shown"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = id_column()
    mention_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    edited_at: datetime = moment_column()
    received_at: datetime = moment_column()
    text: str = text_column()
    extra: str = text_column()
    shown: bool = False


class CaseRow(SQLModel, table=True):
    """A case: `body` holds all of it, the columns beside it are what inboxes ask for.

    `sight` is who sees a restricted case, departments and e-mails, each between two bars; NULL for everybody.
    """

    __tablename__ = "cases"
    __table_args__ = (
        # Inboxes ask for what is open; what was closed over the years does not make them slower.
        part_index("cases_inbox", "department", "priority", "due", "id", where=OPEN),
        part_index("cases_owner", "owner", "priority", "due", "id", where=OPEN),
        part_index("cases_open", "priority", "due", "id", where=OPEN),
        part_index("cases_unanswered", "department", "since", "id", where=UNANSWERED),
        Index("cases_since", "since", "community"),
        part_index("cases_offered", "offered_to", where="offered_to IS NOT NULL"),
        part_index("cases_handed", "handed_to", where="handed_to IS NOT NULL"),
        part_index("cases_merged", "merged_into", where="merged_into IS NOT NULL"),
        part_index("cases_escalating", "id", where="escalating = 1", on_postgresql="escalating"),
        # The board and the queues count what is open: everything they count stands in the index.
        part_index("cases_board", "department", "state", "opened_at", "due", where=OPEN),
        # Few cases are restricted: lists leave out what is hidden instead of asking each case.
        part_index("cases_sight", "state", "sight", "id", where="sight IS NOT NULL"),
    )
    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    version: int
    community: str
    department: str
    state: str
    priority: str
    owner: str | None = None
    offered_to: str | None = None
    handed_to: str | None = None
    escalating: bool = False
    due: datetime = moment_column()
    opened_at: datetime = moment_column()
    snoozed_until: datetime | None = moment_column(nullable=True)
    since: datetime | None = moment_column(nullable=True)
    responded_at: datetime | None = moment_column(nullable=True)
    closed_at: datetime | None = moment_column(nullable=True)
    sight: str | None = text_column(nullable=True)
    merged_into: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    body: bytes


class ThreadRow(SQLModel, table=True):
    """A key under which mentions find their case."""

    __tablename__ = "threads"
    key: str = Field(sa_column=Column(Text, primary_key=True))
    case_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_at: datetime = moment_column()


class EventRow(SQLModel, table=True):
    """One fact in its subject's hash chain. `data`, `actor` and `salt` may be erased; `digest` and `hash` stay."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("subject", "seq", name="events_once"),
        Index("events_department", "department", "at", "kind"),
        part_index("events_second_thoughts", "actor", "at", where=SECOND_THOUGHTS),
        {"sqlite_autoincrement": True},
    )
    id: int | None = id_column()
    subject: str
    seq: int
    kind: str
    department: str
    at: datetime = moment_column()
    actor: str | None = None
    place: str | None = None
    data: str | None = text_column(nullable=True)
    salt: bytes | None = None
    digest: bytes
    hash: bytes


class JobRow(SQLModel, table=True):
    """A timer (no lane) or a delivery. `due` is business time; `not_before` and `lease_until` are real time."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("key", name="jobs_once"),
        part_index("jobs_timers", "due", where="lane IS NULL AND set_aside IS NULL"),
        part_index("jobs_lanes", "lane", "rank", "due", "id", where="lane IS NOT NULL AND set_aside IS NULL"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = id_column()
    kind: str
    key: str
    args: str = text_column()
    lane: str | None = None
    rank: int
    due: datetime = moment_column()
    not_before: datetime = moment_column()
    gen: int
    fence: int
    lease_until: datetime = moment_column()
    failures: int
    set_aside: str | None = text_column(nullable=True)


class LaneRow(SQLModel, table=True):
    """A conversation we speak in, with the earliest `due` (business time) and the most urgent rank of its deliveries.

    The other times are real time.
    """

    __tablename__ = "lanes"
    __table_args__ = (part_index("lanes_due", "due", where="due IS NOT NULL"),)
    lane: str = Field(primary_key=True)
    due: datetime | None = moment_column(nullable=True)
    rank: int
    next_ok: datetime = moment_column()
    lease_until: datetime = moment_column()
    fence: int


class MessageRow(SQLModel, table=True):
    """One message begun for a delivery key: sending, sent, lost (known not posted) or failed."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("messages_key", "key", "id"),
        part_index("messages_posted", "message", "conversation", "platform", where="message IS NOT NULL"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = id_column()
    key: str
    nonce: str = Field(unique=True)
    state: str
    place: str
    platform: str | None = None
    conversation: str | None = None
    message: str | None = None
    shown: str
    begun_at: datetime = moment_column()


class SeenRow(SQLModel, table=True):
    """A platform event whose effect is committed. `at` is real time."""

    __tablename__ = "seen"
    event_id: str = Field(sa_column=Column(Text, primary_key=True))
    at: datetime = moment_column(index=True)


class DigestRow(SQLModel, table=True):
    """A digest that a channel has: at most one per kind and local date."""

    __tablename__ = "digests_posted"
    channel: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    local_date: date = Field(primary_key=True)


class CounterRow(SQLModel, table=True):
    """Numbers that only grow."""

    __tablename__ = "counters"
    name: str = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, nullable=False))


class ClockRow(SQLModel, table=True):
    """The business clock: `business_anchor` stood when real time was `real_anchor`, and runs at `rate`."""

    __tablename__ = "clock"
    id: int = Field(primary_key=True)
    real_anchor: datetime = moment_column()
    business_anchor: datetime = moment_column()
    rate: float


class WebMessageRow(SQLModel, table=True):
    """One message of the built-in web chat. `change` grows with every change of any message."""

    __tablename__ = "web_messages"
    __table_args__ = (
        Index("web_messages_line", "conversation", "reply_to", "id"),
        Index("web_messages_thread", "reply_to", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = id_column()
    conversation: str
    nonce: str = Field(unique=True)
    at: datetime = moment_column()
    edited_at: datetime | None = moment_column(nullable=True)
    deleted: bool = False
    by: str | None = None
    reply_to: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    card: bytes | None = None
    text: str | None = text_column(nullable=True)
    change: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
