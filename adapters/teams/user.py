"""Who sent an activity, and what a roster says of people: read, and whether they are the company's own. Pure.

Fields as in https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context (roster) and
https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference (activity).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.cards.trim import line
from bot.policy.model import Policy
from bot.ports import Identity, Standing

PLATFORM: Final = "teams"
_BOT: Final = "28:"
_GUEST: Final = "#ext#"
"""In the name by which a guest signs in: ana_agency.example#EXT#@kettle.example."""

_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who an activity is from. `user` is the Entra object id; `member` is how only this bot knows them (29:…).

    `tenants` are all that the activity names: where it was said, and where its sender is from. `zone` is the name of
    the sender's time zone, or empty.
    """

    user: str
    member: str
    bot: bool
    tenants: frozenset[str]
    zone: str


def sender(activity: Mapping[str, Any], *, stand_in: bool = False) -> Sender:
    """In a stand-in for Teams some people have no Entra object id; there their other id will do."""
    who = table(activity, "from")
    member, user = text(who, "id"), text(who, "aadObjectId").lower()
    named = (
        text(table(activity, "conversation"), "tenantId"),
        text(table(table(activity, "channelData"), "tenant"), "id"),
        text(who, "tenantId"),
    )
    return Sender(
        user=user or (member if stand_in else ""),
        member=member,
        bot=text(who, "role") == "bot" or member.startswith(_BOT),
        tenants=frozenset(tenant.lower() for tenant in named if tenant),
        zone=text(activity, "localTimezone"),
    )


def read_member(member: Mapping[str, Any], user: str, tenants: Collection[str], at: datetime) -> Identity:
    """Who that is, as a roster says at `at` (real time, UTC). `tenants` are ours; empty for any."""
    principal = lowered(text(member, "userPrincipalName"))
    guest = _GUEST in principal or text(member, "userRole").lower() == "guest"
    email = lowered(text(member, "email")) or ("" if guest else principal)
    tenant = text(member, "tenantId").lower()
    shown = text(member, "name").strip() or email.partition("@")[0] or user
    return Identity(
        platform=PLATFORM,
        user=user,
        email=email,
        name=line(shown, _LONGEST_NAME),
        zone="",
        standing=_standing(member, email, guest=guest, ours=not tenants or not tenant or tenant in tenants),
        team=tenant,
        checked_at=at,
    )


def _standing(member: Mapping[str, Any], email: str, *, guest: bool, ours: bool) -> Standing:
    if text(member, "id").startswith(_BOT):
        return Standing.BOT
    # Whoever joined a meeting without signing in is nobody at all.
    if not ours or text(member, "userRole").lower() == "anonymous":
        return Standing.STRANGER
    if "@" not in email:
        return Standing.NO_EMAIL
    return Standing.GUEST if guest else Standing.MEMBER


def in_stand_in(identity: Identity, policy: Policy) -> Identity:
    """Whom somebody plays in a local stand-in for Teams, where addresses are made up: the policy's person with their
    address, or else with their name. Only for settings that let anyone be anyone."""
    if identity.email in policy.people or identity.standing is Standing.BOT:
        return identity
    name = identity.name.casefold()
    played = next((person for person in policy.people.values() if person.name.casefold() == name), None)
    return replace(identity, email=str(played.id), standing=Standing.MEMBER) if played else identity


def lowered(email: str) -> str:
    """In lower case, as the policy names people. Letters of other alphabets stay: some of them turn into a, k or s
    when lowered, and would make one address of two."""
    email = email.strip()
    return email.lower() if email.isascii() else email


def text(of: Mapping[str, Any], name: str) -> str:
    value = of.get(name)
    return value if isinstance(value, str) else ""


def table(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = of.get(name)
    return value if isinstance(value, Mapping) else {}
