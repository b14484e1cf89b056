"""Who may publish a reply at once, who approves it else, and who is asked when they do not answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.mention import Mention
from bot.domain.parts import Priority
from bot.domain.people import PersonId, Role
from bot.domain.replies.replying import drafts_only
from bot.domain.roles import Actor
from bot.domain.terms import Terms
from bot.domain.times.calendar import Span, SpanKind
from bot.policy.duty import CHAMPION, DUTY, LEAD, champions, is_active, leads, on_duty
from bot.policy.model import Policy, Publish
from bot.policy.plans import fallback_of
from bot.policy.presence import standing
from bot.policy.terms import calendar_of

_NOBODY = Publish()
_CALM = (Priority.P3, Priority.P4)


def can_answer(policy: Policy, mention: Mention) -> bool:
    """Whether an account of ours answers on the mention's network, as far as the policy and its source say."""
    heard = policy.sources.get(mention.via)
    known = (heard,) if heard is not None and heard.reply else policy.sources.values()
    there = any(plan.reply and plan.source == mention.source for plan in known)
    return there and mention.can_reply is not False and not mention.removed


def topic_of(policy: Policy, case: Case) -> str | None:
    """The topic of the community's policy that this case's marks and tags name; None: it is of none."""
    about = {word.casefold() for word in (*case.marks, *case.tags)}
    return next((topic for topic in _publish(policy, case).topics if topic in about), None)


def approves(policy: Policy, case: Case) -> tuple[str, str]:
    """(lead, duty, champion or an e-mail; the department whose lead or duty person is meant)."""
    publish, topic = _publish(policy, case), topic_of(policy, case)
    said = publish.topics[topic] if topic is not None else publish.approver
    if said in policy.departments:
        return LEAD, said
    return said, case.department


def publishes_alone(policy: Policy, case: Case, by: Actor) -> bool:
    """Whether this person's own words leave without anybody else's: where the policy lets the priority go, or where
    they are who would approve."""
    if drafts_only(case, by):
        return False
    if may_approve(policy, case, by):
        return True
    return topic_of(policy, case) is None and case.priority in _publish(policy, case).alone


def may_approve(policy: Policy, case: Case, by: Actor) -> bool:
    """Whether this person, or somebody away for whom they stand in, may approve replies of this case. Those who were
    asked because others did not answer may, too."""
    what, department = approves(policy, case)
    mine = {by.id, *by.covers}
    reply = case.reply
    if reply is not None and not mine.isdisjoint((reply.asked, *reply.asked_before)):
        return True
    match what:
        case "lead":
            return by.leads(department)
        case "duty":
            return Role.DUTY in by.in_department(department) or by.leads(department)
        case "champion":
            return not mine.isdisjoint(champions(policy, case.community))
        case _:
            return PersonId(what) in mine


def next_asked(policy: Policy, case: Case, author: PersonId, at: datetime) -> PersonId | None:
    """Who is to approve the reply next, here at `at`: who the policy says, then the duty person, the leads, the
    champion and the deputies, the fallback. Never its author, nor who was asked already; None: nobody is left."""
    reply = case.reply
    done = {author, *(reply.asked_before if reply else ()), *((reply.asked,) if reply else ())}
    for person in _ladder(policy, case, at):
        there = standing(policy, person, at)
        if there is not None and there not in done and is_active(policy.people[there], at):
            return there
    return None


def approval_clock(policy: Policy, case: Case) -> Terms:
    """How long somebody is asked: P3 and P4 in the hours of the department that approves, the others as written."""
    span, (_, department) = policy.defaults.approval_clock[case.priority], approves(policy, case)
    if case.priority in _CALM and span.kind is SpanKind.WALL:
        span = Span(span.seconds, SpanKind.HOURS)
    return Terms(span=span, calendar=calendar_of(policy, department))


def _publish(policy: Policy, case: Case) -> Publish:
    known = policy.communities.get(case.community)
    return known.publish if known else _NOBODY


def _ladder(policy: Policy, case: Case, at: datetime) -> Iterator[PersonId]:
    what, department = approves(policy, case)
    duty = on_duty(policy, department, at)
    if what == LEAD:
        yield from _on_duty_first(leads(policy, department, at), duty)
    elif what == CHAMPION:
        yield from champions(policy, case.community)
    elif what != DUTY:
        yield PersonId(what)
    if duty is not None:
        yield duty
    yield from leads(policy, department, at)
    yield from champions(policy, case.community)
    last = fallback_of(policy, department)
    if last is not None and last in policy.people:
        yield last


def _on_duty_first(people: tuple[PersonId, ...], duty: PersonId | None) -> tuple[PersonId, ...]:
    """Of several leads the one on duty first: who is turned to right now reads it soonest."""
    return tuple(sorted(people, key=lambda person: person != duty))
