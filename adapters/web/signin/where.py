"""Where somebody goes after signing in: back to a page of ours, and nowhere else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

HOME: Final = "/"
MOST: Final = 1000
_PAGE: Final = re.compile(r"/(?!signin|signout)[A-Za-z0-9-]{0,40}")


def own_page(text: str) -> str:
    """The path and query of `text` when it is a page of this desk; else the desk's first page.

    It is put together anew: one slash, at most one word, and a query of ours, so it leads to no other site however
    it was written.
    """
    if len(text) > MOST:
        return HOME
    path, _, query = text.partition("?")
    if not _PAGE.fullmatch(path):
        return HOME
    try:
        fields = parse_qsl(query, max_num_fields=20)
    except ValueError:
        return HOME
    return f"{path}?{urlencode(fields, errors='replace')}" if fields else path


def sealed(page: str) -> str:
    """The page's address in characters that a cookie or a query may hold."""
    return quote(page, safe="")
