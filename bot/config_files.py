"""Secrets from files, as containers, systemd and Kubernetes hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.config_error import ConfigError
from bot.config_secrets import KEY, PREFIXES

BOTH: Final = "{name} and {name}_FILE are both set: remove one of the two."
NOT_READ: Final = "{name}_FILE is {path}, which cannot be read: {why}."
EMPTY: Final = "{name}_FILE is {path}, which is empty: write the secret into it, or remove the setting."
NO_TEXT: Final = "it is no text"

SECRETS: Final = (
    "BATON_DATABASE_URL",
    "BATON_REDIS_URL",
    "BATON_WEBHOOK_SECRETS",
    "BATON_SLACK_BOT_TOKEN",
    "BATON_SLACK_SIGNING_SECRET",
    "BATON_SLACK_APP_TOKEN",
    "BATON_TEAMS_APP_PASSWORD",
    "BATON_SIGNIN_CLIENT_SECRET",
    KEY,
)
"""Every setting that may hold a secret. Each may be given as a file instead: its name with _FILE behind it. So may
each setting of a source or a pager."""


_SEVERAL: Final = ("BATON_WEBHOOK_SECRETS", KEY)


def with_files(env: Mapping[str, str]) -> Mapping[str, str]:
    """`env` with what the files hold that `<name>_FILE` names; whitespace around it does not count.

    A file of BATON_WEBHOOK_SECRETS or BATON_TOKEN_KEY may have one secret on each line. Raises ConfigError, which never holds a secret,
    where a file cannot be read or is empty, or where a secret is given twice.
    """
    found = dict(env)
    for name in (*SECRETS, *_of_others(env)):
        path = env.get(f"{name}_FILE", "").strip()
        if not path:
            continue
        if env.get(name, "").strip():
            raise ConfigError(BOTH.format(name=name))
        held = _read(name, path)
        found.pop(f"{name}_FILE")
        found[name] = ",".join(held.split()) if name in _SEVERAL else held
    return found


def _of_others(env: Mapping[str, str]) -> list[str]:
    return [
        name.removesuffix("_FILE") for name in env if name.startswith(PREFIXES) and name.endswith("_FILE")
    ]


def _read(name: str, path: str) -> str:
    try:
        held = Path(path).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else NO_TEXT
        raise ConfigError(NOT_READ.format(name=name, path=path, why=why)) from None
    if not held:
        raise ConfigError(EMPTY.format(name=name, path=path))
    return held
