"""Whatever goes wrong with the settings, no secret of theirs is said: not in a sentence, a log line or a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import run

POLICY = Path(__file__).parents[2] / "policy.toml"
SECRET = "hunter2Zq8"
AWAY = f"postgresql://baton:{SECRET}@127.0.0.1:1/baton"
FULL = {
    "BATON_WEBHOOK_SECRETS": f"whsec_{SECRET}{'x' * 20}",
    "BATON_SLACK_BOT_TOKEN": f"xoxb-{SECRET}",
    "BATON_SLACK_SIGNING_SECRET": f"{SECRET}{'a' * 24}",
    "BATON_TEAMS_APP_ID": "11111111-2222-3333-4444-555555555555",
    "BATON_TEAMS_TENANT_ID": "66666666-7777-8888-9999-000000000000",
    "BATON_TEAMS_APP_PASSWORD": SECRET,
    "BATON_REDIS_URL": f"redis://:{SECRET}@127.0.0.1:1/0",
    "BATON_SLACK_API_URL": "http://127.0.0.1:1/api/",
    "BATON_TEAMS_OPENID_URL": "http://127.0.0.1:1/openid",
    "BATON_TEAMS_LOGIN_URL": "http://127.0.0.1:1",
}
BROKEN = {
    "BATON_DATABASE_URL": [
        AWAY,
        f"mysql://baton:{SECRET}@h/d",
        f"postgres:/baton:{SECRET}@h/d",
        f"postgresql://baton:{SECRET}@h:port/d",
        f"postgresql://baton:{SECRET}@[::1/d",
        f"postgresql://baton:{SECRET}/d@h/d",
        f"postgresql://127.0.0.1:1/baton?user=baton&password={SECRET}",
        f"postgresql://baton:{SECRET}@127.0.0.1:1/baton?sslmode=odd",
        f"baton:{SECRET}",
    ],
    "BATON_REDIS_URL": [
        f"redis://:{SECRET}@h:port/0",
        f"redis:/:{SECRET}@h",
        f"redis://u:{SECRET}#x@h/0",
        f"redis://u:p@h/0?secret={SECRET}",
    ],
    "BATON_WEBHOOK_SECRETS": [f"whsec_{SECRET}!", f"{SECRET}ü", SECRET[:4]],
    "BATON_SLACK_BOT_TOKEN": [f"xapp-{SECRET}", f"{SECRET} {SECRET}"],
    "BATON_TOKEN_KEY": [SECRET],
}


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("BATON_PORT", "0")


def says(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """(exit code, all that was written anywhere)."""
    try:
        code = run(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    out, err = capfd.readouterr()
    return code, out + err


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, some in BROKEN.items() for value in some]
)
def test_a_broken_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    for words in (("cases",), ("doctor",), ("doctor", "--json")):
        code, said = says(capfd, *words)
        assert SECRET not in said, (words, said)
        assert "Traceback" not in said, (words, said)
        if name == "BATON_DATABASE_URL":
            assert code != 0, words


def test_a_desk_that_cannot_start(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    for name, value in {**FULL, "BATON_DATABASE_URL": AWAY}.items():
        monkeypatch.setenv(name, value)
    code, said = says(capfd, "serve")
    assert code != 0 and "127.0.0.1" in said
    assert SECRET not in said and "Traceback" not in said


def test_a_full_set_of_settings_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in FULL.items():
        monkeypatch.setenv(name, value)
    _, said = says(capfd, "doctor", "--json")
    assert "Slack" in said and "Teams" in said
    assert SECRET not in said
