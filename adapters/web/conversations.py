"""The conversations: a channel for each department that has one, and each person's own with Baton."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.people import COMPANY, Person, PersonId, Role
from bot.policy.model import Policy
from bot.ports import Place

PLATFORM: Final = "web"
BATON: Final = "Baton"

_DIRECT: Final = "@"
_ROLE_WORDS: Final = {
    Role.VIEWER: "viewer",
    Role.MEMBER: "member",
    Role.LEAD: "lead",
    Role.DUTY: "duty",
    Role.CHAMPION: "Executive champion",
    Role.EXTERNAL: "external",
    Role.ADMIN: "Administrator",
}
_HIGHEST_FIRST: Final = (
    Role.CHAMPION,
    Role.ADMIN,
    Role.LEAD,
    Role.DUTY,
    Role.MEMBER,
    Role.EXTERNAL,
    Role.VIEWER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One entry of a person's list. `department` is None for the direct one, `own` marks the own teams."""

    name: str
    title: str
    department: str | None = None
    own: bool = True


def direct_name(person: PersonId) -> str:
    """The name of the person's own conversation with Baton."""
    return f"{_DIRECT}{person}"


def conversations(policy: Policy, person: Person) -> Sequence[Conversation]:
    """What this person sees: the direct conversation, then the channels, the own departments' first."""
    channels: dict[str, Conversation] = {}
    for department in policy.departments.values():
        name = department.channels.get(PLATFORM)
        if name is None or name in channels or not _sees(policy, person, department.name):
            continue
        own = department.name in person.roles
        channels[name] = Conversation(name=name, title=department.title, department=department.name, own=own)
    own_first = sorted(channels.values(), key=lambda each: not each.own)
    return (Conversation(name=direct_name(person.id), title=BATON), *own_first)


def place_of(conversation: Conversation, person: Person, case_id: int | None = None) -> Place:
    """The conversation as a place in which that person speaks, inside the case's thread where given."""
    return Place(
        platform=PLATFORM,
        conversation=conversation.name,
        person=None if conversation.department else person.id,
        department=conversation.department,
        case_id=case_id,
    )


def position(policy: Policy, person: Person) -> str:
    """What the person is here, in a few words: the title, else the highest role in each department."""
    if person.title:
        return person.title
    said = [_role_in(policy, where, roles) for where, roles in person.roles.items() if roles]
    return ", ".join(said[:2]) + (" and more" if len(said) > 2 else "")


def _sees(policy: Policy, person: Person, department: str) -> bool:
    """Restricted channels are for their own people and company-wide roles. Externals see none: a channel shows the cases
    of every community, restricted ones among them, and what colleagues say about them."""
    if any(Role.EXTERNAL in roles for roles in person.roles.values()):
        return False
    own = department in person.roles or COMPANY in person.roles
    return own or not policy.departments[department].restricted


def _role_in(policy: Policy, where: str, roles: frozenset[Role]) -> str:
    word = _ROLE_WORDS[next(role for role in _HIGHEST_FIRST if role in roles)]
    if where == COMPANY:
        return word if word[0].isupper() else f"Company {word}"
    known = policy.departments.get(where)
    return f"{known.title if known else where} {word}"
