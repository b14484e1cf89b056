"""A server's statuses as mentions. Everything in them is a stranger's word, and any of it may be missing or wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapters.sources.mastodon.api import moment
from adapters.sources.mastodon.html_text import plain
from adapters.sources.mastodon.instance import id_of, whole_handle
from adapters.sources.mention_fields import (
    KEY,
    MOST_FOLLOWERS,
    NAME,
    TEXT_BYTES,
    WORDS,
    YEARS,
    CommunityOf,
    incoming,
    is_link,
)
from adapters.sources.storable import BadMention
from bot.domain.mention import NATIVE, REPOST_OF, VISIBILITY
from bot.ports import Incoming

WARNING: Final = "Content warning: %s"
PICTURE: Final = "[%s: %s]"
ATTACHED: Final = "[%s]"
POLL: Final = "[poll: %s]"
CUT: Final = "…"

WIDEST_FIRST: Final = ("public", "unlisted", "private", "direct")
"""Who may read a post: everybody, everybody who looks for it, its author's followers, whom it names."""

_MEDIA: Final = ("image", "video", "gifv", "audio")
_PART: Final = 1_500
_MANY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """Reads the statuses of one server. `server` is its address without the scheme: an id means something only with
    it. `domain` ends the handles of its own accounts."""

    source: str
    server: str
    domain: str
    community_of: CommunityOf
    now: Callable[[], datetime]

    def external_id(self, status_id: str) -> str:
        """Unique among servers; two of them may be listened to under one name."""
        return f"{self.server}/{status_id}"

    def read(self, status: Mapping[str, Any], *, thread: str | None = None) -> Incoming | None:
        """The mention; None where the status misses what no mention can be without. `thread` is the root's id."""
        return self._incoming(status, self._fields(status, thread))

    def boost(self, number: str, by: object, of: Mapping[str, Any], at: object) -> Incoming | None:
        """Somebody made their followers see a status once more: that is no post of its own."""
        original = id_of(of)
        if original is None:
            return None
        fields = self._fields({**of, "account": by, "created_at": at, "edited_at": None}, None)
        fields |= {"id": self.external_id(number), REPOST_OF: self.external_id(original)}
        return self._incoming(of, fields)

    def handle(self, account: object) -> str:
        """The whole handle; blank where there is none."""
        acct = account.get("acct") if isinstance(account, dict) else None
        return _line(whole_handle(acct, self.domain), NAME) if isinstance(acct, str) and acct.strip() else ""

    def _incoming(self, status: Mapping[str, Any], fields: dict[str, Any]) -> Incoming | None:
        if id_of(status) is None or not fields["author"]["handle"]:
            return None
        try:
            return incoming(fields, self.community_of, suspect=True)
        except BadMention:
            return None

    def _fields(self, status: Mapping[str, Any], thread: str | None) -> dict[str, Any]:
        account = status.get("account")
        account = account if isinstance(account, dict) else {}
        number = id_of(status) or ""
        parent = id_of({"id": status.get("in_reply_to_id")})
        visibility = visibility_of(status)
        handle = self.handle(account)
        fields: dict[str, Any] = {
            "source": self.source,
            "id": self.external_id(number),
            "created_at": (_when(status.get("created_at")) or self.now()).isoformat(),
            "author": {"handle": handle} | _about(account),
            "text": text_of(status),
            "url": next(
                (u for u in (status.get("url"), status.get("uri")) if type(u) is str and is_link(u)), None
            ),
            "lang": _language(status.get("language")),
            "in_reply_to": self.external_id(parent) if parent else None,
            "thread": self.external_id(thread or parent or number),
            "edited_at": None,
            VISIBILITY: visibility,
            NATIVE: {
                "server": self.server,
                "id": number,
                "acct": _line(account.get("acct"), NAME),
                VISIBILITY: visibility,
            },
        }
        edited = _when(status.get("edited_at"))
        if edited is not None:
            fields["edited_at"] = edited.isoformat()
        if status.get("sensitive") is True:
            fields["sensitive"] = True
        return fields


def visibility_of(status: Mapping[str, Any]) -> str:
    """One of WIDEST_FIRST. What is not known is not public."""
    said = status.get(VISIBILITY)
    if said == "local":
        return "public"
    return said if isinstance(said, str) and said in WIDEST_FIRST else "direct"


def text_of(status: Mapping[str, Any]) -> str:
    """What a reader sees: the content warning first, then the words, then what hangs below them."""
    warning = _line(status.get("spoiler_text"), _PART)
    content = status.get("content")
    parts = [
        WARNING % warning if warning else "",
        plain(whole(content)) if isinstance(content, str) else "",
        "\n".join(_attached(status.get("media_attachments"))),
        _poll(status.get("poll")),
    ]
    return _cut("\n\n".join(part for part in parts if part))


def whole(text: str) -> str:
    """Without what no database takes: half characters and NUL."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _attached(media: object) -> list[str]:
    lines = []
    for one in media[:_MANY] if isinstance(media, list) else ():
        if isinstance(one, dict):
            kind = one.get("type")
            name = kind if isinstance(kind, str) and kind in _MEDIA else "attachment"
            said = _line(one.get("description"), _PART)
            lines.append(PICTURE % (name, said) if said else ATTACHED % name)
    return lines


def _poll(poll: object) -> str:
    options = poll.get("options") if isinstance(poll, dict) else None
    titles = (
        [_line(one.get("title"), NAME) for one in (options or ())[:_MANY] if isinstance(one, dict)]
        if (isinstance(options, list))
        else []
    )
    return POLL % " / ".join(filter(None, titles)) if any(titles) else ""


def _about(account: Mapping[str, Any]) -> dict[str, Any]:
    followers, note = account.get("followers_count"), account.get("note")
    known = type(followers) is int and 0 <= followers <= MOST_FOLLOWERS
    return {
        "name": _line(account.get("display_name"), NAME) or None,
        "bio": plain(whole(note))[:WORDS] or None if isinstance(note, str) else None,
        "followers": followers if known else None,
    }


def _language(said: object) -> str | None:
    return said if isinstance(said, str) and 0 < len(said) <= KEY // 50 and said.isascii() else None


def _when(said: object) -> datetime | None:
    at = moment(said)
    return at if at is not None and at.year in YEARS else None


def _line(said: object, most: int) -> str:
    """Text on one line, and no longer than `most`."""
    return " ".join(whole(said[: most * 2]).split())[:most] if isinstance(said, str) else ""


def _cut(text: str) -> str:
    raw = text.encode()
    return text if len(raw) <= TEXT_BYTES else raw[: TEXT_BYTES - 8].decode(errors="ignore") + CUT
