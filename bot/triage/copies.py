"""Near-copies: which posts say nearly the same. Pure, but for its memory.

MinHash over shingles of three characters, after what differs between copies (links, handles, digits) is gone. Words
are not kept: an index knows fingerprints only, so erasing a post leaves nothing of it here.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from operator import eq
from typing import Final

from rensa import RMinHash

from bot.domain.mention import Mention
from bot.ports import Lead
from bot.triage.words import normal

ALIKE: Final = 0.5
"""The share of common shingles from which two posts are near-copies."""

_SHINGLE: Final = 3
_LEAST: Final = 12
"""Characters below which words say too little: "thank you!" from five people is no surge."""
_PERMUTATIONS: Final = 128
_ROWS: Final = 4
_BANDS: Final = _PERMUTATIONS // _ROWS
_SEED: Final = 1042
MOST: Final = 4_000
"""Leading posts that an index holds; the oldest are forgotten first."""
_LOOKED_AT: Final = 256
_MISSES: Final = 10
"""One look-up compares at most so many candidates, the likeliest first, and ends after so many in a row are unlike."""

_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE: Final = re.compile(r"@[\w.-]*\w")
_REPOST: Final = re.compile(r"^\W*(?:RT|MT|RP|reposted|shared)\b:?\s*@[\w.-]*\w\s*:?\s*", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+")


def plain(text: str) -> str:
    """The words by which copies are alike: no repost mark, links, handles or digits; case and spaces folded."""
    bare = _HANDLE.sub(" ", _LINK.sub(" ", _REPOST.sub("", text)))
    return " ".join(_DIGITS.sub(" ", normal(bare)).split())


def is_repost(text: str) -> bool:
    """Whether the text says of itself that it repeats somebody's post: "RT @ana: ..."."""
    return _REPOST.match(text) is not None


def said_at(mention: Mention) -> datetime:
    """When it was said, by which surges are counted; a network's clock that runs ahead is not believed."""
    return min(mention.created_at, mention.received_at)


@dataclass(frozen=True, slots=True)
class Print:
    """The fingerprint of a text; two of the same `exact` have the same plain words."""

    marks: Sequence[int]
    exact: bytes

    def like(self, other: Print) -> float:
        """The estimated share of common shingles, 0 to 1."""
        same: int = sum(map(eq, self.marks, other.marks))
        return same / _PERMUTATIONS

    @property
    def bands(self) -> tuple[tuple[int, ...], ...]:
        return tuple((band, *self.marks[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS))


def print_of(text: str) -> Print | None:
    """None for words too short to say that they were copied."""
    words = plain(text)
    if len(words) < _LEAST:
        return None
    minhash = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    minhash.update([words[at : at + _SHINGLE] for at in range(len(words) - _SHINGLE + 1)])
    return Print(array("I", minhash.digest()), blake2b(words.encode(), digest_size=16).digest())


@dataclass(frozen=True, slots=True)
class Near:
    """A leading post and how much it is like the one asked about, 0.5 to 1."""

    lead: Lead
    like: float
    exact: bool


class Index:
    """The leading posts of one community in the window: those that opened a case others may join."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._leads: dict[int, tuple[Lead, Print]] = {}
        self._bands: dict[tuple[int, ...], set[int]] = {}

    def __len__(self) -> int:
        return len(self._leads)

    def put(self, lead: Lead, known: Print | None = None) -> None:
        """The post leads, or leads on: said again, it has the newer times. Without words to compare it is left out."""
        there = self._leads.pop(lead.mention, None)
        if there is not None:
            newest = max(there[0].last_at, lead.last_at)
            self._leads[lead.mention] = (replace(lead, last_at=newest), there[1])
            return
        found = known or print_of(lead.text)
        if found is None:
            return
        self._leads[lead.mention] = (replace(lead, text=""), found)
        for band in found.bands:
            self._bands.setdefault(band, set()).add(lead.mention)
        while len(self._leads) > self._most:
            self._drop(next(iter(self._leads)))

    def forget(self, before: datetime) -> None:
        """What led nothing since then goes."""
        for old in [number for number, (lead, _) in self._leads.items() if lead.changed_at < before]:
            self._drop(old)

    def near(self, wanted: Print, at: datetime, within: timedelta) -> tuple[Near, ...]:
        """Those nearly alike whose copies were said within that time of `at`, the first one said first."""
        hits: dict[int, int] = {}
        for band in wanted.bands:
            for number in self._bands.get(band, ()):
                hits[number] = hits.get(number, 0) + 1
        likeliest = sorted(hits, key=lambda number: (-hits[number], number))[:_LOOKED_AT]
        found, misses = [], 0
        for lead, known in (self._leads[number] for number in likeliest):
            like = wanted.like(known)
            misses = 0 if like >= ALIKE else misses + 1
            if misses == _MISSES:
                break
            if like >= ALIKE and lead.said_at - within <= at <= lead.last_at + within:
                found.append(Near(lead, like, wanted.exact == known.exact))
        return tuple(sorted(found, key=lambda near: (near.lead.said_at, near.lead.mention)))

    def _drop(self, number: int) -> None:
        _, known = self._leads.pop(number)
        for band in known.bands:
            self._bands[band].discard(number)
            if not self._bands[band]:
                del self._bands[band]


def together(mentions: Iterable[Mention], index: Index, within: timedelta) -> Mapping[int, tuple[str, ...]]:
    """Keys that near-copies of a batch share with one another, and with those that lead already; by mention."""
    batch, keys = Index(), {}
    for mention in mentions:
        found = print_of(mention.text)
        if found is None:
            continue
        at = said_at(mention)
        here = batch.near(found, at, within)
        others = [*here, *index.near(found, at, within)]
        keys[mention.id] = tuple(f"copies:{near.lead.mention}" for near in others) or (
            f"copies:{mention.id}",
        )
        if not here:
            batch.put(_as_lead(mention, at), found)
            keys[mention.id] = tuple(dict.fromkeys((*keys[mention.id], f"copies:{mention.id}")))
    return keys


def _as_lead(mention: Mention, at: datetime) -> Lead:
    return Lead(
        mention=mention.id,
        community=mention.community,
        case_id=0,
        department="",
        kind="",
        said_at=at,
        last_at=at,
        changed_at=at,
        text="",
    )
