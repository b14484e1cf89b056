"""The keys that only a source of kind "reddit" has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.policy.fields import Table

_NAME: Final = re.compile(r"[A-Za-z0-9_]{2,21}")
_NO_NAME: Final = 'this is no subreddit: write its name alone, such as "coffee"'


def read_reddit(table: Table, address: Callable[[str], str]) -> Mapping[str, object]:
    """`subreddits`: where posts and comments are read; without them all of Reddit's posts are searched. `oauth_url`:
    where its API is, for who runs a stand-in."""
    names = []
    for number, said in enumerate(table.texts("subreddits")):
        name = said.removeprefix("/").removeprefix("r/").removesuffix("/")
        if _NAME.fullmatch(name):
            names.append(name)
        else:
            table.problems.mistake(table.at("subreddits", number), _NO_NAME)
    return {"subreddits": tuple(dict.fromkeys(names)), "oauth_url": table.parsed("oauth_url", address, "")}
