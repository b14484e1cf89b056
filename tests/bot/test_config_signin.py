"""The settings of signing in, and what is said when they are wrong."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.config import ConfigError, read_config
from bot.config_signin import trusted

BASE = {"BATON_WEB_CHAT": "signin", "BATON_PUBLIC_URL": "https://Baton.Kettle.example:443/"}
OIDC = {
    "BATON_SIGNIN_ISSUER": "https://login.microsoftonline.com/0a1b2c/v2.0",
    "BATON_SIGNIN_CLIENT_ID": "client",
    "BATON_SIGNIN_CLIENT_SECRET": "very-secret",
}


def test_links_alone_need_only_the_address() -> None:
    config = read_config({**BASE, "BATON_HOST": "0.0.0.0"})
    assert config.web_chat == "signin"
    assert config.sign_in is not None
    assert config.sign_in.oidc is None
    assert config.sign_in.public_url == "https://baton.kettle.example"
    assert config.sign_in.redirect_uri == "https://baton.kettle.example/signin/callback"
    assert (config.sign_in.idle, config.sign_in.longest) == (timedelta(hours=12), timedelta(days=7))


def test_a_provider_and_all_the_rest() -> None:
    more = {
        "BATON_SIGNIN_SCOPES": "email, offline",
        "BATON_SIGNIN_CLAIM": "upn",
        "BATON_SIGNIN_IDLE_HOURS": "1",
        "BATON_SIGNIN_MAX_HOURS": "24",
        "BATON_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16 fd00::/8",
    }
    settings = read_config({**BASE, **OIDC, **more}).sign_in
    assert settings is not None and settings.oidc is not None
    assert settings.oidc.scopes == ("openid", "email", "offline")
    assert settings.oidc.claim == "upn"
    assert (settings.idle, settings.longest) == (timedelta(hours=1), timedelta(hours=24))
    assert [str(each) for each in settings.trusted_proxies] == ["10.0.0.5/32", "10.1.0.0/16", "fd00::/8"]
    assert "very-secret" not in repr(settings)


def test_where_nobody_signs_in_the_settings_are_not_read() -> None:
    assert read_config({"BATON_SIGNIN_ISSUER": "nonsense"}).sign_in is None


def test_the_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-a-file\n", encoding="utf-8")
    given = {**BASE, **OIDC, "BATON_SIGNIN_CLIENT_SECRET": "", "BATON_SIGNIN_CLIENT_SECRET_FILE": str(file)}
    settings = read_config(given).sign_in
    assert settings is not None and settings.oidc is not None
    assert settings.oidc.client_secret == "from-a-file"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"BATON_PUBLIC_URL": ""}, "BATON_PUBLIC_URL"),
        ({"BATON_PUBLIC_URL": "http://baton.kettle.example"}, "this machine alone"),
        ({"BATON_PUBLIC_URL": "https://baton.kettle.example/desk"}, "host only"),
        ({"BATON_PUBLIC_URL": "https://user:pw@baton.example"}, "BATON_PUBLIC_URL"),
        ({"BATON_PUBLIC_URL": "baton.kettle.example"}, "BATON_PUBLIC_URL"),
        ({"BATON_PUBLIC_URL": "https://[x"}, "BATON_PUBLIC_URL"),
        ({"BATON_PUBLIC_URL": "https://baton.example:99999"}, "BATON_PUBLIC_URL"),
        ({"BATON_SIGNIN_CLIENT_ID": ""}, "BATON_SIGNIN_CLIENT_ID is missing"),
        ({"BATON_SIGNIN_ISSUER": "", "BATON_SIGNIN_CLIENT_ID": ""}, "are missing"),
        ({"BATON_SIGNIN_ISSUER": "http://id.example"}, "BATON_SIGNIN_ISSUER"),
        ({"BATON_SIGNIN_ISSUER": "https://login.microsoftonline.com/common/v2.0"}, "any company"),
        ({"BATON_SIGNIN_ISSUER": "https://login.microsoftonline.com/organizations/v2.0"}, "any company"),
        ({"BATON_SIGNIN_CLIENT_SECRET_FILE": "/nowhere"}, "both set"),
        ({"BATON_SIGNIN_CLIENT_SECRET": "", "BATON_SIGNIN_CLIENT_SECRET_FILE": "/nowhere"}, "/nowhere"),
        ({"BATON_TRUSTED_PROXIES": "proxy.example"}, "BATON_TRUSTED_PROXIES"),
        ({"BATON_SIGNIN_IDLE_HOURS": "0"}, "BATON_SIGNIN_IDLE_HOURS"),
        ({"BATON_SIGNIN_MAX_HOURS": "²"}, "BATON_SIGNIN_MAX_HOURS"),
        ({"BATON_SIGNIN_MAX_HOURS": "2"}, "longer than it lasts"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(changed: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        read_config({**BASE, **OIDC, **changed})
    assert "very-secret" not in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("address", "yes"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("", False),
        ("x", False),
        ("::1", False),
    ],
)
def test_which_proxies_are_ours(address: str, yes: bool) -> None:
    assert trusted((ip_network("10.1.0.0/16"),), address) is yes
