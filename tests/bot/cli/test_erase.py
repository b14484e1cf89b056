"""`baton erase`: it asks, it does, and it says what it did."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from pathlib import Path

import pytest

from bot.__main__ import run
from tests.desk import a_desk

POLICY = Path(__file__).parents[2] / "policy.toml"


async def _a_case(folder: Path) -> int:
    async with a_desk(folder) as desk:
        case = await desk.mention("My parcel never came.", handle="zoe")
        await desk.hears(f"note {case} rang them", from_="ben")
    return case


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    return asyncio.run(_a_case(tmp_path))


def handle(folder: Path) -> str:
    with sqlite3.connect(folder / "desk.db") as connection:
        ((found,),) = connection.execute("SELECT handle FROM mentions").fetchall()
    connection.close()
    return str(found)


def answers(patch: pytest.MonkeyPatch, said: str) -> None:
    patch.setattr("sys.stdin", io.StringIO(said))


def test_with_yes_it_says_what_it_did(case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["erase", "--handle", "x:@Zoe", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "Erased: 1 post with 0 earlier texts, and the words in 1 event of 1 case." in said
    assert "backups" in said
    assert handle(tmp_path) == "erased"
    with pytest.raises(SystemExit) as ended:
        run(["audit", "verify"])
    assert ended.value.code == 0


def test_the_audit_does_not_tell_whose_it_was(case: int, tmp_path: Path) -> None:
    assert run(["export", "--handle", "x:zoe", "--out", str(tmp_path / "zoe.json")]) == 0
    assert run(["erase", "--handle", "x:zoe", "--yes"]) == 0
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        rows = connection.execute(
            "SELECT kind, data FROM events WHERE subject = 'audit' ORDER BY seq"
        ).fetchall()
    connection.close()
    assert [kind for kind, _ in rows] == ["exported", "erased"]
    assert not [data for _, data in rows if data and "zoe" in data]


def test_it_asks_before(
    case: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch, "n\n")
    assert run(["erase", "--handle", "x:zoe"]) == 1
    said = capsys.readouterr()
    assert "1 post by zoe on x, in 1 case" in said.out
    assert "Nothing was erased." in said.err
    assert handle(tmp_path) == "zoe"
    answers(monkeypatch, "y\n")
    assert run(["erase", "--handle", "x:zoe"]) == 0
    assert handle(tmp_path) == "erased"


def test_of_somebody_unknown_it_says_so(
    case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["erase", "--handle", "bluesky:zoe", "--yes"]) == 0
    assert "Nothing by zoe on bluesky is here." in capsys.readouterr().out
    assert handle(tmp_path) == "zoe"


def test_a_handle_needs_its_network(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["erase", "--handle", "zoe", "--yes"]) == 2
    assert "NETWORK:HANDLE" in capsys.readouterr().err
