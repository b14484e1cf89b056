"""The report of the faults that were tried."""

from __future__ import annotations

from typing import Any

from tests.crashes.report import lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in lines():
        terminalreporter.write_line(f"crashes: {line}")
