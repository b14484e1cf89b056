"""The keys of a source of kind "meta": one Facebook page, or one Instagram account."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.policy.fields import Table

VERSION: Final = "v23.0"
_ONE: Final = (
    'say which one: page = "1234" for a Facebook page, or instagram = "1784" for an Instagram account, by its number; '
    "for both write two sources"
)
_NO_NUMBER: Final = "this is not a number as Meta shows it, such as 17841405309211844"
_NO_VERSION: Final = "write the version of the Graph API as Meta does, such as v23.0"


def read_meta(table: Table) -> Mapping[str, object]:
    """`page` or `instagram`, the other one blank, and the `version` of the Graph API."""
    page, instagram = (table.parsed(key, _number, "") for key in ("page", "instagram"))
    if bool(page) == bool(instagram):
        table.missing("page", _ONE)
    return {"page": page, "instagram": instagram, "version": table.parsed("version", _version, VERSION)}


def _number(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,32}", text):
        raise ValueError(_NO_NUMBER)
    return text


def _version(text: str) -> str:
    if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]", text):
        raise ValueError(_NO_VERSION)
    return text
