"""Migrations with a desk's data in the tables: every step up keeps it, every step down loses only what the step added."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Table,
    column,
    inspect,
    select,
    table,
)
from sqlmodel import SQLModel

import storage.sql.schema
from bot.domain.people import PersonId
from storage.sql.database import is_server
from storage.sql.engine import connect
from storage.sql.erasing import erase_customer
from storage.sql.migrate import current, downgrade, newest, upgrade
from storage.sql.moments import Moment
from storage.sql.postgres import engine_of
from storage.sql.store import SqlStore
from tests.desk import MONDAY, a_desk, test_policy
from tests.fakes.postgres import empty_database
from tests.storage.kit import load

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]
"""By table, in the order of their keys."""

TABLES: Final = {each.name: each for each in SQLModel.metadata.sorted_tables}
_SCRIPTS: Final = Path(storage.sql.schema.__file__).parent / "migrations"
REVISIONS: Final = [script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()][::-1]
FILLED: Final = {"since", "responded_at", "closed_at"}
"""Columns that their migration fills from what stands in the case."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'desk.db'}"


def on(url: str, do: Callable[[Connection], T]) -> T:
    """In one transaction."""
    if is_server(url):
        return asyncio.run(_on_server(url, do))
    engine = connect(url, role="write")
    try:
        with engine.begin() as connection:
            return do(connection)
    finally:
        engine.dispose()


async def _on_server(url: str, do: Callable[[Connection], T]) -> T:
    engine = engine_of(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(do)
    finally:
        await engine.dispose()


@cache
def lived(folder: Path) -> Rows:
    """All that a desk has in its tables after a day; a table it never needed has one row made up."""
    address = asyncio.run(_a_day(folder))
    found = on(address, dump)
    return {name: found[name] or [made_up(each)] for name, each in TABLES.items()}


async def _a_day(folder: Path) -> str:
    async with a_desk(folder, database="lived.db") as desk:
        first = await desk.mention("My parcel never came, and nobody answers!", name="Zoë ☂", followers=212)
        other = await desk.mention("It never came, nobody answers me", handle="yuki")
        third = await desk.mention("The kettle leaks", handle="quetzal")
        for words in (
            f"claim {first}", f"note {first} rang them", f"tag {first} parcels", f"handoff {first} legal please",
            f"consult {other} pr what do we say?", f"merge {other} {first}", "mute promises",
            f"restrict {third} to legal", f"resolve {third} nothing-needed", "away until friday",
        ):  # fmt: skip
            await desk.hears(words, from_="ana")
        await desk.mention("Hello again", handle="otto")
        await desk.passes(hours=3)
        await erase_customer(desk.desk.store, "x", "quetzal", by=PersonId("terminal:root"))
        await desk.settles()
        await desk.desk.store.number()
        return desk.desk.store.url


def made_up(whose: Table) -> dict[str, Any]:
    return {each.name: _value(each) for each in whose.columns}


def _value(each: Any) -> Any:
    match each.type:
        case Moment():
            return MONDAY
        case Date():
            return MONDAY.date()
        case Boolean():
            return True
        case LargeBinary():
            return b"{}"
        case Integer():
            return 7
        case Float():
            return 1.5
        case _:
            return f"a {each.name}"


def there(connection: Connection) -> dict[str, Any]:
    """This revision's tables, with those columns that it has."""
    found = inspect(connection).get_multi_columns()
    columns = {name: {each["name"] for each in some} for (_, name), some in found.items()}
    columns.pop("alembic_version")
    assert columns.keys() <= TABLES.keys(), "a table that the program no longer has needs its rows here"
    return {
        name: table(name, *(column(c.name, c.type) for c in TABLES[name].columns if c.name in some))
        for name, some in sorted(columns.items())
    }


def fill(connection: Connection, rows: Rows) -> Rows:
    """What stands there then; what stood there before is gone."""
    for name, here in there(connection).items():
        connection.execute(here.delete())
        some = [{each.name: row[each.name] for each in here.columns} for row in rows[name]]
        connection.execute(here.insert(), some)
    return dump(connection)


def dump(connection: Connection) -> Rows:
    found = {}
    for name, here in there(connection).items():
        order = [here.columns[each.name] for each in TABLES[name].primary_key.columns]
        found[name] = [dict(row) for row in connection.execute(select(here).order_by(*order)).mappings()]
    return found


def as_in(fewer: Rows, more: Rows) -> Rows:
    """Of `more` what `fewer` has tables and columns for."""
    return {
        name: [{key: row[key] for key in rows[0]} for row in more[name]] if rows else []
        for name, rows in fewer.items()
    }


@pytest.fixture(scope="module")
def a_day(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BATON_TEST_DATABASE", raising=False)
        return lived(tmp_path_factory.mktemp("lived"))


def test_the_day_has_something_of_almost_everything(a_day: Rows) -> None:
    assert a_day.keys() == TABLES.keys()
    real = {name for name, rows in a_day.items() if rows != [made_up(TABLES[name])]}
    assert real >= {"cases", "events", "mentions", "jobs", "lanes", "messages", "web_messages", "threads", "seen",
                    "counters", "tombstones", "tombstone_keys", "absences", "case_tags", "mutes"}  # fmt: skip
    assert {row["state"] for row in a_day["cases"]} >= {"claimed", "resolved", "open"}


def test_every_step_up_and_down_keeps_what_it_did_not_add(url: str, a_day: Rows) -> None:
    for before, after in pairwise(REVISIONS):
        upgrade(url, before)
        was = on(url, lambda c: fill(c, a_day))
        upgrade(url, after)
        now = on(url, dump)
        assert as_in(was, now) == was, f"{before} -> {after}"
        for row, whole in zip(now["cases"], a_day["cases"], strict=True):
            added = {name: row[name] for name in row if name not in was["cases"][0]}
            expected = {name: whole[name] if name in FILLED else None for name in added}
            assert added == expected, f"{before} -> {after}"
        full = on(url, lambda c: fill(c, a_day))
        downgrade(url, before)
        left = on(url, dump)
        assert on(url, current) == before
        assert left.keys() == was.keys() and left == as_in(was, full), f"{after} -> {before}"


def test_the_oldest_desk_goes_on_at_the_newest_revision(url: str, a_day: Rows) -> None:
    upgrade(url, REVISIONS[0])
    on(url, lambda c: fill(c, a_day))
    upgrade(url)
    assert on(url, current) == newest()
    asyncio.run(_reads(url, [row["id"] for row in a_day["cases"]]))


async def _reads(url: str, numbers: list[int]) -> None:
    store = SqlStore(url, test_policy())
    try:
        for number in numbers:
            case = await load(store, number)
            assert case.id == number and isinstance(case.opened_at, datetime)
    finally:
        await store.close()


def test_all_the_way_down_with_data_and_up_again(url: str, a_day: Rows) -> None:
    upgrade(url)
    whole = on(url, lambda c: fill(c, a_day))
    downgrade(url, REVISIONS[0])
    least = on(url, dump)
    upgrade(url)
    again = on(url, dump)
    assert as_in(least, again) == as_in(least, whole)
    assert [row["since"] for row in again["cases"]] == [row["since"] for row in whole["cases"]]
    assert on(url, differences) == []


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))


def test_migrations_and_models_agree_on_postgresql() -> None:
    ours, models = empty_database(), empty_database()
    upgrade(ours)
    assert on(ours, differences) == []
    on(models, SQLModel.metadata.create_all)
    # The comparison does not read the conditions of partial indexes.
    asked = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname <> 'alembic_version_pkc'"
    definitions = [
        on(url, lambda c: {tuple(row) for row in c.exec_driver_sql(asked)}) for url in (ours, models)
    ]
    assert definitions[0] == definitions[1]
