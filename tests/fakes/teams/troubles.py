"""What can go wrong with a call, on purpose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """Meets one call. Nothing happened, unless `after` is set: then it happened, and only the answer is lost."""

    status: int = 200
    retry_after: str | None = None
    code: str = ""
    drop: bool = False
    after: bool = False
    seconds: float = 0.0
    text: str | None = None


def too_many(retry_after: int | str | None = 1) -> Trouble:
    """429; Retry-After as given (seconds, or a date), or none."""
    after = None if retry_after is None else str(retry_after)
    return Trouble(status=429, retry_after=after, code="Throttled")


def status(code: int, text: str = "<html>upstream connect error</html>") -> Trouble:
    """An answer that is no JSON, as a broken gateway gives it."""
    return Trouble(status=code, text=text)


def error(status: int, code: str) -> Trouble:
    """`{"error": {"code": …, "message": …}}` with that status, such as 412 PreconditionFailed."""
    return Trouble(status=status, code=code)


def slow(seconds: float) -> Trouble:
    """It works, but the answer takes that long."""
    return Trouble(seconds=seconds)


precondition_failed = error(412, "PreconditionFailed")
"""Two writes met; Teams asks for the same once more."""

drop_before = Trouble(drop=True)
"""The connection breaks before anything happened."""

drop_after = Trouble(drop=True, after=True)
"""It happened; then the connection breaks, and no answer comes."""
