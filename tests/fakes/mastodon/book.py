"""What a fake Mastodon server knows: accounts, posts, notifications, and in which order they came."""

from __future__ import annotations

import html
import itertools
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

TOKEN: Final = "a-token-that-nobody-guesses"
"""The access token of our account."""

OURS: Final = "acme"
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How servers differ. `longest` None: it does not say. `header` False: its WebSocket knows a token in the address
    only."""

    websocket: bool = True
    events: bool = True
    idempotent: bool = True
    min_id: bool = True
    links: bool = True
    newest_instance: bool = True
    longest: int | None = 500
    opaque_ids: bool = False
    header: bool = True
    full_text: bool = False
    own_posts: bool = True
    allowance: int | None = None
    scopes: tuple[str, ...] = ("read", "write:statuses")


MASTODON: Final = Ways(full_text=True)
GOTOSOCIAL: Final = Ways(events=False, opaque_ids=True, longest=5000, idempotent=False)
ONLY_EVENTS: Final = Ways(websocket=False, newest_instance=False)
SNAC: Final = Ways(
    websocket=False,
    events=False,
    idempotent=False,
    min_id=False,
    links=False,
    newest_instance=False,
    longest=None,
    opaque_ids=True,
)


@dataclass
class Book:
    """Posts are kept in their order of arrival: ids say nothing of it."""

    domain: str
    opaque_ids: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    notifications: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    tell: Callable[[str, Any], None] = lambda name, payload: None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _random: random.Random = field(default_factory=lambda: random.Random(7))

    def __post_init__(self) -> None:
        self.account(OURS)

    @property
    def us(self) -> dict[str, Any]:
        return self.accounts[OURS]

    def account(self, acct: str) -> dict[str, Any]:
        if acct not in self.accounts:
            name, _, host = acct.partition("@")
            self.accounts[acct] = {
                "id": self._id(),
                "username": name,
                "acct": acct,
                "display_name": name.title(),
                "note": f"<p>I am {name}</p>",
                "url": f"https://{host or self.domain}/@{name}",
                "followers_count": 12,
            }
        return self.accounts[acct]

    def post(
        self,
        words: str,
        *,
        by: str = "ana@elsewhere.example",
        to: str | None = None,
        visibility: str = "public",
        names: Iterable[str] = (),
        told: bool = True,
        **more: Any,
    ) -> str:
        """Somebody posts; whom the words name is notified. Its id."""
        author, number = self.account(by), self._id()
        named = [acct for acct in (*names, *self.accounts) if f"@{acct}" in words.split()]
        status = {
            "id": number,
            "uri": f"https://{self.domain}/users/{author['username']}/statuses/{number}",
            "url": f"https://{self.domain}/@{author['acct']}/{number}",
            "account": author,
            "content": f"<p>{html.escape(words)}</p>",
            "created_at": self.now().isoformat().replace("+00:00", "Z"),
            "edited_at": None,
            "in_reply_to_id": to,
            "visibility": visibility,
            "spoiler_text": "",
            "sensitive": False,
            "language": "en",
            "media_attachments": [],
            "mentions": [{"id": self.account(acct)["id"], "acct": acct} for acct in named],
            "reblog": None,
            **more,
        }
        self.posts[number] = status
        if OURS in named and by != OURS:
            self.notify("mention", author, status, told=told)
        if by == OURS and told:
            self.tell("update", status)
        return number

    def notify(self, kind: str, by: dict[str, Any], status: dict[str, Any], *, told: bool = True) -> None:
        at = self.now().isoformat()
        one = {"id": self._id(), "type": kind, "created_at": at, "account": by, "status": status}
        self.notifications.append(one)
        if told:
            self.tell("notification", one)

    def edit(self, number: str, words: str, *, told: bool = True) -> None:
        self.posts[number]["content"] = f"<p>{html.escape(words)}</p>"
        self.posts[number]["edited_at"] = self.now().isoformat()
        if told:
            self.tell("status.update", self.posts[number])

    def delete(self, number: str, *, told: bool = True) -> None:
        del self.posts[number]
        self.notifications = [one for one in self.notifications if one["status"]["id"] != number]
        if told:
            self.tell("delete", number)

    def below(self, parent: str) -> list[dict[str, Any]]:
        """Everything under a post."""
        found = []
        for status in self.posts.values():
            if status["in_reply_to_id"] == parent:
                found += [status, *self.below(status["id"])]
        return found

    def above(self, number: str) -> list[dict[str, Any]]:
        parent = self.posts.get(self.posts[number]["in_reply_to_id"] or "")
        return [] if parent is None else [*self.above(parent["id"]), parent]

    def _id(self) -> str:
        if self.opaque_ids:
            return "".join(self._random.choices(_LETTERS, k=26))
        return str(110_000_000_000_000_000 + next(self._numbers))
