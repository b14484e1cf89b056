"""`baton audit verify`: what it says, and its exit code."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from bot.__main__ import run
from tests.desk import a_desk

POLICY = Path(__file__).parents[2] / "policy.toml"


async def _two_cases(folder: Path) -> int:
    async with a_desk(folder) as desk:
        await desk.mention()
        case = await desk.mention()
        await desk.hears(f"note {case} rang them", from_="ben")
        await desk.hears(f"note {case} call back", from_="ben")
    return case


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    return asyncio.run(_two_cases(tmp_path))


def change(folder: Path, sql: str) -> None:
    with sqlite3.connect(folder / "desk.db") as connection:
        connection.execute(sql)
    connection.close()


def ends(*args: str) -> int:
    with pytest.raises(SystemExit) as ended:
        run(args)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_whole(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends("audit", "verify") == 0
    assert "2 chains, 4 events, all whole." in capsys.readouterr().out


def test_broken(case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(tmp_path, f"UPDATE events SET actor = 'eve' WHERE subject = 'case:{case}' AND seq = 2")
    assert ends("audit", "verify") == 1
    said = capsys.readouterr().out
    assert f'BROKEN case {case}: event 2 ("noted"' in said
    assert "2 chains, 4 events: 1 broken." in said
    assert "backup" in said


def test_a_shortened_chain_as_json(case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(tmp_path, f"DELETE FROM events WHERE subject = 'case:{case}' AND seq = 3")
    assert ends("audit", "verify", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["whole"], said["chains"], said["events"]) == (False, 2, 3)
    (broken,) = said["broken"]
    assert (broken["case"], broken["event"], broken["events"]) == (case, 3, 2)
    assert "missing at its end" in broken["means"]
