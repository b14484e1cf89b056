"""The database's lock file: one process at a time runs the desk on a SQLite file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class DatabaseInUse(RuntimeError):
    """Another process runs the desk on this database."""


class DatabaseLock:
    """Held while the worker runs. The system frees it when the process ends, however it ends."""

    def __init__(self, database: str) -> None:
        self._path = Path(f"{database}.lock")
        self._file: int | None = None

    def __enter__(self) -> Self:
        """Raises DatabaseInUse, naming the process that holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode(errors="replace").strip() or "another process"
            os.close(file)
            raise DatabaseInUse(
                f"The desk runs on {self._path.name.removesuffix('.lock')} already (process {holder}). "
                "Stop it first, or give this one its own BATON_DATABASE_URL."
            ) from None
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def holder(database: str) -> str | None:
    """The process that runs the desk on this database, as it wrote itself down; None when nobody does."""
    path = Path(f"{database}.lock")
    if not path.exists():
        return None
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(file, 20).decode(errors="replace").strip() or "another process"
    finally:
        os.close(file)
    return None
