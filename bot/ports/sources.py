"""Where mentions come from: what a source brings, and what may keep it from bringing more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.ports.intake import Appended, Incoming
from bot.ports.jobs import Put


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A post that is gone at its network since `at` (UTC). With `hide` its words must not be shown any more, because
    the network's terms ask for that; else the card only says that it was deleted."""

    source: str
    external_id: str
    at: datetime
    hide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a source brought, in its order. `cursor` is where to go on, stored together with what it brought; None: as
    before. A batch without anything says that the source is well."""

    mentions: Sequence[Incoming] = ()
    removed: Sequence[Removed] = ()
    cursor: str | None = None


class SourceError(Exception):
    """A source brings nothing now; the text is a sentence for whoever runs the desk."""


class SourceDown(SourceError):
    """Its network is away, or says nonsense. Listening begins again by itself, each time a little later."""


class SourceBusy(SourceError):
    """Its network asks for patience: listening begins again `after` that time."""

    def __init__(self, sentence: str, after: timedelta) -> None:
        super().__init__(sentence)
        self.after = after


class SourceShut(SourceError):
    """A person must mend something first: a revoked token, a wrong address. Told to the admins, tried rarely."""


class Source(Protocol):
    """One configured place that is listened to."""

    def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        """From behind the cursor (None: from now on) for as long as it is asked. What was brought before may come
        again: it is known by its id. A batch at least once a minute, if only to say that all is well.

        Raises SourceDown, SourceBusy, SourceShut."""


class SourceState(StrEnum):
    """What is known of a source. The names are kept in the database."""

    NEW = "new"
    WELL = "well"
    DOWN = "down"
    SHUT = "shut"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How a source is, since when, in which words; `heard_at` is when it last brought anything. Real time, UTC."""

    name: str
    state: SourceState
    since: datetime
    said: str = ""
    heard_at: datetime | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHold:
    """This process listens to the source, and no other, until the hold ends; every write names the fence."""

    name: str
    fence: int
    cursor: str | None


class SourceLost(Exception):
    """Another replica listens to the source now; nothing was stored."""


Telling = Callable[[SourceReport], Iterable[Put]]


def nobody(_before: SourceReport) -> Iterable[Put]:
    """Nobody is told."""
    return ()


class SourceBook(Protocol):
    """What is kept of sources, shared by all replicas. Times are real time."""

    async def take(self, name: str, lease: timedelta) -> SourceHold | None:
        """The right to listen; None while another replica has it."""

    async def renew(self, hold: SourceHold, lease: timedelta) -> bool:
        """Whether it is still ours."""

    async def release(self, hold: SourceHold) -> None:
        """Another replica may listen at once."""

    async def append(self, hold: SourceHold, batch: Batch) -> Appended:
        """Returns after the commit of all of it, with the cursor. Raises SourceLost, Overloaded, Stale."""

    async def remove(self, removed: Sequence[Removed]) -> int:
        """Posts that are gone, where no cursor goes with it (webhooks); how many were known. Raises Overloaded."""

    async def complete(self, mentions: Sequence[Incoming]) -> int:
        """Words of posts that were appended without them (`incomplete` in their `extra`); how many waited for these.
        No edit of their authors. Raises Overloaded, Stale."""

    async def heard(self, name: str) -> None:
        """A source that is pushed to brought something now. Raises Overloaded, Stale."""

    async def say(
        self, name: str, state: SourceState, said: str = "", *, telling: Telling = nobody
    ) -> SourceReport | None:
        """How it is now. The report as it was before where that changed, else None. With the change commits what
        `telling` makes of that report; it is asked within the commit, on any thread and perhaps twice. What is shut stays so until it is well: that its network is away, too, changes
        nothing. Raises Overloaded, Stale."""

    async def reports(self) -> Mapping[str, SourceReport]: ...


class Vault(Protocol):
    """Secrets that networks gave us (sessions, tokens), sealed at rest under BATON_TOKEN_KEY."""

    async def get(self, name: str) -> bytes | None:
        """None where there is none, or where it was sealed under a key that is gone."""

    async def put(self, name: str, secret: bytes) -> None: ...
    async def forget(self, name: str) -> None: ...
