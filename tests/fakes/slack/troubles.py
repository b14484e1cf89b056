"""What can go wrong with a call, on purpose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """Meets one call. Nothing happened, unless `after` is set: then it happened, and only the answer is lost."""

    status: int = 200
    retry_after: int | None = None
    error: str = ""
    drop: bool = False
    after: bool = False
    seconds: float = 0.0
    text: str = ""


def too_many(retry_after: int = 1) -> Trouble:
    """429 with Retry-After in seconds."""
    return Trouble(status=429, retry_after=retry_after, error="ratelimited")


def status(code: int, text: str = "upstream connect error") -> Trouble:
    """An answer that is no JSON, as a broken gateway gives it."""
    return Trouble(status=code, text=text)


def error(code: str) -> Trouble:
    """`{"ok": false, "error": code}`"""
    return Trouble(error=code)


def slow(seconds: float) -> Trouble:
    """It works, but the answer takes that long."""
    return Trouble(seconds=seconds)


drop_before = Trouble(drop=True)
"""The connection breaks before anything happened."""

drop_after = Trouble(drop=True, after=True)
"""It happened; then the connection breaks, and no answer comes."""
