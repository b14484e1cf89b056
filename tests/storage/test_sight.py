"""Lists and counts leave out what is hidden, in the query, and stay fast with many cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.people import PersonId
from bot.ports import CaseFilter, Origin
from storage.sql.store import SqlStore
from tests.storage.conftest import ON_SQLITE
from tests.storage.kit import a_case, file, incoming, load, rows, runs, save


async def found(store: SqlStore, *viewers: str, **which: object) -> tuple[list[int], int]:
    wanted = CaseFilter(visible_to=viewers, **which)  # type: ignore[arg-type]
    async with store.work(Origin()) as work:
        cases = await work.cases.find(wanted)
        return [case.id for case in cases], await work.cases.count(wanted)


async def four(store: SqlStore) -> None:
    """Open to all; to Support alone; to Legal and Support; to Support, with an owner of another department."""
    gil = PersonId("gil@kettle.example")
    await save(
        store,
        a_case(1),
        replace(a_case(2), restricted_to=("support",)),
        replace(a_case(3), restricted_to=("support", "legal")),
        replace(a_case(4), restricted_to=("support",), owner=gil),
    )


@pytest.mark.parametrize(
    ("viewers", "numbers"),
    [
        ((), [1]),
        (("sales",), [1]),
        (("support",), [1, 2, 3, 4]),
        (("legal", "pr"), [1, 3]),
        (("sales", "gil@kettle.example"), [1, 4]),
        (("egal", "support|", "%", "_"), [1]),
    ],
)
async def test_who_finds_what(store: SqlStore, viewers: tuple[str, ...], numbers: list[int]) -> None:
    await four(store)
    assert await found(store, *viewers) == (numbers, len(numbers))


async def test_everything_without_a_limit(store: SqlStore) -> None:
    await four(store)
    async with store.work(Origin()) as work:
        assert await work.cases.count(CaseFilter()) == 4


async def test_words_of_hidden_posts_find_nothing(store: SqlStore) -> None:
    await file(store, replace(a_case(1), restricted_to=("support",)), incoming("m1", text="a zebra"))
    assert await found(store, "sales", text="zebra") == ([], 0)
    assert await found(store, "support", text="zebra") == ([1], 1)


async def test_opened_again_it_is_found_again(store: SqlStore) -> None:
    await save(store, replace(a_case(1), restricted_to=("support",)))
    case = await load(store, 1)
    await save(store, replace(case, restricted_to=(), mentions=2))
    assert await found(store) == ([1], 1)


async def test_what_was_merged_is_as_hidden_as_what_it_is_part_of(store: SqlStore) -> None:
    await save(store, replace(a_case(1), absorbed=(2,)), replace(a_case(2), merged_into=1))
    target = await load(store, 1)
    await save(store, replace(target, restricted_to=("support",), mentions=3))
    assert await found(store, "sales") == ([], 0)
    # Something happens to the merged one afterwards, such as an edit of its post.
    merged = await load(store, 2)
    await save(store, replace(merged, mentions=4))
    assert await found(store, "sales") == ([], 0)
    target = await load(store, 1)
    await save(store, replace(target, restricted_to=(), mentions=5))
    assert (await found(store, "sales"))[1] == 2


@ON_SQLITE
async def test_hidden_cases_are_left_out_by_their_own_small_index(store: SqlStore) -> None:
    """Not by reading every case of a department to ask who may see it."""
    await runs(
        store,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO cases "
        "(id, version, community, department, state, priority, escalating, due, opened_at, sight, body) "
        "SELECT i, 1, 'x', 'support', 'open', 'P3', 0, i, i, CASE WHEN i % 50 THEN NULL ELSE '|legal|' END, x'7b7d'"
        " FROM n",
    )
    await runs(store, "ANALYZE")
    plan = await rows(
        store,
        "EXPLAIN QUERY PLAN SELECT count(*) FROM cases WHERE state IN ('open', 'claimed') AND department = 'support' "
        "AND cases.id NOT IN (SELECT restricted.id FROM cases AS restricted WHERE restricted.sight IS NOT NULL "
        "AND restricted.state IN ('open', 'claimed') AND NOT (restricted.sight LIKE '%|support|%'))",
    )
    said = " / ".join(row.detail for row in plan)
    assert "cases_sight" in said and "SEARCH cases USING INDEX cases_" in said and "SCAN" not in said
    async with store.work(Origin()) as work:
        assert await work.cases.count(CaseFilter(visible_to=("support",))) == 2940
