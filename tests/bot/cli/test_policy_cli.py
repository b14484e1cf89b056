"""`baton init`, `baton policy check` and `baton policy test`, as somebody at a terminal meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.init import init
from bot.cli.policy import policy

MENTIONS = [
    '{"id": "1", "created_at": "2026-03-02T10:00:00Z", "source": "twitter", "brand": "X", "author": "sam",'
    ' "text": "My lawyer will call\\u001b[31m you"}',
    '{"source": "rss", "id": "2", "created_at": "2026-03-02T10:01:00Z", "community": "everywhere",'
    ' "author": {"handle": "jo", "bio": "Reporter", "followers": 5}, "text": "Late again"}',
    "",
    "not json",
    '["a list"]',
    '{"id": "3", "source": "rss"}',
    '{"source": "rss", "id": "4", "created_at": "2026-03-02T10:02:00Z", "author": "kim", "text": "Hello"}',
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BATON_POLICY", raising=False)
    return tmp_path


def run(*words: str, env: dict[str, str] | None = None) -> Result:
    command = init if words[0] == "init" else policy
    return CliRunner().invoke(command, words[1:], env=env, catch_exceptions=False, color=True)


def test_init_writes_a_policy_that_is_good(here: Path) -> None:
    wrote = run("init")
    assert wrote.exit_code == 0
    assert "baton policy check policy.toml" in wrote.output
    checked = run("policy", "check")
    assert checked.exit_code == 0
    assert checked.output == (
        "policy.toml is good: 1 person, 2 departments, 1 community, 5 rules, 2 escalations, 2 digests.\n"
    )


def test_init_never_overwrites(here: Path) -> None:
    (here / "policy.toml").write_text("mine")
    refused = run("init")
    assert refused.exit_code == 1
    assert "already there and stays as it is" in refused.output
    assert (here / "policy.toml").read_text() == "mine"


def test_init_elsewhere(here: Path) -> None:
    assert run("init", "--path", "other.toml").exit_code == 0
    assert run("init", env={"BATON_POLICY": "third.toml"}).exit_code == 0
    assert {path.name for path in here.iterdir()} == {"other.toml", "third.toml"}
    assert "cannot be written" in run("init", "--path", "no/such/folder.toml").output


def test_check_tells_every_mistake_with_its_line(here: Path) -> None:
    run("init")
    path = here / "policy.toml"
    text = path.read_text(encoding="utf-8").replace("Europe/London", "Europe/Lundon")
    path.write_text(text.replace('department = "pr"', 'department = "prr"'), encoding="utf-8")
    line = text[: text.index("Europe/Lundon")].count("\n") + 1
    checked = run("policy", "check", "policy.toml")
    assert checked.exit_code == 1
    lines = checked.output.splitlines()
    assert lines[0].startswith(f"policy.toml:{line}: company.timezone: there is no time zone")
    assert lines[-1] == "policy.toml is refused: 3 mistakes."
    assert len(lines) == 4


def test_check_lets_warnings_pass(here: Path) -> None:
    run("init")
    path = here / "policy.toml"
    text = path.read_text(encoding="utf-8").replace('duty = ["you@', 'rotate = "daily 09:00"\nduty = ["you@')
    path.write_text(text, encoding="utf-8")
    checked = run("policy", "check")
    assert checked.exit_code == 0
    assert ": warning: there is nothing to rotate" in checked.output
    assert checked.output.rstrip().endswith("2 warnings.")


def test_check_without_a_file_says_how_to_get_one(here: Path) -> None:
    checked = run("policy", "check", env={"BATON_POLICY": "none.toml"})
    assert checked.exit_code == 1
    assert 'none.toml:1: (file): there is no such file: "baton init" writes a first one' in checked.output


@pytest.fixture
def mentions(here: Path) -> str:
    run("init")
    (here / "mentions.jsonl").write_text("\n".join(MENTIONS), encoding="utf-8")
    return "mentions.jsonl"


def test_trial_shows_where_and_why(mentions: str, here: Path) -> None:
    before = {path: path.read_bytes() for path in here.iterdir()}
    shown = run("policy", "test", mentions)
    assert shown.exit_code == 0
    assert "P1 pr" in shown.output
    assert 'rule "threat of a lawsuit": the word "lawyer" → pr, P1, marked legal' in shown.output
    assert "3 mentions, 0 of them would start an escalation." in shown.output
    for title in ("Department", "Priority", "Community", "Rule that held", "Mark"):
        assert title in shown.output
    assert "not read: line 4: " in shown.output
    assert "not read: line 5: " in shown.output
    assert "\x1b[31m" not in shown.output
    assert {path: path.read_bytes() for path in here.iterdir()} == before


def test_trial_as_json(mentions: str) -> None:
    shown = json.loads(run("policy", "test", mentions, "--json").output)
    first, second, third = shown["mentions"]
    assert first == {
        "id": "1",
        "source": "twitter",
        "community": "everywhere",
        "department": "pr",
        "priority": "P1",
        "marks": ["legal"],
        "escalate": False,
        "rules": ["threat of a lawsuit", "everything else"],
        "reasons": ['rule "threat of a lawsuit": the word "lawyer" → pr, P1, marked legal'],
    }
    assert (second["department"], second["priority"], second["marks"]) == ("pr", "P2", ["press"])
    assert (third["department"], third["priority"]) == ("support", "P4")
    assert len(shown["unread"]) == 3
    assert shown["summary"]["departments"] == {"support": 1, "pr": 2}
    assert shown["summary"]["rules"]["somebody may be hurt"] == 0


def test_trial_of_the_first_few(mentions: str) -> None:
    shown = json.loads(run("policy", "test", mentions, "--json", "--limit", "1").output)
    assert shown["summary"]["mentions"] == 1


def test_trial_with_a_policy_that_is_refused(mentions: str, here: Path) -> None:
    (here / "bad.toml").write_text("nonsense")
    shown = run("policy", "test", mentions, "--policy", "bad.toml")
    assert shown.exit_code == 1
    assert "bad.toml:1: (file): this is not TOML" in shown.output
    assert "bad.toml has mistakes: nothing was tried" in shown.output


def test_trial_of_nothing_fails(here: Path) -> None:
    run("init")
    (here / "empty.jsonl").write_text("\n")
    assert run("policy", "test", "empty.jsonl").exit_code == 1
    assert run("policy", "test", "none.jsonl").exit_code == 2
