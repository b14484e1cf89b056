"""Slack's user object, read: who it is, and whether it is one of the company's own people. Pure.

Fields as in https://docs.slack.dev/reference/objects/user-object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.cards.trim import line
from bot.ports import Identity, Standing

PLATFORM: Final = "slack"
_SLACKBOT: Final = "USLACKBOT"
_BOTS: Final = ("is_bot", "is_workflow_bot", "is_connector_bot")
_GUESTS: Final = ("is_restricted", "is_ultra_restricted")
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace whose token we have: its id, and on Enterprise Grid its organisation's."""

    team: str
    enterprise: str = ""


def read_user(user: Mapping[str, Any], ours: Workspace, at: datetime) -> Identity:
    """Who that is, as Slack says at `at` (real time, UTC)."""
    profile = _table(user, "profile")
    email = lowered(_text(profile, "email"))
    names = (_text(profile, "real_name"), _text(user, "real_name"), _text(profile, "display_name"))
    shown = next((name for name in names if name.strip()), "") or email.partition("@")[0] or _text(user, "id")
    return Identity(
        platform=PLATFORM,
        user=_text(user, "id"),
        email=email,
        name=line(shown, _LONGEST_NAME),
        zone=_text(user, "tz"),
        standing=_standing(user, ours, email),
        team="" if _table(user, "enterprise_user") else _team(user),
        checked_at=at,
    )


def lowered(email: str) -> str:
    """In lower case, as the policy names people. Letters of other alphabets stay: some of them turn into a, k or s
    when lowered, and would make one address of two."""
    email = email.strip()
    return email.lower() if email.isascii() else email


def _standing(user: Mapping[str, Any], ours: Workspace, email: str) -> Standing:
    if user.get("id") == _SLACKBOT or any(user.get(flag) for flag in _BOTS):
        return Standing.BOT
    if user.get("is_stranger") or not _is_ours(user, ours):
        return Standing.STRANGER
    if user.get("deleted"):
        return Standing.DELETED
    # Who was invited and has not come yet has confirmed nothing either.
    if user.get("is_email_confirmed") is False or user.get("is_invited_user"):
        return Standing.UNCONFIRMED
    if not email:
        return Standing.NO_EMAIL
    return Standing.GUEST if any(user.get(flag) for flag in _GUESTS) else Standing.MEMBER


def _is_ours(user: Mapping[str, Any], ours: Workspace) -> bool:
    """Whether the user belongs to our workspace: of it, or of an organisation that let them into it."""
    if _team(user) == ours.team:
        return True
    organisation = _table(user, "enterprise_user")
    teams = organisation.get("teams")
    of_ours = bool(ours.enterprise) and organisation.get("enterprise_id") == ours.enterprise
    return of_ours and isinstance(teams, list) and ours.team in teams


def _team(user: Mapping[str, Any]) -> str:
    return _text(user, "team_id") or _text(_table(user, "profile"), "team")


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    return value if isinstance(value, str) else ""


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    return value if isinstance(value, Mapping) else {}
