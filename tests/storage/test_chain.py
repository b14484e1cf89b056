"""The hash chain: whoever changes, removes or reorders a fact is found; erasing personal text is not that."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import notes
from bot.ports import Origin
from storage.sql import chain
from storage.sql.store import SqlStore
from tests.desk import MONDAY
from tests.storage.kit import ANA, HOUR, a_case, load, minutes, runs, save

SUBJECT = "case:7"


@pytest.fixture
async def chained(store: SqlStore) -> SqlStore:
    """Case 7 with four events, and case 8 beside it."""
    await save(store, a_case(7), a_case(8))
    for number in range(3):
        case = notes.note(
            await load(store, 7), f"note {number}", by=ANA, at=MONDAY + minutes(number), lease=HOUR
        )
        await save(store, case)
    return store


async def broken_at(store: SqlStore, subject: str = SUBJECT, length: int | None = None) -> int | None:
    return await store.reader.once(lambda c: chain.broken_at(c, subject, length=length))


async def test_an_untouched_chain_is_whole(chained: SqlStore) -> None:
    assert await broken_at(chained) is None
    assert await broken_at(chained, "case:8") is None
    assert await broken_at(chained, length=4) is None
    assert await broken_at(chained, "case:9") is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "dismissed"),
        ("department", "pr"),
        ("at", 1),
        ("actor", "ben@kettle.example"),
        ("place", "web:pr"),
        ("data", '{"text":"other"}'),
        ("salt", b"0" * 16),
        ("digest", b"0" * 32),
        ("hash", b"0" * 32),
        ("seq", 9),
        ("actor", None),
        ("data", None),
        ("salt", None),
    ],
)
async def test_a_changed_fact_is_found(chained: SqlStore, column: str, value: Any) -> None:
    await runs(chained, f"UPDATE events SET {column} = :v WHERE subject = :s AND seq = 2", v=value, s=SUBJECT)
    assert await broken_at(chained) == 2


async def test_words_put_in_the_place_of_erased_ones_are_found(chained: SqlStore) -> None:
    await runs(
        chained, "UPDATE events SET salt = NULL, data = '{}' WHERE subject = :s AND seq = 2", s=SUBJECT
    )
    assert await broken_at(chained) == 2


async def test_a_fact_moved_to_another_case_is_found(chained: SqlStore) -> None:
    await runs(
        chained, "UPDATE events SET subject = 'case:8', seq = 2 WHERE subject = :s AND seq = 4", s=SUBJECT
    )
    assert await broken_at(chained, "case:8") == 2


@pytest.mark.parametrize("seq", [1, 2, 3])
async def test_a_removed_fact_is_found(chained: SqlStore, seq: int) -> None:
    await runs(chained, "DELETE FROM events WHERE subject = :s AND seq = :n", s=SUBJECT, n=seq)
    assert await broken_at(chained) == seq


async def test_a_removed_fact_is_found_when_the_others_are_renumbered(chained: SqlStore) -> None:
    await runs(chained, "DELETE FROM events WHERE subject = :s AND seq = 2", s=SUBJECT)
    for seq in (3, 4):
        await runs(
            chained, "UPDATE events SET seq = :m WHERE subject = :s AND seq = :n", s=SUBJECT, n=seq, m=seq - 1
        )
    assert await broken_at(chained) == 2


async def test_an_end_cut_off_is_found_by_who_knows_the_length(chained: SqlStore) -> None:
    await runs(chained, "DELETE FROM events WHERE subject = :s AND seq = 4", s=SUBJECT)
    assert await broken_at(chained) is None
    assert await broken_at(chained, length=(await load(chained, 7)).seq) == 4


async def test_reordered_facts_are_found(chained: SqlStore) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        await runs(
            chained, "UPDATE events SET seq = :m WHERE subject = :s AND seq = :n", s=SUBJECT, n=old, m=new
        )
    assert await broken_at(chained) == 2


async def test_an_added_fact_is_found(chained: SqlStore) -> None:
    columns = "kind, department, at, actor, place, data, salt, digest, hash"
    copy = f"INSERT INTO events (subject, seq, {columns}) SELECT subject, 5, {columns} FROM events"
    await runs(chained, f"{copy} WHERE subject = :s AND seq = 4", s=SUBJECT)
    assert await broken_at(chained) == 5


async def test_erasing_the_personal_part_keeps_the_chain_whole(chained: SqlStore) -> None:
    erase = "UPDATE events SET actor = NULL, place = NULL, data = NULL, salt = NULL WHERE subject = :s"
    await runs(chained, erase, s=SUBJECT)
    assert await broken_at(chained, length=4) is None
    async with chained.work(Origin()) as work:
        events = await work.cases.history(7)
    assert {(event.by, event.place, len(event.data)) for event in events} == {("erased", "", 0)}


async def test_an_erased_chain_goes_on(chained: SqlStore) -> None:
    await runs(chained, "UPDATE events SET actor = NULL, place = NULL, data = NULL, salt = NULL")
    await save(chained, notes.note(await load(chained, 7), "more", by=ANA, at=MONDAY, lease=HOUR))
    assert await broken_at(chained, length=5) is None


async def test_equal_words_have_different_digests(chained: SqlStore) -> None:
    # Else whoever guesses erased words could prove that they stood there.
    for _ in range(2):
        await save(chained, notes.note(await load(chained, 7), "same", by=ANA, at=MONDAY, lease=HOUR))
    rows = await chained.reader.once(lambda c: c.exec_driver_sql("SELECT digest, data FROM events").all())
    same = [row.digest for row in rows if "same" in row.data]
    assert len(same) == 2 == len(set(same))
