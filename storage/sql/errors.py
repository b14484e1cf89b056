"""A database's errors in the desk's words."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.ports import Overloaded, Stale

FULL: Final = "The disk of the database is full: nothing can be stored until somebody makes room there."
BROKEN: Final = "The disk of the database does not take what is written: somebody has to look at it."

_TAKEN: Final = frozenset({"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})
"""Clashes that trying again may cure; any other broken constraint is a fault of ours."""


class Crossed(Stale):
    """Two transactions waited for each other and this one gave way. It may be applied again just as it is."""


def translate(error: Exception) -> Exception:
    """A database's error in the desk's words: whatever trying again may cure is Stale."""
    if isinstance(error, IntegrityError) and getattr(error.orig, "sqlite_errorname", None) in _TAKEN:
        return _with_cause(Stale("somebody else wrote the same"), error)
    if (why := _disk(error)) is not None:
        return _with_cause(Overloaded(_UNTIL_THERE_IS_ROOM, why), error)
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return _with_cause(Overloaded(2), error)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _with_cause(Overloaded(2), error)
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    if state in _CROSSED:
        return _with_cause(Crossed("the database asks to try again"), error)
    if state == "23505":
        return _with_cause(Stale("somebody else wrote the same"), error)
    if state in _PATIENCE:
        return _with_cause(Overloaded(2), error)
    return error


def _disk(error: Exception) -> str | None:
    """What is wrong with the disk, if that is what the error says."""
    if not isinstance(error, DBAPIError):
        return None
    name = getattr(error.orig, "sqlite_errorname", None) or ""
    if name == "SQLITE_FULL" or getattr(error.orig, "sqlstate", None) in _NO_ROOM:
        return FULL
    return BROKEN if name.startswith("SQLITE_IOERR") else None


_UNTIL_THERE_IS_ROOM: Final = 30
"""Seconds."""
_NO_ROOM: Final = frozenset({"53100"})
_CROSSED: Final = frozenset({"40001", "40P01"})
_PATIENCE: Final = frozenset({"55P03", "57014", "53200", "53300", "57P01", "57P02", "57P03"})
"""Waited for too long, out of memory or connections, stopping or starting, it
passes, or somebody has to see to it; until then everybody comes again."""


def _with_cause(said: Exception, cause: Exception) -> Exception:
    said.__cause__ = cause
    return said
