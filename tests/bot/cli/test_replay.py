"""`baton replay`: a file through the whole desk, and what a person reads of it."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.replay import Progress
from bot.__main__ import run
from bot.cli.replay_show import Shows, summary
from storage.sql.lock import DatabaseLock

POLICY = Path(__file__).parents[2] / "policy.toml"
NINE = datetime(2015, 2, 17, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    database = tmp_path / "desk.db"
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{database}")
    monkeypatch.delenv("BATON_WEBHOOK_SECRETS", raising=False)
    monkeypatch.setattr("bot.cli.replay.set_up", lambda *_args, **_options: None)
    return database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some mentions.jsonl"
    path.write_text("\n".join(line(number) for number in range(20)) + "\n", encoding="utf-8")
    return path


def line(number: int, **changed: Any) -> str:
    at = (NINE + timedelta(hours=number)).isoformat()
    post = {
        "id": str(number),
        "created_at": at,
        "source": "x",
        "author": f"u{number}",
        "text": "Where is it?",
    }
    return json.dumps({**post, **changed})


def test_a_file_comes_in_and_is_filed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(file), "--speed", "max", "--limit", "15"]) == 0
    first = capsys.readouterr().out
    assert "Read 15: 15 accepted, 0 known already, 0 rejected, stored in" in first
    assert "The desk had filed them all after" in first
    assert run(["replay", str(file), "--speed", "max"]) == 0
    second = capsys.readouterr().out
    assert re.search(r"Went on at 7\d % of .*some mentions.jsonl", second)
    assert "Read 5: 5 accepted" in second
    assert run(["replay", str(file), "--speed", "max"]) == 0
    assert "Nothing is left to send" in capsys.readouterr().out
    assert run(["replay", str(file), "--speed", "max", "--again", "--no-wait"]) == 0
    assert "Read 20: 0 accepted, 20 known already" in capsys.readouterr().out


def test_bad_lines_are_told_and_nothing_but_bad_lines_is_a_failure(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(
        "\n".join([line(1), line(2, created_at="2015-02-17 09:00"), "nonsense"]), encoding="utf-8"
    )
    assert run(["replay", str(file), "--speed", "max"]) == 0
    said = capsys.readouterr().out
    assert "1 accepted, 0 known already, 2 rejected" in said
    assert "  line 2 created_at: the zone is missing" in said
    assert "  line 3 is not JSON" in said
    file.write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run(["replay", str(file), "--speed", "max"])
    assert ended.value.code == 1


def test_while_the_desk_runs_elsewhere_it_says_how_to_send_by_http(
    file: Path, a_database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with DatabaseLock(str(a_database)):
        assert run(["replay", str(file)]) == 1
        said = capsys.readouterr().err
        assert "The desk runs on desk.db already" in said
        assert f"split -l 500 '{file}' part." in said and "http://127.0.0.1:8080/mentions" in said
        assert "signed" not in said
        monkeypatch.setenv("BATON_WEBHOOK_SECRETS", "whsec_c2VjcmV0")
        assert run(["replay", str(file)]) == 1
        assert "must be signed" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf"])
def test_a_speed_is_a_number_or_max(speed: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", str(file), f"--speed={speed}"]) == 2
    assert 'write a number such as 1 or 60, or "max"' in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", "nowhere.jsonl"]) == 2
    assert "nowhere.jsonl" in capsys.readouterr().err


# -- what it looks like meanwhile -------------------------------------------------------------------


def test_where_nobody_watches_a_line_now_and_then() -> None:
    clock, stream = iter([0.0, 1.0, 5.0, 5.0, 6.0, 10.0, 10.0]), io.StringIO()
    shows = Shows(stream, now=lambda: next(clock))
    shows.tell(Progress(size=1000, position=100, read=10, seconds=1))
    shows.tell(Progress(size=1000, position=500, read=2500, seconds=2))
    shows.tell(Progress(size=1000, position=600, read=2600, seconds=2))
    shows.tell(
        Progress(size=1000, position=600, read=2600, seconds=2, next_in=timedelta(hours=1, seconds=61))
    )
    shows.end()
    assert stream.getvalue().splitlines() == [
        "50 % 2,500 read 1,250/s",
        "60 % 2,600 read, the next one in 1:01:01 1,300/s",
    ]


def test_the_account_of_many_bad_lines_is_short() -> None:
    progress = Progress(size=10, position=10, read=9, rejected=9, first_reasons=[(1, "is empty")])
    assert "and 8 more" in summary(progress, Path("x.jsonl"), waited=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_with_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    with Shows(stream) as shows:
        shows.tell(Progress(size=1000, position=500, read=2500, seconds=2))
        shows.tell(Progress(size=1000, position=1000, read=2600, seconds=2, unfiled=70))
    assert "70 still to be filed" in stream.getvalue() and "1,300/s" in stream.getvalue()
