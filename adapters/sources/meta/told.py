"""What stands in one request of Meta's."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.sources.mention_json import Rejected
from bot.ports import Incoming, Removed


@dataclass(frozen=True, slots=True)
class Lookup:
    """A mention whose words have to be asked for: `fields` of `path`, below `within` in the answer. `mention` stands
    meanwhile."""

    mention: Incoming
    path: str
    fields: str
    within: str = ""


@dataclass(slots=True)
class Told:
    """What stands in one request. `others` counts what is fine, but no post: likes, messages."""

    mentions: list[Incoming] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    others: int = 0
