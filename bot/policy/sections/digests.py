"""[[digests]]: who reads how it went, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Final

from bot.domain.people import PersonId
from bot.domain.times.hours import parse_time, parse_weekday
from bot.policy.fields import Table
from bot.policy.model import DigestPlan
from bot.policy.problems import short

_DAILY: Final = time(8, 45)
_WEEKLY: Final = (4, time(15))
_OFF: Final = "off"


def read_digests(table: Table, departments: Iterable[str]) -> tuple[DigestPlan, ...]:
    """The digests of the file, then the usual one of every department that the file leaves out."""
    plans = [_digest(inner) for inner in table.tables("digests")]
    planned = {plan.department for plan in plans}
    usual = [DigestPlan(department=each, daily=_DAILY, weekly=_WEEKLY) for each in departments]
    return (*plans, *(plan for plan in usual if plan.department not in planned))


def _digest(table: Table) -> DigestPlan:
    person, department = table.text("person").lower(), table.text("department")
    if bool(person) == bool(department):
        table.problems.mistake(table.path, "name either a department or a person whom this digest is for")
    if not any(table.has(key) for key in ("daily", "weekly", "monthly")):
        help_ = (
            'write daily = "08:45", weekly = "Fri 15:00" or monthly = "1 09:00" (or daily = "off" for none)'
        )
        table.problems.mistake(table.path, f"this digest has no time: {help_}")
    plan = DigestPlan(
        department=department or None,
        person=PersonId(person) if person else None,
        daily=table.parsed("daily", _daily, None),
        weekly=table.parsed("weekly", _weekly, None),
        monthly=table.parsed("monthly", _monthly, None),
    )
    table.done()
    return plan


def _daily(text: str) -> time | None:
    return None if text.lower() == _OFF else parse_time(text)


def _weekly(text: str) -> tuple[int, time]:
    day, _, at = text.partition(" ")
    if not at.strip():
        raise ValueError(f'"{short(text)}" is not a weekly time: write it as "Fri 15:00"')
    return parse_weekday(day), parse_time(at)


def _monthly(text: str) -> tuple[int, time]:
    day, _, at = text.partition(" ")
    if not at.strip() or not day.isdecimal() or not 1 <= int(day) <= 28:
        help_ = 'write it as "1 09:00", with a day from 1 to 28 so that every month has it'
        raise ValueError(f'"{short(text)}" is not a monthly time: {help_}')
    return int(day), parse_time(at)
