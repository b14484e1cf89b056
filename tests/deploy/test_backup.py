"""Backup and restore, by the very commands of operations.md, while the desk goes on writing."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from bot.ports import Origin
from storage.sql.audit import verify
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.deploy.page import commands
from tests.desk import Time, test_policy
from tests.fakes.postgres import binaries, new_database
from tests.storage.kit import a_case, file, incoming, load, put, timer

BEFORE = 5
PSQL = "psql --quiet --set=ON_ERROR_STOP=1"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    time = Time()
    store = SqlStore(url, test_policy(), SqlClock(real=time.real, sleep=time.sleep))
    await store.clock.refresh(store.reader)
    try:
        yield store
    finally:
        await store.close()


async def run(words: str, folder: Path, **env: str) -> None:
    """The commands as a person would run them, with PostgreSQL's programs at hand."""
    programs = f"{Path(sys.executable).parent}:{(binaries() / 'initdb').resolve().parent}"
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-euc", words],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def posts(store: SqlStore, numbers: range, *, until: asyncio.Event | None = None) -> int:
    """Posts arrive and become cases, until told to stop; how many."""
    for count, number in enumerate(numbers):
        if until is not None and until.is_set():
            return count
        await file(store, a_case(number), incoming(f"p{number}"))
    return len(numbers)


async def cases_of(url: str) -> int:
    """How many chains of events there are; all of them are whole."""
    async with opened(url) as store:
        verdicts = await store.reader.once(lambda connection: list(verify(connection)))
    assert all(verdict.broken_at is None for verdict in verdicts)
    return len(verdicts)


async def backed_up_meanwhile(url: str, words: str, folder: Path, **env: str) -> int:
    """Runs the backup while posts go on arriving; how many arrived in all."""
    done = asyncio.Event()
    async with opened(url) as store:
        await posts(store, range(1, BEFORE + 1))
        writing = asyncio.create_task(posts(store, range(100, 100_000), until=done))
        try:
            await run(words, folder, **env)
        finally:
            done.set()
        return BEFORE + await writing


async def goes_on(url: str) -> None:
    """The desk works on what was restored."""
    await asyncio.to_thread(upgrade, url)
    async with opened(url) as store:
        assert (await load(store, 1)).id == 1
        await posts(store, range(200_000, 200_003))
        await put(store, timer("a clock"))
        async with store.work(Origin()) as work:
            work.jobs.drop("a clock")


async def test_a_sqlite_file_is_backed_up_while_it_is_written_and_restored(tmp_path: Path) -> None:
    await asyncio.to_thread(upgrade, f"sqlite:///{tmp_path / 'baton.db'}")
    url, backup = f"sqlite:///{tmp_path / 'baton.db'}", str(tmp_path / "backup.db")
    env = {"DATABASE": str(tmp_path / "baton.db"), "BACKUP": backup}
    arrived = await backed_up_meanwhile(url, commands("VACUUM INTO"), tmp_path, **env)
    held = await cases_of(f"sqlite:///{shutil.copy(backup, tmp_path / 'copy.db')}")
    assert BEFORE <= held <= arrived == await cases_of(url)

    # The desk was killed, and its disk went bad: what is left of its journal must not be mixed with the backup.
    async with opened(url) as store:
        await posts(store, range(300_000, 300_005))
        journal = (tmp_path / "baton.db-wal").read_bytes()
    (tmp_path / "baton.db").write_bytes(b"gone" * 5000)
    (tmp_path / "baton.db-wal").write_bytes(journal)
    await run(commands("baton.db-wal"), tmp_path, **env)
    assert await cases_of(url) == held
    await goes_on(url)


async def test_a_backup_never_overwrites_an_older_one(tmp_path: Path) -> None:
    await asyncio.to_thread(upgrade, f"sqlite:///{tmp_path / 'baton.db'}")
    (tmp_path / "backup.db").write_bytes(b"the only good one")
    env = {"DATABASE": str(tmp_path / "baton.db"), "BACKUP": str(tmp_path / "backup.db")}
    with pytest.raises(AssertionError, match=r"already exists|not a database"):
        await run(commands("VACUUM INTO"), tmp_path, **env)
    assert (tmp_path / "backup.db").read_bytes() == b"the only good one"


async def test_a_postgresql_database_is_dumped_while_it_is_written_and_restored(tmp_path: Path) -> None:
    url, empty = new_database(), f"restored_{os.getpid()}"
    restored = _shown(make_url(url).set(database=empty))
    env = {"BATON_DATABASE_URL": url, "RESTORED": restored, "BACKUP": str(tmp_path / "baton.dump")}
    arrived = await backed_up_meanwhile(url, commands("pg_dump"), tmp_path, **env)

    await run(
        f'{PSQL} "$BATON_DATABASE_URL" --command="CREATE DATABASE {empty} TEMPLATE template0"',
        tmp_path,
        **env,
    )
    await run(commands("pg_restore"), tmp_path, **env)
    held = await cases_of(restored)
    assert BEFORE <= held <= arrived == await cases_of(url)
    await goes_on(restored)


async def test_the_desk_s_role_needs_no_more_than_the_page_grants(tmp_path: Path) -> None:
    """One role owns the tables and migrates; the desk works as another, which may not change what they look like."""
    admin, names = new_database(), {each: f"{each}_{os.getpid()}" for each in ("baton_owner", "baton_app")}
    names["DATABASE baton"] = f"DATABASE least_{os.getpid()}"
    made = make_url(admin).set(database=f"least_{os.getpid()}")
    for holding, where in (("CREATE ROLE baton_app", make_url(admin)), ("ALTER DEFAULT PRIVILEGES", made)):
        sql = commands(holding, "sql")
        for usual, own in names.items():
            sql = re.sub(rf"{usual}\b", own, sql)
        (tmp_path / "roles.sql").write_text(sql)
        await run(f'{PSQL} "$WHERE" --file=roles.sql', tmp_path, WHERE=_shown(where))
    owner, desk = (_shown(made.set(username=names[role])) for role in ("baton_owner", "baton_app"))

    await asyncio.to_thread(upgrade, owner)
    async with opened(desk) as store:
        await posts(store, range(1, 4))
    await goes_on(desk)
    assert await cases_of(desk) == 6
    with pytest.raises(AssertionError, match="must be owner"):
        await run(f'{PSQL} "$WHERE" --command="DROP TABLE cases"', tmp_path, WHERE=desk)


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)
