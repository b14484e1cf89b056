"""People, their roles, and who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

from bot.domain.times.calendar import Calendar

PersonId = NewType("PersonId", str)
"""The person's one e-mail address, lower case."""

COMPANY = "company"
"""The department name that means "everywhere" in a person's roles."""


class Role(StrEnum):
    VIEWER = "viewer"
    MEMBER = "member"
    LEAD = "lead"
    DUTY = "duty"
    CHAMPION = "champion"
    EXTERNAL = "external"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One human, as the policy names them.

    `calendar` holds the person's own working hours in `zone`; None means those of each department.
    `until` is the last day (in `zone`) on which an external person has any role.
    """

    id: PersonId
    name: str
    zone: ZoneInfo
    languages: tuple[str, ...] = ()
    calendar: Calendar | None = None
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    communities: tuple[str, ...] = ()
    until: date | None = None
    title: str | None = None
    phone: str | None = None
    prefers: str | None = None
    writes_as: tuple[str, ...] = ()
    """their own public accounts (`network:handle`), which they agreed to name: as customers they are treated discreetly"""
