"""The audit walks every chain, and says of a broken one where and what that means."""

from __future__ import annotations

import pytest

from bot.domain import notes
from bot.domain.events import Kind
from bot.domain.people import PersonId
from storage.sql.audit import AUDIT, Verdict, record, verify
from storage.sql.store import SqlStore
from tests.desk import MONDAY
from tests.storage.kit import ANA, HOUR, a_case, does, load, runs, save


@pytest.fixture
async def kept(store: SqlStore) -> SqlStore:
    """Case 7 with three events, case 8 with one, and two exports."""
    await save(store, a_case(7), a_case(8))
    for text in ("one", "two"):
        await save(store, notes.note(await load(store, 7), text, by=ANA, at=MONDAY, lease=HOUR))
    for _ in range(2):
        await does(store, lambda c: record(c, Kind.EXPORTED, by=PersonId("root"), at=MONDAY, which="case 7"))
    return store


async def verdicts(store: SqlStore) -> dict[str, Verdict]:
    return {found.subject: found for found in await store.reader.once(lambda c: list(verify(c)))}


async def the_broken(store: SqlStore) -> Verdict:
    (broken,) = [found for found in (await verdicts(store)).values() if found.broken_at is not None]
    return broken


async def test_all_whole(kept: SqlStore) -> None:
    found = await verdicts(kept)
    assert {name: verdict.events for name, verdict in found.items()} == {"case:7": 3, "case:8": 1, AUDIT: 2}
    assert not any(verdict.broken_at for verdict in found.values())
    assert [found["case:7"].case, found[AUDIT].case] == [7, None]


@pytest.mark.parametrize(
    ("sql", "at", "means"),
    [
        ("UPDATE events SET data = '{}' WHERE subject = 'case:7' AND seq = 2", 2, 'event 2 ("noted", 2026-03-02'),
        ("DELETE FROM events WHERE subject = 'case:7' AND seq = 2", 2, "event 2 is missing"),
        ("DELETE FROM events WHERE subject = 'case:7' AND seq = 3", 3, "3 were recorded, 2 are there"),
        ("DELETE FROM events WHERE subject = 'case:7'", 1, "3 were recorded, 0 are there"),
        ("DELETE FROM cases WHERE id = 7", 1, "the case itself was deleted"),
        ("UPDATE cases SET body = '{}' WHERE id = 7", 1, "cannot be read"),
        ("DELETE FROM events WHERE subject = 'audit' AND seq = 2", 2, "2 were recorded, 1 are there"),
    ],
)  # fmt: skip
async def test_what_was_done_to_it_is_said(kept: SqlStore, sql: str, at: int, means: str) -> None:
    await runs(kept, sql)
    broken = await the_broken(kept)
    assert broken.broken_at == at
    assert means in broken.means


async def test_an_event_added_at_the_end_is_found(kept: SqlStore) -> None:
    await does(kept, lambda c: record(c, Kind.EXPORTED, by=PersonId("root"), at=MONDAY))
    await runs(kept, "UPDATE counters SET value = value - 1 WHERE name = 'chain:audit'")
    assert "only 2 were recorded" in (await the_broken(kept)).means
