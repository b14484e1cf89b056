"""The settings: misspelt, contradicting, unsafe, or too short."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from bot.cli.checks import Patient
from bot.config import Config, ConfigError, read_config
from bot.config_files import SECRETS as FROM_FILES
from bot.config_files import with_files
from bot.config_secrets import PREFIXES
from bot.ports import Finding, Health

AREA: Final = "Settings"
PREFIX: Final = "BATON_"
_NAMED: Final = frozenset(
    PREFIX + name
    for name in (
        "POLICY",
        "DATABASE_URL",
        "REDIS_URL",
        "HOST",
        "PORT",
        "WEBHOOK_SECRETS",
        "WEB_CHAT",
        "PUBLIC_URL",
        "TRUSTED_PROXIES",
        "INTAKE_PER_MINUTE",
        "SIGNIN_ISSUER",
        "SIGNIN_CLIENT_ID",
        "SIGNIN_CLIENT_SECRET",
        "SIGNIN_SCOPES",
        "SIGNIN_CLAIM",
        "SIGNIN_IDLE_HOURS",
        "SIGNIN_MAX_HOURS",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "TEAMS_APP_ID",
        "TEAMS_APP_PASSWORD",
        "TEAMS_CERTIFICATE",
        "TEAMS_MANAGED_IDENTITY",
        "TEAMS_TENANT_ID",
        "TEAMS_OPENID_URL",
        "TEAMS_LOGIN_URL",
        "TEAMS_ANONYMOUS",
        "TOKEN_KEY",
    )
)
FILE: Final = "_FILE"
KNOWN: Final = _NAMED | {name + FILE for name in FROM_FILES}
"""Every setting that there is; a test holds that none is missing."""
SECRETS: Final = ("TOKEN", "SECRET", "PASSWORD", "_KEY")
"""What in the name of a setting says that its value is nobody's business."""

READ: Final = "The settings fit together."
MISSPELT: Final = "There is no setting {name}, so it does nothing."
MEANT: Final = "Write {meant} instead."
UNKNOWN: Final = "There is no setting {name} in this release, so it does nothing."
MEND_UNKNOWN: Final = "Remove it, or look for its name in the README."
QUOTED: Final = "{name} has quotes or blanks around its value, which count as part of it."
MEND_QUOTED: Final = "Write {name}=value without them; env files of containers need no quotes."
NOBODY_POSTS: Final = (
    "Without a webhook secret only this machine may post mentions, and {host} is for others."
)
MEND_POSTS: Final = (
    "BATON_WEBHOOK_SECRETS=whsec_$(openssl rand -base64 32)   (the same secret goes to the sender)"
)
SHORT: Final = (
    "{name} is too short to be safe: it could be guessed ({length} characters, {least} are the least)."
)
MEND_SHORT: Final = "Make a new one: whsec_$(openssl rand -base64 32)"
MEND_COPY: Final = "Copy it anew from where it was made; perhaps only a part of it was."
IN_CLEAR: Final = "{name} begins with http://, so tokens travel to {host} for everybody on the way to read."
MEND_CLEAR: Final = "Write https:// instead."

_GROUPS: Final = (
    ("POLICY",),
    ("DATABASE_URL",),
    ("REDIS_URL",),
    ("PORT",),
    ("WEBHOOK_SECRETS",),
    ("HOST", "WEB_CHAT", "PUBLIC_URL", "TRUSTED_PROXIES", "SIGNIN_"),
    ("SLACK_",),
    ("TEAMS_",),
)
"""Settings that are right or wrong together."""
_LEAST: Final = {
    "WEBHOOK_SECRETS": 24,
    "SLACK_SIGNING_SECRET": 16,
    "TEAMS_APP_PASSWORD": 16,
    "SIGNIN_CLIENT_SECRET": 16,
}
_ADDRESSES: Final = ("SLACK_API_URL", "TEAMS_LOGIN_URL", "TEAMS_OPENID_URL", "SIGNIN_ISSUER", "PUBLIC_URL")
_NEAR: Final = 80


def as_far_as_right(env: Mapping[str, str]) -> Config:
    """The settings without those that are wrong, so that the rest of the desk can still be examined."""
    right: dict[str, str] = {}
    for group in _GROUPS:
        some = {**right, **_of(env, group)}
        try:
            read_config(some)
        except ConfigError:
            continue
        right = some
    return read_config(right)


async def settings(patient: Patient) -> AsyncIterator[Finding]:
    """Every setting that does nothing, contradicts another one, or is unsafe."""
    found = [
        *_mistakes(patient.env),
        *_names(patient.env),
        *_values(_opened(patient.env)),
        *_ways_in(patient.config),
    ]
    for finding in found or [Finding(area=AREA, health=Health.WELL, says=READ)]:
        yield finding


def hidden(text: str, env: Mapping[str, str]) -> str:
    """The text without the value of any secret setting."""
    for name, value in _opened(env).items():
        if name.startswith(PREFIX) and any(part in name for part in SECRETS) and not name.endswith(FILE):
            for secret in (value, *value.split(",")):
                text = text.replace(secret.strip(), "[hidden]") if len(secret.strip()) >= 8 else text
    return text


def _opened(env: Mapping[str, str]) -> dict[str, str]:
    """`env` with the secrets from all files that can be read; of the others `_mistakes` tells."""
    opened = dict(env)
    for name in FROM_FILES:
        with suppress(ConfigError):
            opened |= with_files({each: env[each] for each in (name, name + FILE) if each in env})
    return opened


def _of(env: Mapping[str, str], group: tuple[str, ...]) -> dict[str, str]:
    names = tuple(PREFIX + name for name in group)
    return {
        name: value
        for name, value in env.items()
        if name.removesuffix(FILE) in names
        or any(name.startswith(each) for each in names if each.endswith("_"))
    }


def _mistakes(env: Mapping[str, str]) -> Iterator[Finding]:
    said: set[str] = set()
    right: dict[str, str] = {}
    for group in _GROUPS:
        some = {**right, **_of(env, group)}
        try:
            read_config(some)
        except ConfigError as mistake:
            if str(mistake) not in said:
                said.add(str(mistake))
                yield Finding(area=AREA, health=Health.BROKEN, says=str(mistake))
        else:
            right = some


def _names(env: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(env):
        if not name.upper().startswith(PREFIX) or name in KNOWN or name.startswith(PREFIXES):
            continue
        near = process.extractOne(name.upper(), KNOWN, scorer=fuzz.ratio, score_cutoff=_NEAR)
        if near:
            says, mend = MISSPELT.format(name=name), MEANT.format(meant=near[0])
            yield Finding(area=AREA, health=Health.BROKEN, says=says, mend=mend)
        else:
            says = UNKNOWN.format(name=name)
            yield Finding(area=AREA, health=Health.DOUBTFUL, says=says, mend=MEND_UNKNOWN)


def _values(env: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(KNOWN & env.keys()):
        value = env[name]
        if value != value.strip() or value[:1] in ("'", '"'):
            says, mend = QUOTED.format(name=name), MEND_QUOTED.format(name=name)
            yield Finding(area=AREA, health=Health.DOUBTFUL, says=says, mend=mend)
    for short, least in _LEAST.items():
        name = PREFIX + short
        webhook = short == "WEBHOOK_SECRETS"
        for secret in env.get(name, "").split(",") if webhook else [env.get(name, "")]:
            length = len(secret.strip().removeprefix("whsec_"))
            if 0 < length < least:
                says = SHORT.format(name=name, length=length, least=least)
                mend = MEND_SHORT if webhook else MEND_COPY
                yield Finding(area=AREA, health=Health.BROKEN, says=says, mend=mend)
    for short in _ADDRESSES:
        address = urlsplit(env.get(PREFIX + short, "").strip())
        if address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
            says = IN_CLEAR.format(name=PREFIX + short, host=address.hostname)
            yield Finding(area=AREA, health=Health.BROKEN, says=says, mend=MEND_CLEAR)


def _ways_in(config: Config) -> Iterator[Finding]:
    if not config.webhook_secrets and not config.loopback:
        says = NOBODY_POSTS.format(host=config.host)
        yield Finding(area=AREA, health=Health.BROKEN, says=says, mend=MEND_POSTS)
