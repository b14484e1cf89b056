"""Settings, read once from the environment and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast

from bot.config_error import ConfigError as ConfigError
from bot.config_files import with_files
from bot.config_limits import read_intake_rate
from bot.config_redis import read_redis
from bot.config_secrets import PAGER, SOURCE, read_secrets, read_token_keys
from bot.config_signin import Network, SignInSettings, read_proxies, read_public_url, read_sign_in

WebChat = Literal["off", "local", "signin"]
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
SLACK_API: Final = "https://slack.com/api/"
TEAMS_OPENID: Final = "https://login.botframework.com/v1/.well-known/openidconfiguration"
TEAMS_LOGIN: Final = "https://login.microsoftonline.com"
_YES: Final = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """How this desk speaks to Slack. With an app token Slack is listened to in Socket Mode, else over signed HTTP."""

    bot_token: str
    signing_secret: str = ""
    app_token: str = ""
    api_url: str = SLACK_API

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)

    def __repr__(self) -> str:
        # Settings end up in logs and tracebacks; secrets must not.
        return f"SlackSettings(socket_mode={self.socket_mode}, api_url={self.api_url!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSettings:
    """How this desk speaks to Microsoft Teams: as which app, in which tenants, and with which credential.

    The credential is a client secret (`password`), a certificate file with its key (PEM), or the managed identity of
    the machine. `anonymous` checks and sends no tokens at all: for a stand-in on this machine only.
    """

    app_id: str = ""
    tenants: tuple[str, ...] = ()
    password: str = ""
    certificate: Path | None = None
    managed_identity: bool = False
    openid_url: str = TEAMS_OPENID
    login_url: str = TEAMS_LOGIN
    anonymous: bool = False

    def __repr__(self) -> str:
        # Settings end up in logs and tracebacks; secrets must not.
        return f"TeamsSettings(app_id={self.app_id!r}, tenants={self.tenants!r}, anonymous={self.anonymous})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting. `webhook_secrets` verify intake; several allow rotation."""

    policy: Path = Path("policy.toml")
    # Settings end up in logs and tracebacks; secrets must not, and a database address may hold a password.
    database_url: str = field(default="sqlite:///baton.db", repr=False)
    redis_url: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8080
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    intake_per_minute: int | None = None
    trusted_proxies: tuple[Network, ...] = ()
    web_chat: WebChat = "off"
    sign_in: SignInSettings | None = None
    slack: SlackSettings | None = None
    teams: TeamsSettings | None = None
    token_keys: tuple[str, ...] = field(default=(), repr=False)
    source_secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    pager_secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    public_url: str = ""

    @property
    def loopback(self) -> bool:
        return self.host in _LOOPBACK


def read_config(env: Mapping[str, str]) -> Config:
    """The settings in `env`, and in the files it names. Raises ConfigError naming the first variable that is wrong."""
    env = with_files(env)
    web_chat = env.get("BATON_WEB_CHAT", "off")
    if web_chat not in ("off", "local", "signin"):
        raise ConfigError(f"BATON_WEB_CHAT is {web_chat!r}; write off, local or signin.")
    host = env.get("BATON_HOST", "127.0.0.1")
    if web_chat == "local" and host not in _LOOPBACK:
        raise ConfigError(
            "BATON_WEB_CHAT=local lets anyone act as anyone, so it works on a loopback address only. "
            f"BATON_HOST is {host}: write 127.0.0.1, or switch the web chat off."
        )
    return Config(
        policy=Path(env.get("BATON_POLICY", "policy.toml")),
        database_url=env.get("BATON_DATABASE_URL", "sqlite:///baton.db"),
        redis_url=read_redis(env),
        host=host,
        port=_port(env.get("BATON_PORT", "8080")),
        webhook_secrets=tuple(
            s.strip() for s in env.get("BATON_WEBHOOK_SECRETS", "").split(",") if s.strip()
        ),
        intake_per_minute=read_intake_rate(env),
        trusted_proxies=read_proxies(env),
        web_chat=cast(WebChat, web_chat),
        sign_in=read_sign_in(env) if web_chat == "signin" else None,
        slack=_slack(env),
        teams=_teams(env, host),
        token_keys=read_token_keys(env),
        source_secrets=read_secrets(env, SOURCE),
        pager_secrets=read_secrets(env, PAGER),
        public_url=read_public_url(env),
    )


def _slack(env: Mapping[str, str]) -> SlackSettings | None:
    """Slack's settings; None when no bot token is set."""
    names = ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN", "API_URL")
    bot, secret, app, url = (env.get(f"BATON_SLACK_{name}", "").strip() for name in names)
    if not bot:
        if secret or app:
            raise ConfigError(
                "Slack is half set up: write the bot token (xoxb-…) into BATON_SLACK_BOT_TOKEN, "
                "or remove the other BATON_SLACK_ settings."
            )
        return None
    if bot.startswith("xapp-") or app.startswith("xoxb-"):
        raise ConfigError(
            "BATON_SLACK_BOT_TOKEN must begin with xoxb- and BATON_SLACK_APP_TOKEN with xapp-: they are swapped."
        )
    if not secret and not app:
        raise ConfigError(
            "Slack needs a way in: set BATON_SLACK_SIGNING_SECRET for signed HTTP, "
            "or BATON_SLACK_APP_TOKEN (xapp-…) for Socket Mode."
        )
    url = url or SLACK_API
    if not url.startswith(("https://", "http://")):
        raise ConfigError(f"BATON_SLACK_API_URL is {url!r}; write an address that begins with https://.")
    return SlackSettings(
        bot_token=bot, signing_secret=secret, app_token=app, api_url=url if url.endswith("/") else f"{url}/"
    )


def _teams(env: Mapping[str, str], host: str) -> TeamsSettings | None:
    """Teams' settings; None when there is neither an app id nor a wish to do without."""

    def said(name: str) -> str:
        return env.get(f"BATON_TEAMS_{name}", "").strip()

    app_id, anonymous = said("APP_ID"), said("ANONYMOUS").lower() in _YES
    password, certificate = said("APP_PASSWORD"), said("CERTIFICATE")
    managed = said("MANAGED_IDENTITY").lower() in _YES
    tenants = tuple(tenant.strip() for tenant in said("TENANT_ID").split(",") if tenant.strip())
    if anonymous:
        if app_id:
            raise ConfigError(
                "BATON_TEAMS_ANONYMOUS lets anyone be anyone, so it is refused together with BATON_TEAMS_APP_ID: "
                "remove one of the two."
            )
        if host not in _LOOPBACK:
            raise ConfigError(
                "BATON_TEAMS_ANONYMOUS lets anyone be anyone, so it works on a loopback address only. "
                f"BATON_HOST is {host}: write 127.0.0.1, or remove it."
            )
        return TeamsSettings(anonymous=True, tenants=tenants)
    if not app_id:
        if password or certificate or managed:
            raise ConfigError(
                "Teams is half set up: write the bot's app (client) id into BATON_TEAMS_APP_ID, "
                "or remove the other BATON_TEAMS_ settings."
            )
        return None
    if not tenants:
        raise ConfigError(
            "BATON_TEAMS_TENANT_ID is missing: write the directory (tenant) id whose people may use this desk; "
            "several are separated by commas, the app's own first."
        )
    if sum((bool(password), bool(certificate), managed)) != 1:
        raise ConfigError(
            "Teams needs one credential: BATON_TEAMS_APP_PASSWORD (client secret), BATON_TEAMS_CERTIFICATE (a PEM "
            "file with its key), or BATON_TEAMS_MANAGED_IDENTITY=1."
        )
    return TeamsSettings(
        app_id=app_id,
        tenants=tenants,
        password=password,
        certificate=Path(certificate) if certificate else None,
        managed_identity=managed,
        openid_url=said("OPENID_URL") or TEAMS_OPENID,
        login_url=(said("LOGIN_URL") or TEAMS_LOGIN).rstrip("/"),
    )


def _port(text: str) -> int:
    if text.isdigit() and 0 <= int(text) <= 65535:
        return int(text)
    raise ConfigError(f"BATON_PORT is {text!r}; write a number from 0 to 65535.")
