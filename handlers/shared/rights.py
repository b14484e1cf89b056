"""What a reader may see, and what they may do with a case."""

from __future__ import annotations

from typing import Final

from bot.domain.alarms.escalation import was_paged
from bot.domain.case import Case, answers_for
from bot.domain.people import Role
from bot.domain.replies.replying import drafts_only
from bot.domain.roles import Actor
from bot.domain.shifts.handover import asks
from bot.domain.shifts.questions import questions_for, was_consulted
from bot.policy.model import Policy

_HOLDERS: Final = ("release", "extend", "snooze", "wait", "resolve", "dismiss", "handoff")


def must_read(actor: Actor, case: Case) -> None:
    """Raises NotAllowed unless the person has a role in the company; an external, in the case's community."""
    actor.must("show", None, case.community)


def departments_of(policy: Policy, actor: Actor | None) -> tuple[str, ...]:
    """The departments a person has a role in; all of them for nobody in particular."""
    if actor is None:
        return tuple(policy.departments)
    return tuple(name for name in policy.departments if actor.in_department(name))


def communities_of(actor: Actor | None) -> tuple[str, ...] | None:
    """The communities to which an external's eyes are limited; None for everybody else."""
    return actor.communities if actor is not None and actor.everywhere() == {Role.EXTERNAL} else None


def may_reply(case: Case, actor: Actor) -> bool:
    """Whether this person may write to the customer: whoever answers for the case, a lead, an external for them."""
    if case.owner is not None and answers_for(case, actor):
        return True
    if not actor.may("reply", case.department, case.community):
        return False
    return drafts_only(case, actor) or (case.owner is not None and actor.leads(case.department))


def verbs_of(case: Case, actor: Actor) -> frozenset[str]:
    """What this person may do with the case as it is."""
    where = (case.department, case.community)
    mine, leads = answers_for(case, actor), actor.leads(case.department)
    verbs = {"escalate"} | ({"show"} if actor.may("show", None, case.community) else set())
    verbs |= {verb for verb in ("claim", "note", "reopen", "ack", "pass", "tag") if actor.may(verb, *where)}
    if mine or case.owner is None or leads:
        verbs |= {verb for verb in _HOLDERS if mine or actor.may(verb, *where)}
    verbs |= {"reply", "publish", "cancel", "discard"} if may_reply(case, actor) else set()
    verbs |= {"note", "tag"} if mine else set()
    verbs |= {"take"} if case.owner != actor.id and actor.may("take", *where) else set()
    verbs |= {"ack", "pass"} if was_paged(case, actor) else set()
    verbs |= {"note"} if was_consulted(case, actor) else set()
    verbs |= {"restrict"} if actor.may("restrict", *where) else set()
    verbs |= {"consult"} if mine or actor.may("consult", *where) else set()
    verbs |= {"answer", "notours"} if questions_for(case, actor) else set()
    if asks(case, actor):
        verbs |= {"accept", "decline"}
    if case.merged_into is None:
        verbs |= {verb for verb in ("merge", "split") if actor.may(verb, *where)}
    if case.offer is not None:
        receiver = (case.offer.to, case.community)
        verbs |= {verb for verb in ("accept", "decline") if actor.may(verb, *receiver)}
    return frozenset(verbs)
