"""The disk is full: nothing is accepted that could not be kept, everybody is told in a sentence, and nothing was lost
when there is room again."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path
from typing import Final

import pytest

from storage.sql.errors import BROKEN, FULL
from tests.crashes.people import a_post, offer, somebody_works, the_public_writes
from tests.crashes.promises import holds_in_the_end, rests
from tests.crashes.report import seeds, tried
from tests.crashes.town import Engine, Town, a_town, until
from tests.storage.kit import rows, runs

LARGEST: Final = 128 * 1024
"""No file grows beyond so many bytes: the database has, what it writes ahead soon does, the log never."""
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'clock'"
_NO_ROOM: Final = """CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$"""
_NOT_INTO: Final = "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {} EXECUTE FUNCTION no_room()"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", seeds(1))
async def test_a_full_disk_loses_nothing(tmp_path: Path, engine: Engine, seed: int) -> None:
    async with a_town(tmp_path, engine, seed) as town:
        over = asyncio.Event()
        await the_public_writes(town, 10)
        fill, room, wanted = FILES if engine == "sqlite" else ROWS
        public = asyncio.create_task(the_public_writes(town, 30, first=10))
        working = asyncio.create_task(somebody_works(town, 0, over))
        await asyncio.sleep(town.chance.uniform(0, 1))
        await fill(town)
        town.did("disk full")
        await until(lambda: said_by_readyz(town), wanted)
        await until(lambda: said_by_intake(town), f"{wanted} Send this again in 30 s.")
        await asyncio.sleep(town.chance.uniform(0, 1))
        await room(town)
        await town.ready()
        await public
        over.set()
        await working
        await rests(town)
        await holds_in_the_end(town)
        tried(f"disk full on {engine}", seed, town.faults.items())


async def said_by_readyz(town: Town) -> str:
    """What the first replica says of its database."""
    async with town.client.get(f"{town.replicas[0].address}/readyz") as response:
        said = (await response.json())["checks"]["database"]
        return str(said.get("says", "")) if response.status == 503 else ""


async def said_by_intake(town: Town) -> str:
    """What somebody hears whose post cannot be stored."""
    post = a_post(999, town.chance, [])
    status, said = await offer(town, [post])
    if status == 202:
        town.accepted.add(post["id"])
    return said if status == 503 else ""


# -- two disks --------------------------------------------------------------------------------------------------


async def no_byte_more(town: Town) -> None:
    """The system itself refuses every byte behind the limit, whoever writes it."""
    for replica in town.replicas:
        resource.prlimit(replica.pid, resource.RLIMIT_FSIZE, (LARGEST, resource.RLIM_INFINITY))


async def bytes_again(town: Town) -> None:
    for replica in town.replicas:
        resource.prlimit(replica.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def no_row_more(town: Town) -> None:
    """The server answers as it does when its disk is full: with that error, to every statement that needs room."""
    await runs(town.store, _NO_ROOM)
    for (table,) in await rows(town.store, _TABLES):
        await runs(town.store, _NOT_INTO.format(table))


async def rows_again(town: Town) -> None:
    await runs(town.store, "DROP FUNCTION no_room() CASCADE")


FILES: Final = (no_byte_more, bytes_again, BROKEN)
ROWS: Final = (no_row_more, rows_again, FULL)
