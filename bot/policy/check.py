"""What a policy that reads well can still get wrong: names that stand for nothing, nobody to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bot.domain.people import COMPANY, Person, PersonId, Role
from bot.policy.check_answers import check_answers
from bot.policy.check_pages import check_escalations
from bot.policy.check_rules import check_rules
from bot.policy.duty import leads
from bot.policy.model import Community, Department, Policy
from bot.policy.problems import Path, Problems

_ON_DUTY: Final = frozenset({Role.MEMBER, Role.LEAD, Role.DUTY})
_WITH_REACTIONS: Final = frozenset({"slack", "teams"})
_APPROVERS: Final = ("lead", "duty", "champion")


def check(policy: Policy, emails: Mapping[PersonId, str], problems: Problems) -> None:
    """Adds to `problems` all that is wrong. `emails` gives each person's key as the file spells it."""
    default = policy.company.default_community
    if default and default not in policy.communities:
        path = ("company", "default_community")
        problems.unknown(path, "community", default, policy.communities)
    for person in policy.people.values():
        _check_person(policy, person, ("people", emails[person.id]), problems)
    for department in policy.departments.values():
        _check_department(policy, department, problems)
    for community in policy.communities.values():
        _check_community(policy, community, problems)
    _check_shared_names(policy, problems)
    check_rules(policy, problems)
    check_escalations(policy, problems)
    check_answers(policy, problems)
    _check_digests(policy, problems)


def _check_person(policy: Policy, person: Person, path: Path, problems: Problems) -> None:
    for name in person.roles:
        if name != COMPANY and name not in policy.departments:
            known = [*policy.departments, COMPANY]
            problems.unknown((*path, "roles", name), "department", name, known)
    for number, name in enumerate(person.communities):
        if name not in policy.communities:
            problems.unknown((*path, "communities", number), "community", name, policy.communities)
    external = any(Role.EXTERNAL in roles for roles in person.roles.values())
    if external and person.until is None:
        problems.mistake(path, 'until is missing: an external works until a date, as in until = "2027-03-31"')
    if external and not person.communities:
        problems.mistake(path, "communities is missing: name the communities where this external works")
    if person.communities and not external:
        problems.warn((*path, "communities"), "this limits externals only: others work in every community")
    if not person.roles and not any(department.groups for department in policy.departments.values()):
        problems.warn(path, 'this person has no role: write for example roles = { support = "member" }')
    domain = person.id.partition("@")[2]
    if policy.company.domains and not external and domain not in map(str.lower, policy.company.domains):
        problems.warn(
            path, f"{domain} is not among the company's domains: add it there, or make them external"
        )


def _check_department(policy: Policy, department: Department, problems: Problems) -> None:
    path: Path = ("departments", department.name)
    if not department.channels:
        problems.mistake(
            path, f'nobody can reach it: give it a channel, as in channels = {{ web = "{department.name}" }}'
        )
    if not department.duty and not department.groups and not leads(policy, department.name):
        told = "nobody answers for it: name people in duty, or give somebody the role lead in it"
        problems.mistake(path, told)
    for number, who in enumerate(department.duty):
        where = (*path, "duty", number)
        person = policy.people.get(who)
        if person is None:
            problems.unknown(where, "person", who, policy.people)
        elif not department.groups and _ON_DUTY.isdisjoint(_roles_in(person, department.name)):
            told = f'{who} has no role in {department.name} that can be on duty: give them "member" or "lead"'
            problems.mistake(where, told)
    if department.reactions and not _WITH_REACTIONS & set(department.channels):
        problems.warn(
            (*path, "reactions"),
            "nobody can react here: only Slack and Teams have reactions, so give it a channel there",
        )
    if department.rotation and len(department.duty) < 2:
        problems.warn((*path, "rotate"), "there is nothing to rotate: duty names fewer than two people")
    _check_restricted(policy, department, (*path, "restricted"), problems)
    if department.escalation and department.escalation not in policy.escalations:
        problems.unknown((*path, "escalation"), "escalation", department.escalation, policy.escalations)


def _check_restricted(policy: Policy, department: Department, path: Path, problems: Problems) -> None:
    """Externals see nothing that is restricted, so they can do nothing where everything is."""
    names = [p.name for p in policy.people.values() if Role.EXTERNAL in p.roles.get(department.name, ())]
    if department.restricted and names:
        told = (
            f"{', '.join(names)}, being external, see none of its cases; keep them out of its channels, too"
        )
        problems.warn(path, told)


def _roles_in(person: Person, department: str) -> frozenset[Role]:
    nothing: frozenset[Role] = frozenset()
    return person.roles.get(department, nothing) | person.roles.get(COMPANY, nothing)


def _check_community(policy: Policy, community: Community, problems: Problems) -> None:
    path: Path = ("communities", community.name)
    for number, name in enumerate(community.interacts):
        if name not in policy.departments:
            problems.unknown((*path, "interacts", number), "department", name, policy.departments)
    for name in community.pays:
        if name not in policy.departments:
            problems.unknown((*path, "pays", name), "department", name, policy.departments)
    if community.champion and community.champion not in policy.people:
        problems.unknown((*path, "champion"), "person", community.champion, policy.people)
    for number, who in enumerate(community.deputies):
        if who not in policy.people:
            problems.unknown((*path, "deputies", number), "person", who, policy.people)
        elif who == community.champion:
            problems.warn(
                (*path, "deputies", number), "the champion cannot be their own deputy: name another"
            )
    approver = community.publish.approver
    if approver not in _APPROVERS and approver not in policy.people:
        known = [*_APPROVERS, *policy.people]
        problems.unknown((*path, "publish", "approver"), "role or person", approver, known)
    for topic, named in community.publish.topics.items():
        at = (*path, "publish", "topics", topic)
        if named not in (*_APPROVERS, *policy.departments, *policy.people):
            known = [*policy.departments, *_APPROVERS, *policy.people]
            problems.unknown(at, "department, role or person", named, known)
        elif named in policy.departments and not leads(policy, named):
            problems.mistake(
                at, f"{named} has no lead, so nobody could approve: give somebody that role in it"
            )


def _check_shared_names(policy: Policy, problems: Problems) -> None:
    """A brand or source of two communities always goes to the first: hardly what the second one meant."""
    for key in ("brands", "sources"):
        first: dict[str, str] = {}
        for community in policy.communities.values():
            names: Iterable[str] = getattr(community, key)
            for number, name in enumerate(names):
                owner = first.setdefault(name.casefold(), community.name)
                if owner != community.name:
                    told = f'"{name}" already belongs to {owner}, which wins: keep it in one of the two'
                    problems.warn(("communities", community.name, key, number), told)


def _check_digests(policy: Policy, problems: Problems) -> None:
    for number, plan in enumerate(policy.digests):
        if plan.department is not None and plan.department not in policy.departments:
            path: Path = ("digests", number, "department")
            problems.unknown(path, "department", plan.department, policy.departments)
        if plan.person is not None and plan.person not in policy.people:
            problems.unknown(("digests", number, "person"), "person", plan.person, policy.people)
