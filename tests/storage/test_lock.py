"""One process at a time runs the desk on a file; the system frees the lock however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.sql.lock import DatabaseInUse, DatabaseLock

HOLDER = """
import sys, time
from storage.sql.lock import DatabaseLock
with DatabaseLock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "desk.db")]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_refuses_and_names_the_first(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(DatabaseInUse) as refused, DatabaseLock(str(tmp_path / "desk.db")):
        pass
    assert str(holder.pid) in str(refused.value)
    assert "desk.db" in str(refused.value)
    assert "BATON_DATABASE_URL" in str(refused.value), "it says what to do"


def test_a_killed_process_frees_it(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with DatabaseLock(str(tmp_path / "desk.db")):
        assert (tmp_path / "desk.db.lock").read_text() == str(os.getpid())


def test_two_databases_do_not_mind_each_other(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with DatabaseLock(str(tmp_path / "other.db")):
        assert holder.poll() is None


def test_it_is_free_after_the_block_however_it_was_left(tmp_path: Path) -> None:
    lock = str(tmp_path / "folder" / "desk.db")
    with pytest.raises(ZeroDivisionError), DatabaseLock(lock):
        raise ZeroDivisionError
    with DatabaseLock(lock), pytest.raises(DatabaseInUse), DatabaseLock(lock):
        pass
    with DatabaseLock(lock):
        pass
