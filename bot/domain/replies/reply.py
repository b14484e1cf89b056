"""A reply to the public on its way, as a case keeps it. The moves are in replying, approving, sending and voiding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.domain.people import PersonId

TO_CANCEL: Final = timedelta(seconds=10)
"""Real time between the press on Publish and the moment from which nothing can be called back."""
PEN: Final = timedelta(minutes=5)
"""Business time for which whoever composes keeps the others waiting after their last touch."""


class ReplyState(StrEnum):
    """The names are kept in the database."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    LEAVING = "leaving"
    SENDING = "sending"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReply:
    """Words to one post (`mention`) from one account of ours. Times are UTC business time, `leaves_at` and `begun_at`
    real time.

    `key` is the reply's own at the network, the same at every try. `by` wrote the words. `composer` has the pen until
    `composing_until`; nobody else can change or publish it meanwhile. `asked` is to approve it until `asked_until`, as
    event number `asked_event` says; `asked_before` did not answer in time. It is sent at `leaves_at`, unless somebody
    cancels. `doubtful`: a try of it may have got through. `why` says why it came back to its author.
    """

    key: str
    mention: int
    account: str
    by: PersonId
    began_at: datetime
    state: ReplyState = ReplyState.DRAFT
    text: str = ""
    lang: str | None = None
    composer: PersonId | None = None
    composing_until: datetime | None = None
    asked: PersonId | None = None
    asked_until: datetime | None = None
    asked_event: int = 0
    asked_before: tuple[PersonId, ...] = ()
    approved_by: PersonId | None = None
    leaves_at: datetime | None = None
    begun_at: datetime | None = None
    tries: int = 0
    doubtful: bool = False
    why: str = ""

    @property
    def holds_lease(self) -> bool:
        """Whether the owner's lease stands still because of it."""
        under_way = (ReplyState.ASKED, ReplyState.LEAVING, ReplyState.SENDING)
        return self.state in under_way or self.composing_until is not None

    @property
    def unsent(self) -> bool:
        """Whether it was to leave, or waits for a word, and can still be stopped."""
        return self.state in (ReplyState.ASKED, ReplyState.APPROVED, ReplyState.LEAVING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A reply that stands in public below the post `mention`: its id and, where the network gives one, its address."""

    mention: int
    by: PersonId
    at: datetime
    account: str
    external_id: str = ""
    url: str | None = None
