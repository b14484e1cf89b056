"""Fixtures that every room's tests share."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.desk import Story, a_desk


@pytest.fixture(autouse=True)
def logs_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands set up the logs of their process, which here is everybody's. A logger that kept a stream which is
    closed by then would raise in whatever logs next, so none keeps its own."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure = structlog.configure
    monkeypatch.setattr(
        structlog, "configure", lambda **how: configure(**{**how, "cache_logger_on_first_use": False})
    )
    # Tracebacks as they are: the pretty ones print every local variable and take seconds each.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    processors: list[structlog.typing.Processor] = [structlog.processors.add_log_level, plain]
    configure(processors=processors)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    configure(processors=processors)
    structlog.contextvars.clear_contextvars()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Story]:
    """A desk on a database of its own, on a Monday at 09:00 UTC."""
    async with a_desk(tmp_path) as story:
        yield story
