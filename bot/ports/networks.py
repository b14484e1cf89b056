"""Where replies go: accounts of ours at public networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from bot.domain.mention import Mention
from bot.domain.replies.length import LengthRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A reply to publish. `key` is its own, the same at every try, and fit for a record key: digits and lower-case
    letters. `begun_at` (UTC, real time) is when its first try began."""

    key: str
    text: str
    lang: str | None
    to: Mention
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A reply that stands in public: its id at the network, and its address there."""

    external_id: str
    url: str | None = None


class NetworkError(Exception):
    """A reply is not out; the text is a sentence for its author."""


class Declined(NetworkError):
    """The network refuses it for good: the post is gone, we are blocked, its rules forbid it."""


class AskedToWait(NetworkError):
    """The network asks for patience: it may be tried again `after` that time. Nothing was published."""

    def __init__(self, sentence: str, after: timedelta) -> None:
        super().__init__(sentence)
        self.after = after


class NetworkDown(NetworkError):
    """The network did not take it, surely: it may be tried again."""


class SignInLost(NetworkError):
    """The account's token is revoked or wrong: an admin must mend it. Nothing was published."""


class MaybePublished(NetworkError):
    """Whether it is out cannot be told, and trying again could publish it twice."""


class Network(Protocol):
    """One account of ours. `name` is its name in the policy, `account` how the public knows it."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str:
        """The network as people call it: Bluesky."""

    @property
    def account(self) -> str: ...
    @property
    def rule(self) -> LengthRule:
        """How this network counts, and how much it takes."""

    def why_not(self, mention: Mention) -> str | None:
        """A sentence that says why this mention cannot be answered from here; None: it can."""

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        """Publishes it below the mention. With `again` an earlier try may have got through: it is sent under the same
        key, or looked for first, so that it stands there once.

        Raises Declined, AskedToWait, NetworkDown, SignInLost, MaybePublished."""


@runtime_checkable
class Costly(Protocol):
    """A Network that charges some replies more than others."""

    def cost_note(self, text: str) -> str | None:
        """A sentence for whoever publishes this text; None where it costs as usual."""


class Networks(Protocol):
    """Every account of ours that replies may be published by."""

    def answering(self, mention: Mention) -> Network | None:
        """Who answers this mention: the account that heard it, else the first of its network; None: nobody."""

    def named(self, name: str) -> Network | None: ...
    def every(self) -> Sequence[Network]: ...


class NoNetworks:
    """A Networks without any account."""

    def answering(self, mention: Mention) -> Network | None:
        return None

    def named(self, name: str) -> Network | None:
        return None

    def every(self) -> Sequence[Network]:
        return ()
