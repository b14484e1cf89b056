"""Which post a conversation began with: a server tells it only of each post by itself."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import structlog

from adapters.sources.mastodon.api import Api, Away, Busy, Refused
from adapters.sources.mastodon.instance import id_of

log = structlog.get_logger(__name__)

_REMEMBERED: Final = 5_000


@dataclass(slots=True)
class Threads:
    """Remembers roots, so that a long conversation is asked for once."""

    api: Api
    _roots: OrderedDict[str, str] = field(default_factory=OrderedDict)

    async def root(self, status: Mapping[str, Any]) -> str | None:
        """The id of the conversation's first post; that of the post answered where the server does not tell more."""
        number = id_of(status)
        if number is None:
            return None
        parent = id_of({"id": status.get("in_reply_to_id")})
        root = number if parent is None else self._roots.get(parent) or self._roots.get(number)
        if root is None and parent is not None:
            root = await self._asked(number)
            if root is None:
                return parent
        for each in filter(None, (number, parent)):
            self._roots[each] = root or number
        while len(self._roots) > _REMEMBERED:
            self._roots.popitem(last=False)
        return root

    async def _asked(self, number: str) -> str | None:
        try:
            said = (await self.api.get(f"/api/v1/statuses/{quote(number, safe='')}/context")).body
        except (Refused, Busy, Away) as error:
            log.info("a conversation's beginning is not known", status=number, why=type(error).__name__)
            return None
        above = said.get("ancestors") if isinstance(said, dict) else None
        return next(filter(None, map(id_of, above)), None) if isinstance(above, list) else None
