"""A vendor's JSON as mentions, as the policy maps it. Only a missing id makes a mention impossible."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from adapters.sources import fitting
from adapters.sources.mention_fields import KEY, NAME, WORDS, YEARS, CommunityOf
from adapters.sources.mention_json import Rejected
from adapters.sources.parts import community
from adapters.sources.plain_text import plain_text
from adapters.sources.pushed import Brought
from adapters.sources.storable import BadMention
from bot.domain.mention import INCOMPLETE
from bot.policy.model import SourcePlan
from bot.policy.vendors import Path, VendorMapping, Wanted, spoken
from bot.ports import Incoming, Removed
from bot.triage.sifting import Sift

NOT_AN_OBJECT: Final = "this is no JSON object, so no field can be found in it"
NO_LIST: Final = "there is no list at %s"
NO_ID: Final = "there is no id where the policy says that it stands"

NOBODY: Final = "unknown"
_MILLISECONDS: Final = 100_000_000_000
_MICROSECONDS: Final = 100_000_000_000_000


class Skipped(Exception):
    """One that is fine, but none of ours."""


@dataclass(frozen=True, slots=True)
class Mapper:
    """Reads what one vendor sends. `now` stands in for a time that is not there."""

    plan: SourcePlan
    mapping: VendorMapping
    community_of: CommunityOf
    sift: Sift

    def read(self, value: object, now: datetime) -> Brought:
        """Answers for every JSON value: one bad item does not lose the good ones."""
        mentions: list[Incoming] = []
        removed: list[Removed] = []
        rejected: list[Rejected] = []
        passed_over = 0
        try:
            items = self._items(value)
        except BadMention as bad:
            return Brought(rejected=(Rejected(0, bad.reason),))
        for index, item in enumerate(items):
            try:
                one = self._one(item, now)
            except Skipped:
                passed_over += 1
            except BadMention as bad:
                rejected.append(Rejected(index, bad.reason))
            else:
                (removed if isinstance(one, Removed) else mentions).append(one)  # type: ignore[arg-type]
        passed_over += not items
        return Brought(mentions=mentions, removed=removed, rejected=rejected, passed_over=passed_over)

    def _items(self, value: object) -> Sequence[object]:
        found = at(value, self.mapping.items) if self.mapping.items else value
        if isinstance(found, list):
            return found
        if self.mapping.items and not isinstance(found, dict):
            if _says(value, self.mapping.only):
                raise BadMention(NO_LIST % ".".join(self.mapping.items))
            # Another kind of message, which has no such list.
            return ()
        return (found,)

    def _one(self, item: object, now: datetime) -> Incoming | Removed:
        if not isinstance(item, dict):
            raise BadMention(NOT_AN_OBJECT)
        gone = self.mapping.removed and _says(item, self.mapping.removed)
        if not gone and not _says(item, self.mapping.only):
            raise Skipped
        external_id = fitting.key(self._take(item, "id"))
        if external_id is None:
            raise BadMention(NO_ID)
        source = self._source(item)
        if gone:
            at = self._time(item, "edited_at") or now
            return Removed(source=source, external_id=external_id, at=at, hide=True)
        return self._mention(item, source, external_id, now)

    def _mention(self, item: Mapping[str, object], source: str, external_id: str, now: datetime) -> Incoming:
        text = self._text(item)
        handle = fitting.words(self._about(item, "handle")) or NOBODY
        if self.sift.excludes(text, handle):
            raise Skipped
        brand = fitting.words(self._take(item, "brand"))
        created_at = self._time(item, "created_at") or now
        edited_at = self._time(item, "edited_at")
        return Incoming(
            source=source,
            external_id=external_id,
            community=self._community(item, brand, source),
            created_at=created_at,
            handle=handle,
            name=fitting.words(self._about(item, "name"), KEY),
            bio=fitting.words(self._about(item, "bio"), WORDS),
            followers=_count(self._about(item, "followers")),
            text=text,
            url=fitting.link(self._take(item, "url")),
            lang=fitting.words(self._take(item, "lang")),
            brand=brand,
            in_reply_to=fitting.parent(self._take(item, "in_reply_to")),
            thread=fitting.parent(self._take(item, "thread")),
            edited_at=edited_at if edited_at is not None and edited_at > created_at else None,
            extra={} if text else {INCOMPLETE: True},
        )

    def _community(self, item: Mapping[str, object], brand: str | None, source: str) -> str:
        named = fitting.words(self._take(item, "community"))
        if named is not None or source != self.plan.source:
            return self.community_of(
                community=named or self.plan.community or None, brand=brand, source=source
            )
        return community(self.plan, self.community_of, brand=brand)

    def _source(self, item: Mapping[str, object]) -> str:
        said = fitting.words(self._take(item, "source"), NAME)
        return self.mapping.rename.get(said.casefold(), said) if said else self.plan.source

    def _text(self, item: Mapping[str, object]) -> str:
        parts = [
            fitting.text(spoken(found))
            for wanted in self.mapping.text
            if (found := take(item, wanted)) is not None
        ]
        parts = [plain_text(part) if self.mapping.markup else part.strip() for part in parts]
        return fitting.text("\n\n".join(dict.fromkeys(part for part in parts if part)))

    def _take(self, item: Mapping[str, object], name: str) -> object:
        return take(item, self.mapping.fields.get(name, ()))

    def _about(self, item: Mapping[str, object], name: str) -> object:
        found = take(item, self.mapping.author.get(name, ()))
        return spoken(found) if found is not None else None

    def _time(self, item: Mapping[str, object], name: str) -> datetime | None:
        return moment(self._take(item, name), self.mapping.zone, self.mapping.time_format)


def at(value: object, path: Path) -> object:
    """What stands there; None where nothing does. A key may hold dots itself."""
    for number, part in enumerate(path):
        if isinstance(value, dict):
            whole = ".".join(path[number:])
            if part not in value and whole in value:
                return value[whole]
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and len(part) < 5:
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def take(item: object, wanted: Wanted) -> object:
    """The first of these that holds something: text that is not blank, a number, true or false."""
    for parts in wanted:
        if len(parts) == 1 and not isinstance(parts[0], str):
            found = at(item, parts[0])
        else:
            found = _joined([part if isinstance(part, str) else _filled(at(item, part)) for part in parts])
        found = _filled(found)
        if found is not None:
            return found
    return None


def _joined(parts: Sequence[object]) -> str | None:
    return None if any(part is None for part in parts) else "".join(spoken(part) for part in parts)


def _filled(value: object) -> object:
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, bool | int | float) else None


def _says(item: object, conditions: Mapping[Path, Sequence[str]]) -> bool:
    return all(spoken(at(item, path)) in allowed for path, allowed in conditions.items())


def _count(value: object) -> int | None:
    """12,400 and "12400" alike; None for what is no plain number."""
    said = str(value).replace(",", "").strip() if value is not None else ""
    said = said.removesuffix(".0")
    return fitting.count(int(said)) if said.isdecimal() and len(said) < 17 else None


def moment(value: object, zone: tzinfo, time_format: str = "") -> datetime | None:
    """ISO 8601, RFC 2822, seconds, milliseconds or microseconds since 1970, or the vendor's own format; a time without
    a zone is in `zone`. None for everything else, and for years that cannot be right."""
    try:
        if isinstance(value, bool) or value is None:
            return None
        found = _number(value)
        when = (
            datetime.fromtimestamp(found, UTC)
            if found is not None
            else _read(str(value).strip(), time_format)
        )
        when = (when if when.tzinfo is not None else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return when if when.year in YEARS else None


def _number(value: object) -> float | None:
    """Seconds since 1970. A short row of digits is a date, 20260302, not a moment in August 1970."""
    if isinstance(value, str):
        said = value.strip()
        if len(said) < 9 or not said.replace(".", "", 1).isdecimal() or not said.isascii():
            return None
        value = float(said)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value / (1e6 if abs(value) > _MICROSECONDS else 1e3 if abs(value) > _MILLISECONDS else 1)


def _read(text: str, time_format: str) -> datetime:
    if time_format:
        return datetime.strptime(text, time_format)  # noqa: DTZ007 - the zone is the mapping's, added behind
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC") + ("+00:00" if text.endswith(" UTC") else ""))
    except ValueError:
        return parsedate_to_datetime(text)
