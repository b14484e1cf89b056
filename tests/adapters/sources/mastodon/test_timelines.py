"""Timelines of servers whose ids say nothing of their order: everything newer, once, oldest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from adapters.sources.mastodon.api import Answer, Api
from adapters.sources.mastodon.timelines import Timeline


@dataclass
class Pages(Api):
    """A server whose ids say nothing of their order."""

    items: list[str] = field(default_factory=list)
    min_id: bool = True
    max_id: bool = True

    async def get(self, path: str, query: Any = None, *, to_reply: bool = False) -> Answer:
        asked = dict(query)
        low, high = asked.get("min_id"), asked.get("max_id")
        limit = int(asked["limit"])
        if low is not None and self.min_id:
            at = self.items.index(low) + 1 if low in self.items else 0
            page = self.items[at : at + limit]
        else:
            at = self.items.index(high) if high in self.items and self.max_id else len(self.items)
            page = self.items[max(0, at - limit) : at]
        return Answer([{"id": one} for one in reversed(page)], CIMultiDictProxy(CIMultiDict()))


@settings(deadline=None)
@given(
    before=st.integers(0, 30),
    since=st.integers(0, 60),
    limit=st.integers(1, 9),
    min_id=st.booleans(),
    deleted=st.booleans(),
    seed=st.randoms(),
)
async def test_everything_newer_comes_once_and_in_its_order(
    before: int, since: int, limit: int, min_id: bool, deleted: bool, seed: Any
) -> None:
    ids = [f"{seed.randrange(10**9):09d}{number}" for number in range(before + since)]
    known = ids[before - 1] if before else ""
    if deleted and before:
        ids.remove(known)
        before -= 1
    server = Pages(
        base="https://s.example",
        token="t",
        http=cast(Any, None),
        clock=cast(Any, None),
        items=ids,
        min_id=min_id,
    )
    found: list[str] = []
    newest = known
    async for page, at in Timeline(name="t", path="/t", limit=limit).behind(server, known):
        found += [str(item["id"]) for item in page]
        newest = at
    most = limit * 25
    if deleted and not (min_id and known in ids) and known:
        # Where the newest that was read is gone, some may come once more; none is missing.
        assert not since or len(ids) >= most or found[-since:] == ids[before:]
    elif known and min_id:
        assert found == ids[before : before + most]
    else:
        assert found == (ids[before:] if since <= most else ids[-most:])
    if found:
        assert newest == found[-1]
