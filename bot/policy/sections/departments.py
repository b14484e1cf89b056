"""[departments]: who answers, where, when, and who is on duty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.domain.calendar import Calendar
from bot.domain.hours import parse_time, parse_weekday
from bot.domain.people import COMPANY
from bot.policy.fields import Table
from bot.policy.model import Department, Rotation
from bot.policy.problems import short
from bot.policy.sections.company import read_calendar
from bot.policy.sections.people import Platform

_NAME: Final = re.compile(r"\w[\w-]*")


def read_departments(table: Table, base: Calendar) -> Mapping[str, Department]:
    if not table.raw:
        table.problems.mistake((), "there are no departments: write [departments.support] and so on")
    return {name: _department(name, inner, base) for name, inner in table.named_tables()}


def _department(name: str, table: Table, base: Calendar) -> Department:
    if name == COMPANY or not _NAME.fullmatch(name):
        told = f'"{COMPANY}" stands for everywhere' if name == COMPANY else "people type this name"
        table.problems.mistake(table.path, f'{told}: use one word of letters, digits, "-" and "_"')
    zone = table.zone("timezone", base.zone)
    department = Department(
        name=name,
        title=table.text("title", name),
        zone=zone,
        calendar=read_calendar(table, zone, base),
        channels=_channels(table.table("channels")),
        duty=table.people("duty"),
        rotation=table.parsed("rotate", parse_rotation, None),
        escalation=table.text("escalation") or None,
        restricted=table.flag("restricted"),
        decline_needs_other=table.flag("decline_needs_other"),
    )
    table.done()
    return department


def _channels(table: Table) -> Mapping[str, str]:
    known = [str(platform) for platform in Platform]
    for platform in table.raw:
        if platform not in known:
            table.problems.unknown(table.at(platform), "platform", platform, known)
    return {name: channel for name in table.raw if (channel := table.text(name)) and name in known}


def parse_rotation(text: str) -> Rotation:
    """ "weekly Mon 09:00" or "daily 09:00". ValueError with a sentence otherwise."""
    every, *rest = text.lower().split()
    if every == "weekly" and len(rest) == 2:
        return Rotation(weekday=parse_weekday(rest[0]), at=parse_time(rest[1]))
    if every == "daily" and len(rest) == 1:
        return Rotation(at=parse_time(rest[0]))
    raise ValueError(f'"{short(text)}" is not a rotation: write "weekly Mon 09:00" or "daily 09:00"')
