"""A mention: one public post about us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

VIA: Final = "via"
CAN_REPLY: Final = "can_reply"
WHY_NO_REPLY: Final = "why_no_reply"
NATIVE: Final = "native"
REMOVED: Final = "removed"
HIDDEN: Final = "hidden"
REPOST_OF: Final = "repost_of"
VISIBILITY: Final = "visibility"
INCOMPLETE: Final = "incomplete"
COMPLETED: Final = "completed"
"""The names in `extra` that the desk itself reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it. All of it is a stranger's word: data, never markup."""

    handle: str
    name: str | None = None
    bio: str | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One post as its newest revision stands. All times are UTC.

    `id` is ours and ascends in the order of arrival; (`source`, `external_id`) is the network's.
    """

    id: int
    source: str
    external_id: str
    community: str
    received_at: datetime
    created_at: datetime
    author: Author
    text: str
    url: str | None = None
    lang: str | None = None
    brand: str | None = None
    in_reply_to: str | None = None
    thread: str | None = None
    edited_at: datetime | None = None
    case_id: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def via(self) -> str:
        """The name of the policy's source that brought it; blank where another program pushed it."""
        return str(self.extra.get(VIA) or "")

    @property
    def can_reply(self) -> bool | None:
        """What its source says of answering it from here; None where it says nothing."""
        said = self.extra.get(CAN_REPLY)
        return said if isinstance(said, bool) else None

    @property
    def why_no_reply(self) -> str:
        """Where its source says that it cannot be answered from here: why."""
        return str(self.extra.get(WHY_NO_REPLY) or "")

    @property
    def repost_of(self) -> str:
        """The network's id of the post that this one only shares; blank for a post of its own."""
        return str(self.extra.get(REPOST_OF) or "")

    @property
    def native(self) -> Mapping[str, object]:
        """What its network needs to be told when it is answered; the source and the account agree on it."""
        said = self.extra.get(NATIVE)
        return said if isinstance(said, Mapping) else {}

    @property
    def incomplete(self) -> bool:
        """Whether its source has named it without its words so far: `text` says so in their place."""
        return bool(self.extra.get(INCOMPLETE))

    @property
    def completed(self) -> bool:
        """Whether its newest revision brought words that were missing, which is no edit of its author's."""
        return bool(self.extra.get(COMPLETED))

    @property
    def private(self) -> bool:
        """Whether its network shows it to some people only: a message to us, a post for its author's followers."""
        return self.extra.get(VISIBILITY) in ("private", "direct")

    @property
    def removed(self) -> bool:
        """Whether it was deleted at its network."""
        return bool(self.extra.get(REMOVED))

    @property
    def hidden(self) -> bool:
        """Whether its words must not be shown any more, because its network's terms ask for that."""
        return bool(self.extra.get(HIDDEN))
