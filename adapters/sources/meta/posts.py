"""What Meta's webhooks say, as mentions. Some name a post only by its number: those are looked up. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog

from adapters.sources import fitting
from adapters.sources.mention_fields import KEY, CommunityOf
from adapters.sources.mention_json import Rejected
from adapters.sources.meta.told import Lookup, Told
from adapters.sources.parts import community
from adapters.sources.storable import BadMention
from bot.domain.mention import CAN_REPLY, INCOMPLETE, NATIVE, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import Incoming, Removed
from bot.triage.sifting import Sift

log = structlog.get_logger(__name__)

NO_OBJECT: Final = "Meta sends an object with entries; this is none"
NO_WORDS: Final = "(a picture or a link, without words)"
LIVE: Final = (
    "It was said during a live video, where nobody can be answered from here. Open Instagram to answer."
)
NOBODY: Final = "unknown"

COMMENT: Final = "comment"
POST: Final = "post"
IG_COMMENT: Final = "ig_comment"
IG_MENTION: Final = "ig_mention"

_POSTS: Final = frozenset({"post", "status", "photo", "video", "share", "link", "album", "event"})
_EDITS: Final = frozenset({"edit", "edited"})
_MILLISECONDS: Final = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one page or one Instagram account; `ours` is its number at Meta."""

    plan: SourcePlan
    community_of: CommunityOf
    sift: Sift
    ours: str

    def read(self, value: object, now: datetime) -> Told:
        """Answers for every JSON value: what cannot be read stops nothing else."""
        told = Told()
        bodies = value if isinstance(value, list) else [value]
        if (
            not all(isinstance(body, dict) and isinstance(body.get("entry"), list) for body in bodies)
            or not bodies
        ):
            told.rejected.append(Rejected(0, NO_OBJECT))
        changes = [change for body in bodies for change in _changes(body)]
        for index, (at, change) in enumerate(changes):
            try:
                found = self._change(at or now, change, now)
            except BadMention as bad:
                log.warning("a post was skipped", source=self.plan.name, why=bad.reason)
                told.rejected.append(Rejected(index, bad.reason))
                continue
            _put(told, found)
        told.others += not changes and not told.rejected
        return told

    def _change(
        self, at: datetime, change: Mapping[str, Any], now: datetime
    ) -> Incoming | Removed | Lookup | None:
        what, value = change.get("field"), change.get("value")
        if what not in ("feed", "mention", "comments", "live_comments", "mentions"):
            return None
        if not isinstance(value, dict):
            raise BadMention(fitting.NO_OBJECT)
        if what in ("feed", "mention"):
            return self._facebook(value, at, now)
        if what == "mentions":
            return self._ig_mention(value, at)
        return self._ig_comment(value, at, live=what == "live_comments")

    # -- Facebook ------------------------------------------------------------------------------

    def _facebook(
        self, value: Mapping[str, Any], at: datetime, now: datetime
    ) -> Incoming | Removed | Lookup | None:
        item, verb = str(value.get("item")), str(value.get("verb", "add"))
        if item != COMMENT and item not in _POSTS:
            return None
        number = fitting.needed(value.get("comment_id" if item == COMMENT else "post_id"))
        if verb == "remove":
            # Meta's platform terms (3.d) ask that what people deleted is shown no more.
            return Removed(source=self.plan.source, external_id=number, at=min(at, now), hide=True)
        if verb != "add" and verb not in _EDITS:
            return None
        mention = self._facebook_mention(value, number, at)
        if mention is None or mention.text:
            return mention
        if value.get("photo") or value.get("link") or value.get("video") or item != COMMENT:
            return replace(mention, text=NO_WORDS)
        return self._unworded(mention, number, "message,from,created_time,permalink_url")

    def _facebook_mention(self, value: Mapping[str, Any], number: str, at: datetime) -> Incoming | None:
        who = fitting.table(value.get("from"))
        person = fitting.key(who.get("id") or value.get("sender_id")) or NOBODY
        name = fitting.words(who.get("name") or value.get("sender_name"), KEY)
        created = _moment(value.get("created_time")) or at
        post = fitting.parent(value.get("post_id"))
        above = fitting.parent(value.get("parent_id"))
        comment = value.get("item") == COMMENT
        handle = self.plan.account if person == self.ours and self.plan.account else person
        text = fitting.text(value.get("message")).strip()
        if self.sift.excludes(text, handle):
            return None
        link = value.get("permalink_url") or fitting.table(value.get("post")).get("permalink_url")
        return self._mention(
            external_id=number,
            created_at=created,
            edited_at=at if str(value.get("verb")) in _EDITS and at > created else None,
            handle=handle,
            name=name,
            text=text,
            url=fitting.link(link) or fitting.link(f"https://www.facebook.com/{number}"),
            in_reply_to=(above or post) if comment else None,
            thread=post,
            extra={NATIVE: {"kind": COMMENT if comment else POST, "id": number}, CAN_REPLY: True},
        )

    # -- Instagram ------------------------------------------------------------------------------

    def _ig_comment(self, value: Mapping[str, Any], at: datetime, *, live: bool) -> Incoming | Lookup | None:
        number = fitting.needed(value.get("id"))
        who = fitting.table(value.get("from"))
        media = fitting.key(fitting.table(value.get("media")).get("id"))
        above = fitting.key(value.get("parent_id"))
        person = fitting.key(who.get("id")) or NOBODY
        handle = (
            self.plan.account
            if person == self.ours and self.plan.account
            else fitting.words(who.get("username"))
        )
        text = fitting.text(value.get("text")).strip()
        if self.sift.excludes(text, handle or ""):
            return None
        native = {"kind": IG_COMMENT, "id": number, "media": media or "", "parent": above or ""}
        extra: dict[str, object] = {NATIVE: native, CAN_REPLY: not live}
        if live:
            extra[WHY_NO_REPLY] = LIVE
        mention = self._mention(
            external_id=number,
            created_at=at,
            handle=handle or person,
            text=text,
            in_reply_to=above or media,
            thread=media,
            extra=extra,
        )
        return (
            mention if text else self._unworded(mention, number, "text,username,timestamp,media{permalink}")
        )

    def _ig_mention(self, value: Mapping[str, Any], at: datetime) -> Lookup:
        comment, media = (fitting.key(value.get(name)) for name in ("comment_id", "media_id"))
        number = comment or fitting.needed(media)
        native = {"kind": IG_MENTION, "id": number, "media": media or "", "comment": comment or ""}
        mention = self._mention(
            external_id=number,
            created_at=at,
            handle=NOBODY,
            text="",
            thread=media,
            in_reply_to=media if comment else None,
            extra={NATIVE: native, CAN_REPLY: True},
        )
        if comment:
            fields = (
                f"mentioned_comment.comment_id({number}){{id,text,timestamp,username,media{{id,permalink}}}}"
            )
            return self._unworded(mention, self.ours, fields, "mentioned_comment")
        fields = f"mentioned_media.media_id({number}){{id,caption,timestamp,username,permalink}}"
        return self._unworded(mention, self.ours, fields, "mentioned_media")

    # -- both ----------------------------------------------------------------------------------

    def _unworded(self, mention: Incoming, path: str, fields: str, within: str = "") -> Lookup:
        waiting = replace(mention, extra={**mention.extra, INCOMPLETE: True})
        return Lookup(waiting, path, fields, within)

    def _mention(self, **fields: Any) -> Incoming:
        return Incoming(source=self.plan.source, community=community(self.plan, self.community_of), **fields)

    def worded(self, lookup: Lookup, answer: Mapping[str, Any]) -> Incoming | None:
        """The mention with what was looked up; None for one that is none of ours."""
        found = fitting.table(answer.get(lookup.within)) if lookup.within else answer
        who = fitting.table(found.get("from"))
        old = lookup.mention
        words = next(
            (said for name in ("text", "caption", "message") if (said := fitting.text(found.get(name)))), ""
        )
        handle = fitting.words(found.get("username")) or fitting.key(who.get("id")) or old.handle
        if self.sift.excludes(words, handle):
            return None
        media = fitting.table(found.get("media"))
        extra = {name: value for name, value in old.extra.items() if name != INCOMPLETE}
        return replace(
            old,
            text=words.strip() or NO_WORDS,
            handle=handle,
            name=fitting.words(who.get("name"), KEY) or old.name,
            created_at=_moment(found.get("timestamp") or found.get("created_time")) or old.created_at,
            url=fitting.link(found.get("permalink") or found.get("permalink_url") or media.get("permalink"))
            or old.url,
            thread=old.thread or fitting.parent(media.get("id")),
            extra=extra,
        )


def _put(told: Told, found: Incoming | Removed | Lookup | None) -> None:
    if isinstance(found, Lookup):
        told.lookups.append(found)
    elif isinstance(found, Removed):
        told.removed.append(found)
    elif found is not None:
        told.mentions.append(found)
    else:
        told.others += 1


def _changes(body: object) -> Iterator[tuple[datetime | None, Mapping[str, Any]]]:
    """Each change with its time. Some logins' changes stand in the entry itself."""
    for entry in map(fitting.table, fitting.items(fitting.table(body).get("entry"))):
        at = _moment(entry.get("time"))
        every = [entry] if "field" in entry else fitting.items(entry.get("changes"))
        for change in every:
            yield at, fitting.table(change)


def _moment(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601 as Meta writes it: 2026-03-02T09:00:00+0000."""
    if type(value) in (int, float) and value > _MILLISECONDS:  # type: ignore[operator]
        value = value / 1000  # type: ignore[operator]
    return fitting.moment(value)
