"""What sources and pagers need that no policy file may hold: passwords, tokens, and the key that seals sessions."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Final

from bot.config_error import ConfigError

KEY: Final = "BATON_TOKEN_KEY"
SOURCE: Final = "BATON_SOURCE_"
PAGER: Final = "BATON_PAGER_"
PREFIXES: Final = (SOURCE, PAGER)
NOT_A_KEY: Final = (
    f"{KEY} is no key: write 32 random bytes in base64, as `openssl rand -base64 32` makes them; several with commas, "
    "the newest first."
)
_NAMED: Final = re.compile(r"([A-Z0-9_]+?)__([A-Z0-9_]+)")
_KEY_BYTES: Final = 32


def read_token_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that seal what networks gave us, the newest first, in the alphabet for addresses. Raises ConfigError,
    which never repeats them."""
    return tuple(_key(text.strip()) for text in env.get(KEY, "").split(",") if text.strip())


def _key(text: str) -> str:
    try:
        raw = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise ConfigError(NOT_A_KEY)
    return base64.urlsafe_b64encode(raw).decode()


def read_secrets(env: Mapping[str, str], prefix: str) -> Mapping[str, Mapping[str, str]]:
    """By owner, by name in small letters: BATON_SOURCE_MY_FEED__PASSWORD is `["my-feed"]["password"]`."""
    found: dict[str, dict[str, str]] = {}
    for owner, name, setting in secret_settings(env, prefix):
        if env[setting].strip():
            found.setdefault(owner, {})[name] = env[setting].strip()
    return found


def secret_settings(env: Mapping[str, str], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Each of these settings: (whose it is, as the policy names it, what, the setting's own name)."""
    for setting in env:
        parts = _NAMED.fullmatch(setting.removeprefix(prefix)) if setting.startswith(prefix) else None
        if parts:
            yield parts[1].lower().replace("_", "-"), parts[2].lower(), setting
