"""Settings: what each refusal says, and what is read when nothing is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import (
    SLACK_API,
    TEAMS_LOGIN,
    TEAMS_OPENID,
    Config,
    ConfigError,
    SlackSettings,
    TeamsSettings,
    read_config,
)

APP = "11111111-2222-3333-4444-555555555555"


def read(**env: str) -> Config:
    return read_config({f"BATON_{name}": value for name, value in env.items()})


def slack(**env: str) -> SlackSettings | None:
    return read(**{f"SLACK_{name}": value for name, value in env.items()}).slack


def teams(**env: str) -> TeamsSettings | None:
    host = {"HOST": env.pop("HOST")} if "HOST" in env else {}
    return read(**host, **{f"TEAMS_{name}": value for name, value in env.items()}).teams


def test_without_any_variable_the_desk_is_local_and_speaks_in_no_chat() -> None:
    assert read() == Config()
    assert read().loopback
    assert read().slack is None
    assert read().teams is None
    assert not read(HOST="0.0.0.0").loopback


def test_what_is_set_is_read() -> None:
    config = read(
        POLICY="desk.toml",
        DATABASE_URL="sqlite:///other.db",
        HOST="::1",
        PORT="0",
        WEBHOOK_SECRETS=" new , old,,",
        WEB_CHAT="local",
    )
    assert config == Config(
        policy=Path("desk.toml"),
        database_url="sqlite:///other.db",
        host="::1",
        port=0,
        webhook_secrets=("new", "old"),
        web_chat="local",
    )
    assert config.loopback


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"WEB_CHAT": "on"}, "BATON_WEB_CHAT is 'on'; write off, local or signin."),
        (
            {"WEB_CHAT": "local", "HOST": "0.0.0.0"},
            "BATON_WEB_CHAT=local lets anyone act as anyone, so it works on a loopback address only. "
            "BATON_HOST is 0.0.0.0: write 127.0.0.1, or switch the web chat off.",
        ),
        (
            {"WEB_CHAT": "signin"},
            "BATON_WEB_CHAT=signin needs BATON_PUBLIC_URL: the address under which people open the desk, "
            "such as https://baton.example.com.",
        ),
        ({"PORT": "http"}, "BATON_PORT is 'http'; write a number from 0 to 65535."),
        ({"PORT": "65536"}, "BATON_PORT is '65536'; write a number from 0 to 65535."),
        ({"PORT": "-1"}, "BATON_PORT is '-1'; write a number from 0 to 65535."),
    ],
)
def test_a_setting_of_the_desk_that_is_wrong(env: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(**env)
    assert str(raised.value) == sentence


# -- Slack ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (
            {"SIGNING_SECRET": "s"},
            "Slack is half set up: write the bot token (xoxb-…) into BATON_SLACK_BOT_TOKEN, "
            "or remove the other BATON_SLACK_ settings.",
        ),
        (
            {"APP_TOKEN": "xapp-1"},
            "Slack is half set up: write the bot token (xoxb-…) into BATON_SLACK_BOT_TOKEN, "
            "or remove the other BATON_SLACK_ settings.",
        ),
        (
            {"BOT_TOKEN": "xapp-1", "APP_TOKEN": "xoxb-1"},
            "BATON_SLACK_BOT_TOKEN must begin with xoxb- and BATON_SLACK_APP_TOKEN with xapp-: they are swapped.",
        ),
        (
            {"BOT_TOKEN": "xoxb-1"},
            "Slack needs a way in: set BATON_SLACK_SIGNING_SECRET for signed HTTP, "
            "or BATON_SLACK_APP_TOKEN (xapp-…) for Socket Mode.",
        ),
        (
            {"BOT_TOKEN": "xoxb-1", "APP_TOKEN": "xapp-1", "API_URL": "slack.test"},
            "BATON_SLACK_API_URL is 'slack.test'; write an address that begins with https://.",
        ),
    ],
)
def test_slack_set_up_wrong(env: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        slack(**env)
    assert str(raised.value) == sentence


def test_slack_over_signed_http_and_in_socket_mode() -> None:
    http = slack(BOT_TOKEN=" xoxb-1 ", SIGNING_SECRET="s")
    assert http == SlackSettings(bot_token="xoxb-1", signing_secret="s", api_url=SLACK_API)
    socket = slack(BOT_TOKEN="xoxb-1", APP_TOKEN="xapp-1", API_URL="http://127.0.0.1:9/api")
    assert http is not None
    assert socket is not None
    assert (http.socket_mode, socket.socket_mode) == (False, True)
    assert socket.api_url == "http://127.0.0.1:9/api/"
    assert slack(API_URL="https://slack.test/") is None


def test_slack_s_secrets_are_in_no_log() -> None:
    shown = repr(read(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s3cret", SLACK_APP_TOKEN="xapp-2"))
    assert not any(secret in shown for secret in ("xoxb-1", "s3cret", "xapp-2"))


# -- Teams ---------------------------------------------------------------------------------------------

HALF = (
    "Teams is half set up: write the bot's app (client) id into BATON_TEAMS_APP_ID, "
    "or remove the other BATON_TEAMS_ settings."
)
ONE_CREDENTIAL = (
    "Teams needs one credential: BATON_TEAMS_APP_PASSWORD (client secret), BATON_TEAMS_CERTIFICATE (a PEM "
    "file with its key), or BATON_TEAMS_MANAGED_IDENTITY=1."
)


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"APP_PASSWORD": "s"}, HALF),
        ({"CERTIFICATE": "bot.pem"}, HALF),
        ({"MANAGED_IDENTITY": "yes"}, HALF),
        (
            {"APP_ID": APP, "APP_PASSWORD": "s"},
            "BATON_TEAMS_TENANT_ID is missing: write the directory (tenant) id whose people may use this desk; "
            "several are separated by commas, the app's own first.",
        ),
        ({"APP_ID": APP, "TENANT_ID": "t"}, ONE_CREDENTIAL),
        ({"APP_ID": APP, "TENANT_ID": "t", "APP_PASSWORD": "s", "CERTIFICATE": "bot.pem"}, ONE_CREDENTIAL),
        ({"APP_ID": APP, "TENANT_ID": "t", "APP_PASSWORD": "s", "MANAGED_IDENTITY": "1"}, ONE_CREDENTIAL),
        (
            {"ANONYMOUS": "1", "APP_ID": APP},
            "BATON_TEAMS_ANONYMOUS lets anyone be anyone, so it is refused together with BATON_TEAMS_APP_ID: "
            "remove one of the two.",
        ),
        (
            {"ANONYMOUS": "true", "HOST": "0.0.0.0"},
            "BATON_TEAMS_ANONYMOUS lets anyone be anyone, so it works on a loopback address only. "
            "BATON_HOST is 0.0.0.0: write 127.0.0.1, or remove it.",
        ),
    ],
)
def test_teams_set_up_wrong(env: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        teams(**env)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("env", "settings"),
    [
        ({"APP_PASSWORD": "s"}, {"password": "s"}),
        ({"CERTIFICATE": "/run/bot.pem"}, {"certificate": Path("/run/bot.pem")}),
        ({"MANAGED_IDENTITY": "On"}, {"managed_identity": True}),
    ],
)
def test_teams_with_each_credential(env: dict[str, str], settings: dict[str, object]) -> None:
    found = teams(APP_ID=f" {APP} ", TENANT_ID="own, guest ,", **env)
    assert found is not None
    expected = {
        "app_id": APP,
        "tenants": ("own", "guest"),
        "password": "",
        "certificate": None,
        "managed_identity": False,
        "openid_url": TEAMS_OPENID,
        "login_url": TEAMS_LOGIN,
        "anonymous": False,
        **settings,
    }
    assert {name: getattr(found, name) for name in expected} == expected


def test_teams_in_another_cloud() -> None:
    found = teams(
        APP_ID=APP,
        TENANT_ID="t",
        APP_PASSWORD="s",
        OPENID_URL="https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
        LOGIN_URL="https://login.microsoftonline.us/",
    )
    assert found is not None
    assert found.openid_url.startswith("https://login.botframework.azure.us/")
    assert found.login_url == "https://login.microsoftonline.us"


def test_teams_anonymous_and_not_at_all() -> None:
    assert teams(ANONYMOUS="yes") == TeamsSettings(anonymous=True)
    assert teams(ANONYMOUS="0") is None
    assert teams(TENANT_ID="t", OPENID_URL="https://keys.test") is None


def test_teams_secret_is_in_no_log() -> None:
    assert "s3cret" not in repr(read(TEAMS_APP_ID=APP, TEAMS_TENANT_ID="t", TEAMS_APP_PASSWORD="s3cret"))
