"""`baton export`: JSON and CSV of what the desk knows, and what the audit says of it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import run
from tests.desk import a_desk

POLICY = Path(__file__).parents[2] / "policy.toml"


async def _a_day(folder: Path) -> int:
    async with a_desk(folder) as desk:
        await desk.mention("Nice kettle!")
        case = await desk.mention(
            "=HYPERLINK(1) my parcel", handle="Zoe", name="-Zoe", url="https://x.example/1"
        )
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"note {case} rang them", from_="ben")
        await desk.hears("home", from_="ana")
    return case


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    return asyncio.run(_a_day(tmp_path))


def asked(folder: Path, sql: str) -> list[Any]:
    with sqlite3.connect(folder / "desk.db") as connection:
        rows = connection.execute(sql).fetchall()
    connection.close()
    return rows


def exported(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert run(["export", *args]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_case_with_all_that_belongs_to_it(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    said = exported(capsys, "--case", str(case))
    (found,) = said["cases"]
    assert said["which"] == f"case {case}"
    assert (found["case"], found["owner"]) == (case, "ben@kettle.example")
    assert found["posts"][0]["author"]["handle"] == "Zoe"
    assert [event["kind"] for event in found["events"]] == ["opened", "claimed", "noted"]
    assert [note["text"] for note in found["notes"]] == ["rang them"]
    assert {message["place"] for message in found["messages"]} == {"web:support"}


@pytest.mark.parametrize(
    ("args", "count"),
    [
        (("--handle", "x:@zoe"), 1),
        (("--handle", "bluesky:zoe"), 0),
        (("--person", "Ben@kettle.example"), 1),
        (("--person", "ana@kettle.example"), 0),
        (("--since", "2026-03-02", "--until", "2026-03-02"), 2),
        (("--since", "2026-03-03", "--until", "2026-03-04"), 0),
    ],
)
def test_which_cases(
    case: int, args: tuple[str, ...], count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(exported(capsys, *args)["cases"]) == count


def test_no_cell_is_a_formula(case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.csv"
    assert run(["export", "--handle", "x:zoe", "--format", "csv", "--out", str(file)]) == 0
    assert f"1 case written to {file}" in capsys.readouterr().err
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert {row["item"] for row in rows} == {"case", "mention", "note", "event", "message"}
    (post,) = [row for row in rows if row["item"] == "mention"]
    assert post["text"] == "'=HYPERLINK(1) my parcel"
    assert post["url"] == "https://x.example/1"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert file.stat().st_mode & 0o077 == 0


def test_restricted_cases_need_to_be_asked_for(
    case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(asked(tmp_path, f"SELECT body FROM cases WHERE id = {case}")[0][0])
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        said = json.dumps({**body, "restricted_to": ["legal"]}).encode()
        connection.execute("UPDATE cases SET body = ? WHERE id = ?", (said, case))
    connection.close()
    assert run(["export", "--case", str(case)]) == 1
    assert "restricted to legal" in capsys.readouterr().err
    assert run(["export", "--handle", "x:zoe"]) == 0
    said_to = capsys.readouterr()
    assert "1 case left out" in said_to.err and "HYPERLINK" not in said_to.out
    assert len(exported(capsys, "--handle", "x:zoe", "--restricted")["cases"]) == 1


def test_every_export_is_recorded(case: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exported(capsys, "--case", str(case))
    exported(capsys, "--handle", "x:zoe")
    rows = asked(tmp_path, "SELECT kind, actor, data FROM events WHERE subject = 'audit' ORDER BY seq")
    assert [(kind, json.loads(data)["which"]) for kind, _, data in rows] == [
        ("exported", f"case {case}"),
        ("exported", "handle x:zoe"),
    ]
    assert all(actor.startswith("terminal:") for _, actor, _ in rows)
    with pytest.raises(SystemExit) as ended:
        run(["audit", "verify"])
    assert ended.value.code == 0


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ((), "Say which"),
        (("--case", "1", "--person", "a@b"), "one of them"),
        (("--since", "2026-03-02"), "two ends"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), "before"),
        (("--handle", "zoe"), "NETWORK:HANDLE"),
        (("--case", "77"), "There is no case 77."),
    ],
)
def test_what_cannot_be_exported(
    case: int, args: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", *args]) in (1, 2)
    assert says in capsys.readouterr().err
