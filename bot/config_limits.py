"""How much one sender of mentions may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.config_error import ConfigError

NAME: Final = "BATON_INTAKE_PER_MINUTE"
WRONG: Final = f"{NAME} is {{text!r}}; write how many requests one sender may make in a minute, from 1 to 1000000, or remove it."


def read_intake_rate(env: Mapping[str, str]) -> int | None:
    """Requests a minute; None where there is no limit. Raises ConfigError for what is no such number."""
    text = env.get(NAME, "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000:
        return int(text)
    raise ConfigError(WRONG.format(text=text))
