"""`baton manifest`: what is written where, and what is said when something is missing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from bot.__main__ import run

POLICY = Path(__file__).parents[2] / "policy.toml"
APP = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_TEAMS_APP_ID", APP)
    return tmp_path


def manifest_in(file: Path) -> dict[str, object]:
    with zipfile.ZipFile(file) as archive:
        told: dict[str, object] = json.loads(archive.read("manifest.json"))
        return told


def test_slack_goes_to_standard_output_and_the_next_step_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["manifest", "slack"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["settings"]["socket_mode_enabled"] is True
    assert "Made for Socket Mode" in said.err
    assert run(["manifest", "slack", "--url", "https://baton.example"]) == 0
    assert "Made for signed HTTP at https://baton.example." in capsys.readouterr().err


def test_a_manifest_comes_before_the_secrets_of_any_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SLACK_SIGNING_SECRET", "only half of it")
    assert run(["manifest", "slack"]) == run(["manifest", "teams"]) == 0


def test_teams_is_written_with_the_app_id_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manifest", "teams"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "baton-teams.zip is written" in said.err
    assert "https://…/api/messages" in said.err
    assert manifest_in(here / "baton-teams.zip")["validDomains"] == []


def test_teams_with_an_address_and_a_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manifest", "teams", "--out", "package.zip", "--url", "https://baton.example/"]) == 0
    assert "https://baton.example/api/messages" in capsys.readouterr().err
    assert manifest_in(here / "package.zip")["validDomains"] == ["baton.example"]
    assert not (here / "baton-teams.zip").exists()


@pytest.mark.parametrize("app_id", [None, " "])
def test_teams_without_an_app_id(
    app_id: str | None, monkeypatch: pytest.MonkeyPatch, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BATON_TEAMS_APP_ID")
    if app_id is not None:
        monkeypatch.setenv("BATON_TEAMS_APP_ID", app_id)
    assert run(["manifest", "teams"]) == 1
    said = capsys.readouterr().err
    assert "BATON_TEAMS_APP_ID is missing" in said
    assert "deploy/teams.md" in said
    assert list(here.iterdir()) == []


def test_teams_with_a_name_for_an_app_id(
    monkeypatch: pytest.MonkeyPatch, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_TEAMS_APP_ID", "baton")
    assert run(["manifest", "teams"]) == 1
    assert "BATON_TEAMS_APP_ID is 'baton', which is no app id" in capsys.readouterr().err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(("chat", "named"), [("slack", "Slack"), ("teams", "Teams")])
@pytest.mark.parametrize("url", ["http://baton.example", "baton.example", "https://", "https://["])
def test_an_address_that_is_not_public(
    chat: str, named: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["manifest", chat, "--url", url]) == 2
    assert f"{url} is not an address that {named} can reach" in capsys.readouterr().err


def test_a_file_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manifest", "teams", "--out", "nowhere/package.zip"]) == 1
    assert "nowhere/package.zip cannot be written: No such file or directory" in capsys.readouterr().err
