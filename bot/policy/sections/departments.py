"""[departments]: who answers, where, when, and who is on duty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.domain.people import COMPANY
from bot.domain.times.calendar import Calendar
from bot.domain.times.hours import parse_time, parse_weekday
from bot.policy.fields import Table
from bot.policy.model import Department, Rotation
from bot.policy.problems import did_you_mean, short
from bot.policy.sections.company import read_calendar
from bot.policy.sections.people import Platform

REACTIONS: Final = ("claim", "release", "extend", "ack", "accept")
"""What an emoji on a case's card may say: nothing that closes a case, hands it away, or speaks to the public."""

_NAME: Final = re.compile(r"\w[\w-]*")
_NO_REACTION: Final = (
    'a reaction cannot say "{verb}", for a slip of the thumb must not close a case, hand it away or publish'
)
_EMOJI: Final = re.compile(r"[^\s:]*\w[^\s:]*")
_GROUPS: Final = {str(Platform.SLACK): re.compile(r"S[A-Z0-9]{2,}")}
"""What the name of a user group looks like, on each platform whose groups the desk can read."""
_NO_GROUP: Final = (
    '"{name}" is not a user group\'s id: in Slack open People, User groups, the group, '
    'and under its three dots copy the id, as in slack = "S0SUPPORT"'
)


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
        groups=_groups(table.table("groups")),
        duty=table.people("duty"),
        rotation=table.parsed("rotate", parse_rotation, None),
        escalation=table.text("escalation") or None,
        restricted=table.flag("restricted"),
        decline_needs_other=table.flag("decline_needs_other"),
        reactions=_reactions(table.table("reactions")),
    )
    table.done()
    return department


def _channels(table: Table) -> Mapping[str, str]:
    known = [str(platform) for platform in Platform]
    for platform in table.raw:
        if platform not in known:
            table.problems.unknown(table.at(platform), "platform", platform, known)
    return {name: channel for name in table.raw if (channel := table.text(name)) and name in known}


def _groups(table: Table) -> Mapping[str, str]:
    for platform in table.raw:
        if platform not in _GROUPS:
            table.problems.unknown(table.at(platform), "platform with groups", platform, list(_GROUPS))
    found = {name: group for name in table.raw if (group := table.text(name)) and name in _GROUPS}
    for platform, group in found.items():
        if not _GROUPS[platform].fullmatch(group):
            table.problems.mistake(table.at(platform), _NO_GROUP.format(name=short(group)))
    return found


def _reactions(table: Table) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key in table.raw:
        emoji, verb = key.strip().strip(":").lower(), table.text(key).lower()
        if not _EMOJI.fullmatch(emoji):
            told = f'"{short(key)}" is not the name of an emoji: write its name, as in eyes = "claim"'
            table.problems.mistake(table.at(key), told)
        elif emoji in found:
            table.problems.mistake(table.at(key), f'"{short(emoji)}" is there twice: keep one of them')
        elif verb and verb not in REACTIONS:
            told = _NO_REACTION.format(verb=short(verb))
            table.problems.mistake(table.at(key), f"{told}{did_you_mean(verb, REACTIONS)}")
        elif verb:
            found[emoji] = verb
    return found


def parse_rotation(text: str) -> Rotation:
    """ "weekly Mon 09:00" or "daily 09:00". ValueError with a sentence otherwise."""
    every, *rest = text.lower().split()
    if every == "weekly" and len(rest) == 2:
        return Rotation(weekday=parse_weekday(rest[0]), at=parse_time(rest[1]))
    if every == "daily" and len(rest) == 1:
        return Rotation(at=parse_time(rest[0]))
    raise ValueError(f'"{short(text)}" is not a rotation: write "weekly Mon 09:00" or "daily 09:00"')
