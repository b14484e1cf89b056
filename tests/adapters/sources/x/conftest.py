"""X on this machine, and a desk that listens to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.desk import MONDAY
from tests.fakes.x import FakeX


@pytest.fixture
async def x() -> AsyncIterator[FakeX]:
    async with FakeX(now=MONDAY).running() as server:
        yield server
