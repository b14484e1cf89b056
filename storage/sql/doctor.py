"""What is wrong with the desk's database, and how to mend it. Only looks: no byte of it is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Final

from bot.ports import Finding, Health
from storage.sql.engine import UnsupportedDatabase, sqlite_path
from storage.sql.lock import holder
from storage.sql.migrate import newest

AREA: Final = "Database"
LITTLE, NONE_LEFT = 1 << 30, 50 << 20
"""Free bytes below which a disk is nearly full, and full."""
PATIENCE: Final = 60.0
"""Seconds that looking through the whole file may take."""
OLDEST_SQLITE: Final = (3, 35, 0)

WELL: Final = "The database is there and at this program's shape."
NEW: Final = "There is no database yet; the first start makes it."
UNUSABLE: Final = "The database cannot be used: {reason}."
MEND_UNUSABLE: Final = (
    "BATON_DATABASE_URL says where it is: the folder must be there, and this user may write it."
)
NO_FOLDER: Final = "The folder {folder} is not there, so the database cannot be made."
MEND_FOLDER: Final = "mkdir -p {folder}   (or write another address into BATON_DATABASE_URL)"
NOT_WRITABLE: Final = "This user ({user}) may not write {path}, so nothing can be saved."
MEND_WRITABLE: Final = "chown {user} {path}   (or run the desk as the user who owns it)"
FULL: Final = (
    "The disk below {folder} is full: {free} MB are left, and a desk that cannot write takes in nothing."
)
NEARLY_FULL: Final = "The disk below {folder} is nearly full: {free} MB are left."
MEND_FULL: Final = (
    "Free some space, move the file with the desk stopped, or set a shorter retention in the policy."
)
NETWORK: Final = (
    "{folder} is on a network file system ({kind}), where SQLite's locks and its log do not work safely."
)
MEND_NETWORK: Final = "Put the database on a disk of this machine and write that into BATON_DATABASE_URL."
OTHERS: Final = "Everybody on this machine can read {path}, and it holds what customers wrote."
MEND_OTHERS: Final = "chmod 600 {path}"
OLD: Final = "The database is at revision {at}, this program needs {newest}."
MEND_OLD: Final = "`baton migrate`, or the next start, brings it up to date."
NEWER: Final = (
    "The database is at revision {at}, newer than this program, which knows {newest}: it would misread it."
)
MEND_NEWER: Final = (
    "Run the newer program again, or bring back the copy of the database from before the update."
)
DAMAGED: Final = "The file is damaged: {said}."
MEND_DAMAGED: Final = (
    "Stop the desk, keep a copy of the file, and bring back the last good backup; the log says since when."
)
TOO_LONG: Final = "Looking through the whole file takes longer than a minute, so only its head was looked at."
MEND_LONG: Final = "In a quiet hour: sqlite3 {path} 'PRAGMA quick_check'"
NO_WAL: Final = "The database is not in WAL mode but in {mode}, so reading and writing wait for each other."
MEND_WAL: Final = (
    "Start the desk once: it switches that on. If it stays, the file or its folder is read-only."
)
RUNNING: Final = "The desk runs on it (process {holder}); commands may read and write beside it."
LOCKED: Final = (
    "Another process has held the write lock for more than {seconds} seconds, so nothing can be saved."
)
MEND_LOCKED: Final = (
    "fuser {path} names who has it open: end a forgotten sqlite3 shell or a backup that hangs."
)
SQLITE_OLD: Final = "The SQLite library is {version}; this program needs {needed} or newer."
MEND_SQLITE: Final = "Update the system's SQLite, or use a Python that brings its own."

_NETWORKED: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
)
_WAIT: Final = 2.0


def examine(url: str) -> Iterator[Finding]:
    """The database's place, permissions, shape and health. Whatever else can be looked at is, when one thing is wrong."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(str(part) for part in OLDEST_SQLITE)
        says = SQLITE_OLD.format(version=sqlite3.sqlite_version, needed=needed)
        yield _finding(Health.BROKEN, says, MEND_SQLITE)
    try:
        file = Path(sqlite_path(url)).resolve()
    except UnsupportedDatabase as unknown:
        yield _finding(Health.BROKEN, str(unknown))
        return
    except Exception as error:  # the edge: whatever it is, it is what the doctor was asked for
        yield _finding(Health.BROKEN, UNUSABLE.format(reason=type(error).__name__), MEND_UNUSABLE)
        return
    if not file.parent.is_dir():
        folder = {"folder": file.parent}
        yield _finding(Health.BROKEN, NO_FOLDER.format(**folder), MEND_FOLDER.format(**folder))
        return
    yield from _place(file)
    if not file.exists():
        yield _finding(Health.WELL, NEW)
        return
    yield from _inside(file)


def open_to_read(url: str) -> sqlite3.Connection | None:
    """The database as it is, read only; None where there is none at this program's shape. Close it."""
    file = Path(sqlite_path(url)).resolve()
    if not file.exists():
        return None
    connection = _open(file)
    try:
        if _revision(connection) == newest():
            return connection
    except sqlite3.DatabaseError:
        pass  # what is wrong with the file itself, `examine` says
    connection.close()
    return None


def _place(file: Path) -> Iterator[Finding]:
    folder = file.parent
    user = str(os.getuid())
    for path in (folder, file):
        if path.exists() and not os.access(path, os.W_OK):
            told = {"user": user, "path": path}
            yield _finding(Health.BROKEN, NOT_WRITABLE.format(**told), MEND_WRITABLE.format(**told))
    free = shutil.disk_usage(folder).free
    if free < LITTLE:
        health, says = (Health.BROKEN, FULL) if free < NONE_LEFT else (Health.DOUBTFUL, NEARLY_FULL)
        yield _finding(health, says.format(folder=folder, free=free >> 20), MEND_FULL)
    kind = _file_system(folder)
    if kind in _NETWORKED:
        yield _finding(Health.BROKEN, NETWORK.format(folder=folder, kind=kind), MEND_NETWORK)
    if file.exists() and file.stat().st_mode & 0o004 and folder.stat().st_mode & 0o001:
        yield _finding(Health.DOUBTFUL, OTHERS.format(path=file), MEND_OTHERS.format(path=file))


def _inside(file: Path) -> Iterator[Finding]:
    try:
        with closing(_open(file)) as connection:
            yield from _shape(connection)
            yield from _whole(connection, file)
    except sqlite3.DatabaseError as error:
        yield _finding(Health.BROKEN, UNUSABLE.format(reason=error), MEND_UNUSABLE)
        return
    running = holder(str(file))
    if running is not None:
        yield _finding(Health.WELL, RUNNING.format(holder=running))
        yield from _write_lock(file)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=_WAIT, check_same_thread=False)


def _revision(connection: sqlite3.Connection) -> str:
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
    return str(row[0]) if row else ""


def _shape(connection: sqlite3.Connection) -> Iterator[Finding]:
    at, needed = _revision(connection), newest()
    if at == needed:
        yield _finding(Health.WELL, WELL)
    elif at > needed:
        yield _finding(Health.BROKEN, NEWER.format(at=at, newest=needed), MEND_NEWER)
    else:
        yield _finding(Health.DOUBTFUL, OLD.format(at=at or "none", newest=needed), MEND_OLD)
    mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    if at and mode != "wal":
        yield _finding(Health.DOUBTFUL, NO_WAL.format(mode=mode), MEND_WAL)


def _whole(connection: sqlite3.Connection, file: Path) -> Iterator[Finding]:
    end = monotonic() + PATIENCE
    connection.set_progress_handler(lambda: int(monotonic() > end), 100_000)
    try:
        said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.OperationalError as error:
        if "interrupt" not in str(error):
            raise
        yield _finding(Health.DOUBTFUL, TOO_LONG, MEND_LONG.format(path=file))
        return
    finally:
        connection.set_progress_handler(None, 0)
    if said != ["ok"]:
        yield _finding(Health.BROKEN, DAMAGED.format(said="; ".join(said)), MEND_DAMAGED)


def _write_lock(file: Path) -> Iterator[Finding]:
    """Whether the lock can be had at all. Only beside a running desk: alone, closing would tidy up the file's log."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=_WAIT)) as connection:
        connection.isolation_level = None
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            says = LOCKED.format(seconds=int(_WAIT))
            yield _finding(Health.BROKEN, says, MEND_LOCKED.format(path=file))


def _file_system(folder: Path) -> str:
    """The kind of file system the folder is on; blank where this machine does not say."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return ""
    found = ("", "")
    for row in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, where, kind, *_ = row.split(" ")
        where = where.replace("\\040", " ")
        if folder.is_relative_to(where) and len(where) >= len(found[0]):
            found = (where, kind)
    return found[1]


def _finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=AREA, health=health, says=says, mend=mend)
