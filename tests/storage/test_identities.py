"""Who is who, kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.ports import Identity, Standing
from storage.sql.store import SqlStore
from tests.desk import MONDAY
from tests.storage.conftest import Opener
from tests.storage.kit import minutes

ANA = Identity(
    platform="slack",
    user="U1",
    email="ana@kettle.example",
    name="Ana Ruiz",
    zone="Europe/London",
    standing=Standing.MEMBER,
    team="T1",
    checked_at=MONDAY,
)


async def test_an_identity_is_kept_as_it_was_told(opened: Opener) -> None:
    async with opened() as store:
        await store.identities.keep(ANA)
    async with opened() as store:
        assert await store.identities.everyone("slack") == [ANA]
        assert await store.identities.everyone("teams") == []


async def test_what_is_told_later_stands_in_its_place(store: SqlStore) -> None:
    guest = replace(ANA, standing=Standing.GUEST, email="a@x.example", checked_at=MONDAY + minutes(5))
    await store.identities.keep(ANA)
    await store.identities.keep(replace(ANA, platform="teams"))
    await store.identities.keep(guest)
    assert await store.identities.everyone("slack") == [guest]
    assert await store.identities.everyone("teams") == [replace(ANA, platform="teams")]


@pytest.mark.parametrize("standing", Standing)
async def test_every_standing_comes_back(store: SqlStore, standing: Standing) -> None:
    await store.identities.keep(replace(ANA, standing=standing))
    (found,) = await store.identities.everyone("slack")
    assert found.standing is standing


async def test_a_group_has_exactly_the_users_that_were_kept_last(opened: Opener) -> None:
    async with opened() as store:
        await store.identities.keep_group("slack", "S1", ["U1", "U2", "U1"])
        await store.identities.keep_group("slack", "S2", {"U3"})
        await store.identities.keep_group("teams", "S1", {"U9"})
        await store.identities.keep_group("slack", "S1", {"U2", "U4"})
        await store.identities.keep_group("slack", "S2", ())
    async with opened() as store:
        assert await store.identities.groups("slack") == {"S1": {"U2", "U4"}}
        assert await store.identities.groups("teams") == {"S1": {"U9"}}
