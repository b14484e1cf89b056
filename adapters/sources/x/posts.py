"""X's posts as mentions, in each of the shapes that X sends them: streams and searches, webhooks new and old."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.mention_fields import KEY, WORDS, CommunityOf
from adapters.sources.parts import community
from adapters.sources.storable import BadMention
from bot.domain.mention import CAN_REPLY, NATIVE, REPOST_OF, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import Incoming, Removed
from bot.triage.sifting import Sift
from bot.triage.sifting import handle as as_handle

WHY: Final = "X lets programs answer only posts whose author mentioned or quoted us. Open the post and answer it there."

_BIRTH: Final = 1_288_834_974_657
"""Milliseconds since 1970 from which X counts time in its ids."""
_FIRST: Final = 1 << 40
"""Ids below it are from before 2010, and hold no time."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads posts for one account. With `any_reply` X lets us answer everybody."""

    plan: SourcePlan
    community_of: CommunityOf
    sift: Sift
    any_reply: bool = False

    def post(self, post: Mapping[str, Any], includes: Mapping[str, Any]) -> Incoming | None:
        """A post as version 2 of X's interface has it; None for one that is none of ours. Raises BadMention."""
        newest = fitting.needed(post.get("id"))
        versions = [
            key for each in fitting.items(post.get("edit_history_tweet_ids")) if (key := fitting.key(each))
        ]
        first = versions[0] if versions else newest
        users = _by_id(includes.get("users"))
        author = users.get(str(post.get("author_id")), {})
        handle = (
            fitting.words(author.get("username")) or f"id:{fitting.words(post.get('author_id')) or 'unknown'}"
        )
        entities = fitting.table(post.get("entities"))
        text = _text(fitting.table(post.get("note_tweet")).get("text") or post.get("text"), entities)
        if self.sift.excludes(text, handle):
            return None
        said = fitting.moment(post.get("created_at")) or moment_of(newest)
        created = said if len(versions) < 2 else moment_of(first) or said
        if created is None:
            raise BadMention(fitting.NO_TIME)
        referred = _referred(post)
        quoted = self._ours(_author(referred.get("quoted"), includes, users))
        called = self._ours(*(each.get("username") for each in _tables(entities.get("mentions"))))
        return self._mention(
            external_id=first,
            created_at=created,
            edited_at=said if first != newest and said is not None and said > created else None,
            handle=handle,
            name=fitting.words(author.get("name"), KEY),
            bio=fitting.words(author.get("description"), WORDS),
            followers=fitting.count(fitting.table(author.get("public_metrics")).get("followers_count")),
            text=text,
            url=_address(author.get("username"), newest),
            lang=_lang(post.get("lang")),
            in_reply_to=referred.get("replied_to"),
            thread=fitting.parent(post.get("conversation_id")),
            extra=self._extra(
                newest, referred.get("retweeted"), called or quoted or self._said(text), handle
            ),
        )

    def old_post(self, post: Mapping[str, Any]) -> Incoming | None:
        """A post as the Account Activity API has it. Raises BadMention."""
        number = fitting.needed(post.get("id_str") or post.get("id"))
        user = fitting.table(post.get("user"))
        handle = fitting.words(user.get("screen_name")) or "unknown"
        longer = fitting.table(post.get("extended_tweet"))
        entities = fitting.table(longer.get("entities") or post.get("entities"))
        text = _text(longer.get("full_text") or post.get("full_text") or post.get("text"), entities)
        if self.sift.excludes(text, handle):
            return None
        created = _old_moment(post) or moment_of(number)
        if created is None:
            raise BadMention(fitting.NO_TIME)
        quoted = fitting.table(fitting.table(post.get("quoted_status")).get("user")).get("screen_name")
        called = (each.get("screen_name") for each in _tables(entities.get("user_mentions")))
        ours = self._ours(quoted, post.get("in_reply_to_screen_name"), *called) or self._said(text)
        repeats = fitting.table(post.get("retweeted_status"))
        return self._mention(
            external_id=number,
            created_at=created,
            handle=handle,
            name=fitting.words(user.get("name"), KEY),
            bio=fitting.words(user.get("description"), WORDS),
            followers=fitting.count(user.get("followers_count")),
            text=text,
            url=_address(user.get("screen_name"), number),
            lang=_lang(post.get("lang")),
            in_reply_to=fitting.parent(post.get("in_reply_to_status_id_str")),
            extra=self._extra(number, fitting.key(repeats.get("id_str")), ours, handle),
        )

    def removed(self, number: object, at: datetime | None, now: datetime) -> Removed:
        """X's developer agreement asks that deleted posts are shown no more. Raises BadMention."""
        return Removed(
            source=self.plan.source, external_id=fitting.needed(number), at=min(at or now, now), hide=True
        )

    def _mention(self, **fields: Any) -> Incoming:
        return Incoming(source=self.plan.source, community=community(self.plan, self.community_of), **fields)

    def _extra(self, native: str, repost_of: str | None, ours: bool, handle: str) -> dict[str, object]:
        extra: dict[str, object] = {NATIVE: {"id": native}}
        if repost_of is not None:
            extra[REPOST_OF] = repost_of
        if self._ours(handle):
            return extra
        if self.any_reply or ours:
            return {**extra, CAN_REPLY: True}
        return {**extra, CAN_REPLY: False, WHY_NO_REPLY: WHY}

    def _ours(self, *handles: object) -> bool:
        us = as_handle(self.plan.account)
        return any(isinstance(each, str) and as_handle(each) == us for each in handles)

    def _said(self, text: str) -> bool:
        return self._ours(
            *(word.strip(".,:;!?()") for word in text.split() if word.startswith(("@", ".@", "(@")))
        )


def moment_of(number: str) -> datetime | None:
    """When a post with that id was written; None where ids do not say."""
    if not number.isdecimal() or not number.isascii() or len(number) > 19 or int(number) < _FIRST:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(int(number) >> 22) + _BIRTH)


def number_at(at: datetime) -> int:
    """The smallest id that a post of that moment can have."""
    return max(0, int(at.timestamp() * 1000) - _BIRTH) << 22


def _text(value: object, entities: Mapping[str, Any]) -> str:
    """As people see it: characters for entities, and where each short link leads."""
    text = fitting.text(value)
    for each in _tables(entities.get("urls")):
        short, long = each.get("url"), each.get("unwound_url") or each.get("expanded_url")
        if isinstance(short, str) and isinstance(long, str) and short and len(long) < KEY:
            text = text.replace(short, fitting.text(long))
    return fitting.text(html.unescape(text)).strip()


def _tables(value: object) -> list[dict[str, Any]]:
    return [each for each in fitting.items(value) if isinstance(each, dict)]


def _by_id(value: object) -> dict[str, dict[str, Any]]:
    return {str(each.get("id")): each for each in _tables(value)}


def _referred(post: Mapping[str, Any]) -> dict[str, str]:
    """replied_to, quoted, retweeted: the other post's id."""
    pairs = (
        (each.get("type"), fitting.key(each.get("id"))) for each in _tables(post.get("referenced_tweets"))
    )
    return {kind: number for kind, number in pairs if isinstance(kind, str) and number}


def _author(
    number: str | None, includes: Mapping[str, Any], users: Mapping[str, Mapping[str, Any]]
) -> object:
    other = _by_id(includes.get("tweets")).get(number or "", {})
    return users.get(str(other.get("author_id")), {}).get("username")


def _address(handle: object, number: str) -> str | None:
    return fitting.link(f"https://x.com/{fitting.words(handle) or 'i'}/status/{number}")


def _lang(value: object) -> str | None:
    """X's own codes for no language are none."""
    said = fitting.words(value)
    return None if said is None or said in ("und", "zxx", "qme", "qst", "qht", "qam", "qct", "art") else said


def _old_moment(post: Mapping[str, Any]) -> datetime | None:
    stamp = post.get("timestamp_ms")
    if isinstance(stamp, str) and stamp.isdecimal() and len(stamp) < 15:
        return fitting.moment(int(stamp) / 1000)
    try:
        return parsedate_to_datetime(_reordered(str(post.get("created_at")))).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _reordered(said: str) -> str:
    """Wed Oct 10 20:19:24 +0000 2018 as e-mail writes it."""
    parts = said.split()
    if len(parts) != 6:
        raise ValueError(said)
    return f"{parts[0]}, {parts[2]} {parts[1]} {parts[5]} {parts[3]} {parts[4]}"
