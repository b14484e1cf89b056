"""What the desk asks of the world, as Protocols. Rooms to the left implement them; wiring joins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from types import TracebackType
from typing import Protocol, Self

from bot.cards.card import Card
from bot.domain.case import Case, State
from bot.domain.events import Datum, Event, Kind
from bot.domain.mention import Mention
from bot.domain.people import PersonId

# -- places ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words are heard or said. `conversation` is the platform's own name of it.

    `person` is set for a direct message, `department` for a department's channel, `case_id` inside a case's thread.
    """

    platform: str
    conversation: str
    person: PersonId | None = None
    department: str | None = None
    case_id: int | None = None

    def __str__(self) -> str:
        return f"{self.platform}:{self.conversation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message of ours as its platform knows it."""

    platform: str
    conversation: str
    message: str


# -- jobs ----------------------------------------------------------------------------------


class Rank(IntEnum):
    """The order in which words leave a lane."""

    PAGE = 0
    FIRST_CARD = 1
    NOTE = 2
    EDIT = 3
    DIGEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A job to have, by its unique key. `due` is business time. With a lane it is a delivery, without a timer."""

    kind: str
    key: str
    due: datetime
    args: Mapping[str, Datum] = field(default_factory=dict)
    lane: str | None = None
    rank: Rank = Rank.EDIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as taken. `gen` counts its puts, `fence` its takings: both guard its finish."""

    id: int
    kind: str
    key: str
    args: Mapping[str, Datum]
    lane: str | None
    rank: int
    due: datetime
    gen: int
    fence: int
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A lane that this worker holds until its lease ends; every write names the fence."""

    lane: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What we know of one message begun for a delivery key. `posted` is None while its fate is unknown; `shown` marks
    the card it shows; `attempts` counts the messages of this key that are, or may be, there."""

    id: int
    key: str
    nonce: str
    place: str
    posted: Posted | None
    shown: str
    attempts: int


class Jobs(Protocol):
    """Jobs as handlers and effects use them: they leave with the transaction."""

    def put(self, put: Put) -> None: ...
    def drop(self, key: str) -> None: ...


class Timers(Protocol):
    """Jobs as the worker takes them. Leases and delays here are real time."""

    async def take(self, limit: int, lease: timedelta) -> Sequence[Job]:
        """Due timers without a live lease, leased to the caller."""

    async def defer(self, job: Job, after: timedelta) -> None:
        """Not now, and no fault of its own."""

    async def fail(self, job: Job, after: timedelta) -> None:
        """It failed; counted, and tried again later."""

    async def set_aside(self, job: Job, reason: str) -> None:
        """It failed too often: kept, never tried again by itself."""

    async def next_due(self, *, lanes: bool = True) -> tuple[datetime | None, datetime | None]:
        """(business, real): the next moments at which a timer or a lane may be taken; None for never.

        With `lanes` false, of timers alone.
        """


class Lanes(Protocol):
    """Deliveries as the worker takes them: one lane at a time, each write guarded by the lane's fence."""

    async def take(self, limit: int, lease: timedelta) -> Sequence[Hold]: ...
    async def renew(self, hold: Hold, lease: timedelta) -> bool: ...
    async def next_job(self, hold: Hold) -> Job | None: ...
    async def last_message(self, key: str) -> Message | None: ...
    async def begin(self, hold: Hold, job: Job, *, nonce: str, place: Place, shown: str) -> Message | None:
        """Commits the intent to send. None when the lane or the job's newest state is no longer ours."""

    async def finish(self, hold: Hold, job: Job, message: Message | None, posted: Posted | None, shown: str) -> bool:
        """Records what was posted and ends the job. False when another worker took over and knows nothing of it:
        then what was posted has to be deleted."""

    async def lost(self, message: Message) -> None:
        """What this send tried is known not to have been posted."""

    async def fail(self, hold: Hold, job: Job, after: timedelta) -> None:
        """It failed; counted, and the lane waits, so that nothing overtakes it."""

    async def give_up(self, hold: Hold, job: Job, tell: Put) -> None:
        """Ends the job undelivered; `tell` is the job that says so to a person, in the same transaction."""

    async def pause(self, hold: Hold, until: datetime) -> None:
        """Nothing leaves this lane before `until` (real time)."""

    async def release(self, hold: Hold) -> None: ...


# -- the store ---------------------------------------------------------------------------------


class Stale(Exception):
    """Somebody else saved first, or the database asks to try again. The work may be run again from its start."""


class AlreadyDone(Exception):
    """This very event of the platform was handled before; its effect stands."""


class JobLost(Exception):
    """The timer's lease passed to another worker, so nothing of this run was saved."""


class Overloaded(Exception):
    """The writer's queue is full; `retry_after` in seconds."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; every field that is set must hold. Ordered by priority, then by what is due first."""

    departments: tuple[str, ...] | None = None
    communities: tuple[str, ...] | None = None
    states: tuple[State, ...] = (State.OPEN, State.CLAIMED)
    owner: PersonId | None = None
    offered_to: tuple[str, ...] | None = None
    escalated: bool | None = None
    due_before: datetime | None = None
    awake_at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A key under which mentions find their case: a network's thread, or an author in a community."""

    key: str
    case_id: int
    last_at: datetime


class Cases(Protocol):
    async def get(self, case_id: int) -> Case:
        """Raises NoSuchCase."""

    async def number(self) -> int:
        """A number never used before. Gaps are possible."""

    async def save(self, case: Case) -> None:
        """Stores the case, its pending events and the jobs that follow. Once per work and case."""

    async def find(self, which: CaseFilter, *, limit: int = 20, offset: int = 0) -> Sequence[Case]: ...
    async def count(self, which: CaseFilter) -> int: ...
    async def history(self, case_id: int, *, limit: int = 50) -> Sequence[Event]:
        """Newest first."""

    async def event(self, case_id: int, seq: int) -> Event | None: ...
    async def threads(self, keys: Iterable[str]) -> Mapping[str, Thread]: ...
    async def link(self, threads: Iterable[Thread]) -> None:
        """Keys that lead to a case from now on. A key that another work linked meanwhile makes this one stale."""


class Mentions(Protocol):
    async def new(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        """Mentions without a case, oldest first."""

    async def revisions(self, communities: Sequence[str], limit: int) -> Sequence[Mention]:
        """Newer texts of mentions that have a case, not shown yet."""

    async def file(self, mention: Mention, case_id: int) -> None:
        """The mention belongs to the case. Stale when it was filed meanwhile."""

    async def revise(self, mention: Mention) -> None:
        """The newer text stands from now on; the old one is kept."""

    async def set_aside(self, mention: Mention, reason: str) -> None: ...
    async def add(self, mention: Mention) -> int:
        """A mention a person brought, to be filed by this very work; its id."""

    async def of(self, case_id: int, *, limit: int = 5) -> Sequence[Mention]:
        """Newest first."""

    async def get(self, mention_id: int) -> Mention | None: ...
    async def by_link(self, url: str) -> Mention | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the digest counts, for one department between two moments (UTC)."""

    opened: int = 0
    resolved: int = 0
    dismissed: int = 0
    responded: int = 0
    in_time: int = 0
    missed: int = 0
    handed_in: int = 0
    handed_out: int = 0
    escalations: int = 0
    by_hour: tuple[int, ...] = ()


class Tallies(Protocol):
    async def between(self, department: str, start: datetime, end: datetime) -> Tally:
        """`by_hour` counts cases opened in each full hour from `start`."""

    async def posted(self, channel: str, kind: str, local_date: date) -> bool:
        """Whether that digest is in the channel already."""


class Work(Protocol):
    """One unit of work: reads a snapshot, collects writes, and leaving it without an error commits them together."""

    @property
    def cases(self) -> Cases: ...
    @property
    def mentions(self) -> Mentions: ...
    @property
    def tallies(self) -> Tallies: ...
    @property
    def jobs(self) -> Jobs: ...

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Whose unit of work it is: the event id makes it once-only, the job is finished with it."""

    event_id: str | None = None
    place: str = ""
    job: Job | None = None


class Store(Protocol):
    """Gives out units of work."""

    def work(self, origin: Origin) -> Work: ...


# -- intake ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mention as its source sent it, checked but not stored."""

    source: str
    external_id: str
    community: str
    created_at: datetime
    handle: str
    text: str
    name: str | None = None
    bio: str | None = None
    followers: int | None = None
    url: str | None = None
    lang: str | None = None
    brand: str | None = None
    in_reply_to: str | None = None
    thread: str | None = None
    edited_at: datetime | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """How many were new (or newer revisions), and how many were known."""

    accepted: int
    duplicates: int


class Intake(Protocol):
    async def append(self, mentions: Sequence[Incoming]) -> Appended:
        """Returns after the commit: what was accepted survives kill -9. Raises Overloaded when the queue is full."""


# -- chat --------------------------------------------------------------------------------------------


class ChatError(Exception):
    """A chat platform's answer, translated at the edge; the platform's own error is its cause."""


class SlowDown(ChatError):
    """Too many requests; nothing was posted. `after` is how long the platform asks to wait."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(after)
        self.after = after


class Failed(ChatError):
    """It did not work this time and nothing was posted; trying again may help."""


class FateUnknown(ChatError):
    """The answer never came: the message may or may not be there."""


class Gone(ChatError):
    """The message to edit, or the thread to answer in, is not there any more."""


class Undeliverable(ChatError):
    """It will never work: no such channel, blocked, not allowed. The text is for a person."""


class Chat(Protocol):
    """A chat platform to speak in. Every method raises ChatErrors only."""

    @property
    def platform(self) -> str: ...
    @property
    def searchable(self) -> bool: ...

    async def direct(self, person: PersonId) -> Place:
        """The person's direct conversation with us. Undeliverable when there is no way."""

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        """Posts with the nonce in its metadata, below `reply_to` where given."""

    async def edit(self, posted: Posted, card: Card) -> None: ...
    async def delete(self, posted: Posted) -> None: ...
    async def find(self, place: Place, nonce: str) -> Posted | None:
        """Looks for a message of unknown fate; only where `searchable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebMessage:
    """One message of the built-in web chat. `by` is None for Baton's own; `card` for Baton's, `text` for people's."""

    id: int
    conversation: str
    at: datetime
    edited_at: datetime | None = None
    by: PersonId | None = None
    reply_to: int | None = None
    card: Card | None = None
    text: str | None = None
    replies: int = 0
    case_id: int | None = None


class WebLog(Protocol):
    """The web chat's memory."""

    async def post(
        self,
        conversation: str,
        *,
        nonce: str,
        by: PersonId | None = None,
        reply_to: int | None = None,
        card: Card | None = None,
        text: str | None = None,
    ) -> WebMessage:
        """Adds a message; the same nonce again returns the first one."""

    async def edit(self, message_id: int, card: Card) -> WebMessage | None: ...
    async def delete(self, message_id: int) -> None: ...
    async def get(self, message_id: int) -> WebMessage | None: ...
    async def by_nonce(self, nonce: str) -> WebMessage | None: ...
    async def page(
        self, conversation: str, *, reply_to: int | None = None, before: int | None = None, limit: int = 50
    ) -> Sequence[WebMessage]:
        """The newest `limit` messages of the conversation's main line (or of one thread), oldest first.
        `case_id` tells for a card's message which case it shows."""

    async def changed(self, after: int, limit: int = 200) -> tuple[int, Sequence[int]]:
        """(newest change number, ids of messages changed since `after`), for live updates across processes."""

    async def newest(self) -> int:
        """The newest change number; 0 when nothing was ever written."""


# -- clocks --------------------------------------------------------------------------------------------


class Clock(Protocol):
    """Two clocks: real time for leases, pacing and retries; business time for everything a person set."""

    def real(self) -> datetime: ...
    def now(self) -> datetime:
        """Business time, UTC."""

    def real_delay(self, until: datetime) -> timedelta:
        """How much real time passes until the business moment `until`; never negative."""

    async def sleep(self, delay: timedelta) -> None:
        """Real time."""






