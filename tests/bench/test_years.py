"""The bench of a big store runs, on a tiny one: what it measures is told by `make bench`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from tests.bench.full import INTAKE, WORDS
from tests.bench.old import in_years, show_years
from tests.bench.stock import Size


async def test_it_measures_both_stores_in_turns(tmp_path: Path) -> None:
    size = Size(mentions=200, open=50)
    turns = await in_years(tmp_path, size, 1)
    assert set(turns) == {INTAKE, *WORDS}
    assert all(len(small) == len(big) == 1 for small, big in turns.values())
    console = Console(record=True, width=120)
    console.print(show_years(turns, size))
    assert "digest support" in console.export_text()
