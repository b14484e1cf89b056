"""Fixtures that every room's tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from tests.desk import Story, a_desk


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> None:
    """Tracebacks as they are: the pretty ones print every local variable and take seconds each."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Story]:
    """A desk on a database of its own, on a Monday at 09:00 UTC."""
    async with a_desk(tmp_path) as story:
        yield story
