"""Fixtures that every room's tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk import Story, a_desk


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Story]:
    """A desk on a database of its own, on a Monday at 09:00 UTC."""
    async with a_desk(tmp_path) as story:
        yield story
