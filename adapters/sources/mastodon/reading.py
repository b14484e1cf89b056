"""What of a server's news concerns us: who names us, who names our words, our own posts, boosts, deletions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from adapters.sources.mastodon.account import Account
from adapters.sources.mastodon.api import moment
from adapters.sources.mastodon.instance import Me, id_of
from adapters.sources.mastodon.statuses import Statuses, text_of
from adapters.sources.mastodon.streams import Event
from adapters.sources.mastodon.threads import Threads
from bot.ports import Batch, Incoming, Removed
from bot.triage.sifting import Sift

log = structlog.get_logger(__name__)

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Never raises for what a stranger wrote: a post that cannot be read is skipped, and the log says so."""

    me: Me
    account: Account
    sift: Sift
    statuses: Statuses
    threads: Threads

    async def event(self, event: Event) -> Batch | None:
        """What a stream told; None where it does not concern us."""
        match event.name, event.payload:
            case "notification", dict() as item:
                found = await self.notification(item)
            case "update" | "status.update", dict() as item:
                found = await self.home(item)
            case "conversation", {"last_status": dict() as item}:
                found = await self.home(item)
            case "delete", payload if (gone := id_of({"id": payload})) is not None:
                return Batch(removed=[self.removed(gone)])
            case _:
                return None
        return Batch(mentions=[found]) if found is not None else None

    async def notification(self, item: Item) -> Incoming | None:
        """Somebody names us, or shows one of our posts to their followers."""
        status = item.get("status")
        if not isinstance(status, dict):
            return None
        if item.get("type") == "mention":
            return await self.post(status)
        number = id_of(item)
        if item.get("type") != "reblog" or number is None:
            return None
        return self._told(
            self.statuses.boost(f"boost-{number}", item.get("account"), status, item.get("created_at"))
        )

    async def home(self, status: Item) -> Incoming | None:
        """A post of somebody we follow, or of ours: where it names us or our words. Its boosts are counted."""
        original = status.get("reblog")
        if isinstance(original, dict):
            number = id_of(status)
            if number is None or not (self.names_us(original) or self.found(original)):
                return None
            return self._told(
                self.statuses.boost(number, status.get("account"), original, status.get("created_at"))
            )
        if self.names_us(status) or self.is_ours(status) or self.found(status):
            return await self.post(status)
        return None

    async def post(self, status: Item) -> Incoming | None:
        """The post as a mention, unless the policy excludes it."""
        try:
            if not self.is_ours(status) and self.excluded(status):
                return None
            return self._told(self.statuses.read(status, thread=await self.threads.root(status)))
        except Exception:  # the edge: one poisonous post must not hold up all that come after it
            log.exception("a post cannot be read, it is skipped", status=id_of(status))
            return None

    def found(self, status: Item) -> bool:
        """Whether it holds one of the words that are looked for."""
        return self.sift.found(text_of(status)) is not None

    def excluded(self, status: Item) -> bool:
        whole = self.statuses.handle(status.get("account"))
        near = whole.removesuffix(f"@{self.statuses.domain}")
        return self.sift.excludes(text_of(status), whole) or self.sift.excludes("", near)

    def is_ours(self, status: Item) -> bool:
        return id_of(status.get("account")) == self.me.id

    def names_us(self, status: Item) -> bool:
        named = status.get("mentions")
        return isinstance(named, list) and any(id_of(each) == self.me.id for each in named)

    def removed(self, status_id: str) -> Removed:
        """Who deletes a post on such a network asks every server to forget it: its words are hidden."""
        return Removed(
            source=self.statuses.source,
            external_id=self.statuses.external_id(status_id),
            at=self.statuses.now(),
            hide=True,
        )

    def _told(self, found: Incoming | None) -> Incoming | None:
        if found is None:
            log.warning("a post misses what no mention can be without, it is skipped")
        return found


def since(item: Item, began: datetime) -> bool:
    """Whether it is not from before we began; what does not say is kept."""
    at = moment(item.get("created_at"))
    return at is None or at >= began
