"""Secrets from files: what is read, what is refused, and that none is ever shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Config, ConfigError, read_config
from bot.config_files import SECRETS

SECRET = "keep-this-to-yourself-0123456789"
Write = Callable[[str], Path]

COMPLETE = {
    "BATON_DATABASE_URL": f"sqlite:///{SECRET}.db",
    "BATON_REDIS_URL": f"redis://:{SECRET}@redis:6379/0",
    "BATON_WEBHOOK_SECRETS": SECRET,
    "BATON_SLACK_BOT_TOKEN": f"xoxb-{SECRET}",
    "BATON_SLACK_SIGNING_SECRET": SECRET,
    "BATON_SLACK_APP_TOKEN": f"xapp-{SECRET}",
    "BATON_TEAMS_APP_PASSWORD": SECRET,
    "BATON_SIGNIN_CLIENT_SECRET": SECRET,
    "BATON_TOKEN_KEY": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LWtleSE=",
}
BESIDE = {
    "BATON_WEB_CHAT": "signin",
    "BATON_PUBLIC_URL": "https://baton.kettle.example",
    "BATON_SIGNIN_ISSUER": "https://id.kettle.example",
    "BATON_SIGNIN_CLIENT_ID": "baton",
    "BATON_TEAMS_APP_ID": "11111111-2222-3333-4444-555555555555",
    "BATON_TEAMS_TENANT_ID": "tenant",
}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / f"secret-{len(list(tmp_path.iterdir()))}"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def test_every_secret_may_come_from_a_file(write: Write) -> None:
    assert set(SECRETS) == set(COMPLETE)
    files = {f"{name}_FILE": str(write(f"{value}\n")) for name, value in COMPLETE.items()}
    assert read_config({**BESIDE, **files}) == read_config({**BESIDE, **COMPLETE})


def test_no_secret_is_in_what_a_log_would_show_of_the_settings(write: Write) -> None:
    files = {f"{name}_FILE": str(write(value)) for name, value in COMPLETE.items()}
    config: Config = read_config({**BESIDE, **files})
    assert SECRET not in repr(config)
    assert SECRET not in f"{config.slack} {config.teams} {config.sign_in}"


def test_secrets_of_webhooks_may_stand_one_on_a_line(write: Write) -> None:
    config = read_config({"BATON_WEBHOOK_SECRETS_FILE": str(write("new-one\r\nold-one, older\n\n"))})
    assert config.webhook_secrets == ("new-one", "old-one", "older")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_given_twice_is_refused(name: str, write: Write) -> None:
    with pytest.raises(ConfigError) as raised:
        read_config({name: SECRET, f"{name}_FILE": str(write(SECRET))})
    assert str(raised.value) == f"{name} and {name}_FILE are both set: remove one of the two."


def test_a_file_that_is_missing_or_no_file_is_told_with_its_path(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "gone", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(ConfigError) as raised:
            read_config({"BATON_WEBHOOK_SECRETS_FILE": str(path)})
        assert str(raised.value) == f"BATON_WEBHOOK_SECRETS_FILE is {path}, which cannot be read: {why}."


def test_a_file_that_is_no_text_is_told_without_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(SECRET.encode() + b"\xff\xfe")
    with pytest.raises(ConfigError) as raised:
        read_config({"BATON_SLACK_BOT_TOKEN_FILE": str(file)})
    assert str(raised.value) == f"BATON_SLACK_BOT_TOKEN_FILE is {file}, which cannot be read: it is no text."
    # The error below it holds the bytes; a traceback must not lead there.
    assert raised.value.__suppress_context__ and raised.value.__cause__ is None


def test_an_empty_file_is_refused(write: Write) -> None:
    file = write(" \n")
    with pytest.raises(ConfigError, match="which is empty") as raised:
        read_config({"BATON_DATABASE_URL_FILE": str(file)})
    assert str(file) in str(raised.value)


def test_an_empty_setting_beside_a_file_is_none(write: Write) -> None:
    """Compose passes on what is not set as empty."""
    env = {"BATON_WEBHOOK_SECRETS": "", "BATON_WEBHOOK_SECRETS_FILE": str(write(SECRET))}
    assert read_config(env).webhook_secrets == (SECRET,)
    assert read_config({"BATON_WEBHOOK_SECRETS_FILE": " "}).webhook_secrets == ()
