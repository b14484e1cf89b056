"""What went wrong, as a sentence for who sits at the terminal. Loaded only when something did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.exc import ArgumentError, OperationalError

from adapters.http import CannotListen
from bot.config import ConfigError
from bot.domain.people import PersonId, Role
from bot.domain.refusals import Refusal
from bot.policy.problems import PolicyErrors
from bot.ports import Overloaded, Stale
from storage.sql.engine import UnsupportedDatabase
from storage.sql.lock import DatabaseInUse
from storage.sql.postgres import CannotConnect

REFUSED: Final = 1
"""It was understood and cannot be done."""
WRONG_SETTINGS: Final = 2
"""Nothing can be done before a setting or the policy is right."""

_SETTINGS: Final = (ConfigError, PolicyErrors, UnsupportedDatabase)
_PLAIN: Final = (DatabaseInUse, CannotListen, CannotConnect)
_POLICY: Final = "The policy has mistakes, so nothing was done:\n{problems}"
_BUSY: Final = "The desk's database is busy: nothing was saved. Try again in a moment."
_DATABASE: Final = "The database cannot be used: {reason}. BATON_DATABASE_URL says where it is."
_ADDRESS: Final = "BATON_DATABASE_URL is no address: write something like sqlite:///baton.db."


class _Bare:
    """Names without a policy: people by e-mail, moments in UTC."""

    def person(self, person: PersonId) -> str:
        return person

    def department(self, department: str) -> str:
        return department

    def moment(self, at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M} UTC"

    def who_may(self, roles: Iterable[Role], department: str | None) -> str:
        return f"It takes the role {' or '.join(sorted(roles))}."


def told(error: BaseException) -> tuple[str, int] | None:
    """(sentence, exit code); None for a surprise, which deserves its traceback."""
    if isinstance(error, PolicyErrors):
        return _POLICY.format(problems=error), WRONG_SETTINGS
    if isinstance(error, _SETTINGS):
        return str(error), WRONG_SETTINGS
    if isinstance(error, ArgumentError):
        return _ADDRESS, WRONG_SETTINGS
    if isinstance(error, Refusal):
        return error.sentence(_Bare()), REFUSED
    if isinstance(error, _PLAIN):
        return str(error), REFUSED
    if isinstance(error, (Stale, Overloaded)):
        return _BUSY, REFUSED
    if isinstance(error, OperationalError):
        return _DATABASE.format(reason=error.orig), REFUSED
    return None
