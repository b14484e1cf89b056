"""What only a Mastodon source has: its server, who may read our replies, which public timeline is looked through."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.policy.fields import Table

_NO_URL: Final = 'every Mastodon server has its own address: write it, as in url = "https://mastodon.social"'


class Visibility(StrEnum):
    """Who may read a reply to a public post. One to a post that is not public goes to its author alone."""

    PARENT = "parent"
    PUBLIC = "public"
    UNLISTED = "unlisted"


class Public(StrEnum):
    """The public timeline in which words of `search` are looked for: this server's posts, all that it knows, none."""

    LOCAL = "local"
    ALL = "all"
    OFF = "off"


def read_mastodon(table: Table) -> Mapping[str, object]:
    if table.lacks("url"):
        table.missing("url", _NO_URL)
    return {
        "visibility": str(table.choice("visibility", Visibility) or Visibility.PARENT),
        "public": str(table.choice("public", Public) or Public.LOCAL),
    }
