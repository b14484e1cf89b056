"""`baton say`: the words of every chat, on a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import run

POLICY = Path(__file__).parents[2] / "policy.toml"


@pytest.fixture(autouse=True)
def a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")


def test_the_reply_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "claim", "1042", "--as", "Ana@Kettle.example"]) == 0
    assert "There is no case 1042." in capsys.readouterr().out


def test_without_words_it_is_home(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "--as", "ana@kettle.example"]) == 0
    assert "Ana" in capsys.readouterr().out


def test_words_may_look_like_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "calim", "1042", "-x", "--as", "ana@kettle.example"]) == 0
    assert "claim 1042 -x" in capsys.readouterr().out


def test_somebody_unknown_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "home", "--as", "anna@kettle.example"]) == 1
    assert "Did you mean ana@kettle.example?" in capsys.readouterr().err


def test_without_a_policy_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_POLICY", "/nowhere/policy.toml")
    assert run(["say", "home", "--as", "ana@kettle.example"]) == 2
    assert "/nowhere/policy.toml" in capsys.readouterr().err


def test_a_wrong_address_of_the_database_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("nonsense", "mysql://x/y", "sqlite:////nowhere/at/all/desk.db"):
        monkeypatch.setenv("BATON_DATABASE_URL", address)
        assert run(["say", "home", "--as", "ana@kettle.example"]) in (1, 2)
        assert "BATON_DATABASE_URL" in capsys.readouterr().err
