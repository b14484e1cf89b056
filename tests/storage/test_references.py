"""Where conversations are reached, kept."""

from __future__ import annotations

from storage.sql.store import SqlStore
from tests.storage.conftest import Opener

ANA = "person:00000000-0000-0000-0000-00000000000a"
DATA = {"service_url": "https://smba.example/emea", "conversation": "a:1Ω", "team": ""}


async def test_a_reference_is_kept_as_it_was_told(opened: Opener) -> None:
    async with opened() as store:
        await store.references.keep("teams", ANA, DATA)
    async with opened() as store:
        assert await store.references.get("teams", ANA) == DATA
        assert await store.references.everyone("teams") == {ANA: DATA}


async def test_platforms_do_not_mix(store: SqlStore) -> None:
    await store.references.keep("teams", ANA, DATA)
    assert await store.references.get("slack", ANA) is None
    assert await store.references.everyone("slack") == {}
    await store.references.forget("slack", ANA)
    assert await store.references.get("teams", ANA) == DATA


async def test_what_is_told_later_stands_in_its_place(store: SqlStore) -> None:
    await store.references.keep("teams", ANA, DATA)
    await store.references.keep("teams", "channel:19:x", {"team": "19:t"})
    await store.references.keep("teams", ANA, {"conversation": "a:2"})
    assert await store.references.everyone("teams") == {
        ANA: {"conversation": "a:2"},
        "channel:19:x": {"team": "19:t"},
    }


async def test_what_is_forgotten_is_away_and_may_come_again(store: SqlStore) -> None:
    await store.references.forget("teams", ANA)
    await store.references.keep("teams", ANA, DATA)
    await store.references.forget("teams", ANA)
    assert await store.references.get("teams", ANA) is None
    await store.references.keep("teams", ANA, DATA)
    assert await store.references.get("teams", ANA) == DATA
