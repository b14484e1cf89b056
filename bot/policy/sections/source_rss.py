"""The keys that only a source of kind "rss" has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.policy.fields import Table

_MOST: Final = 100
_TOO_MANY: Final = "these are more than 100 feeds: make several sources of them"


def read_rss(table: Table, address: Callable[[str], str]) -> Mapping[str, object]:
    """`feeds`: their addresses."""
    feeds = []
    for number, said in enumerate(table.texts("feeds")):
        try:
            address(said)
            # As it was written: a slash at its end may matter.
            feeds.append(said)
        except ValueError as error:
            table.problems.mistake(table.at("feeds", number), str(error))
    if len(feeds) > _MOST:
        table.problems.mistake(table.at("feeds"), _TOO_MANY)
    return {"feeds": tuple(feeds[:_MOST])}
