"""The command line as a whole: quick, and with a sentence for whatever a person can mend."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot.__main__ import INTERRUPTED, run
from bot.cli import COMMANDS, main
from bot.config import ConfigError
from bot.domain.people import Role
from bot.domain.refusals import NoSuchCase, NotAllowed
from bot.policy.problems import PolicyErrors, Problem

HEAVY = (
    "aiohttp",
    "sqlalchemy",
    "sqlmodel",
    "rich",
    "structlog",
    "bot.wiring",
    "handlers",
    "adapters",
    "storage",
)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_in_the_table_is_the_command_s_own(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert " ".join((command.help or "").split()).startswith(COMMANDS[name][1])


def test_every_file_of_a_command_is_in_the_table() -> None:
    folder = Path(__file__).parents[3] / "bot" / "cli"
    commands = {path.stem for path in folder.glob("*.py") if "@click." in path.read_text(encoding="utf-8")}
    assert commands - {"__init__"} == {
        place.partition(":")[0].rpartition(".")[2] for place, _ in COMMANDS.values()
    }


def test_help_loads_no_room() -> None:
    code = f"""
import sys
from bot.__main__ import run
assert run(["--help"]) == 0
loaded = [name for name in {HEAVY!r} if name in sys.modules]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in COMMANDS)


def ends_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of a command that ends in this error."""

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(main, "main", fail)
    return run([])


PROBLEM = Problem(file="policy.toml", line=3, field="company.name", message="it is missing")


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (ConfigError("BATON_PORT is 'x'; write a number."), 2, "BATON_PORT is 'x'"),
        (PolicyErrors([PROBLEM]), 2, "policy.toml:3: company.name: it is missing"),
        (NoSuchCase(7), 1, "There is no case 7."),
        (
            NotAllowed("claim", [Role.MEMBER], "legal"),
            1,
            "You may not claim in legal. It takes the role member.",
        ),
        (click.UsageError("Say it otherwise."), 2, "Say it otherwise."),
    ],
)
def test_what_a_person_can_mend_is_a_sentence(
    error: BaseException,
    code: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ends_with(monkeypatch, error) == code
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_is_quiet(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ends_with(monkeypatch, error) == INTERRUPTED
    assert capsys.readouterr().err == ""


def test_a_surprise_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        ends_with(monkeypatch, ZeroDivisionError())


def test_an_unknown_command_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["srve"]) == 2
    assert "Did you mean `baton serve`?" in capsys.readouterr().err
