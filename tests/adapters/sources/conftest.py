"""What the tests of listening start with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.sources.held_time import HeldTime
from tests.adapters.sources.scripted import Square
from tests.fakes.postgres import new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path, empty_database: bytes) -> str:
    """The address of an empty database, of either kind."""
    return new_database() if request.param == "postgresql" else _file(tmp_path, empty_database)


@pytest.fixture
def database(tmp_path: Path, empty_database: bytes) -> str:
    return _file(tmp_path, empty_database)


def _file(folder: Path, empty: bytes) -> str:
    (folder / "heard.db").write_bytes(empty)
    return f"sqlite:///{folder / 'heard.db'}"


@pytest.fixture
def time() -> HeldTime:
    return HeldTime()


@pytest.fixture
def square() -> Square:
    return Square()
