"""`oncall` and `who`: whom to turn to now, and who answers for a community."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.cards.card import Button, Card
from bot.cards.frozen import freeze_button, thaw_button
from bot.cards.oncall import OnCallView, oncall_card
from bot.cards.phrases import count, joined, network, share
from bot.cards.who import WhoView, who_card
from bot.domain.alarms.freeze import ALL, Freeze, of_community
from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.times.calendar import Calendar, NeverOpen, Span, SpanKind
from bot.policy.duty import CHAMPION, DEPUTIES, DUTY, LEAD, is_active, leads, members, on_duty, turn_ends
from bot.policy.goals import Standing
from bot.policy.ladder import escalation_policy_by_hand
from bot.policy.model import Community, Department, Goal, Measure, Policy, Publish, Step
from bot.policy.names import Spoken
from bot.router import Call, Look, Reply, Routes
from handlers.hand_over.shift_words import away_words
from handlers.look.goals import this_month
from handlers.urgent.frozen import banner, banners, may, typed

_RUNGS: Final = {
    DUTY: "the person on duty",
    LEAD: "the leads",
    CHAMPION: "the community's champion",
    DEPUTIES: "the champion's deputies",
}
_MEASURES: Final = {
    Measure.FIRST_RESPONSE_WITHIN: "first response within",
    Measure.RESOLVED_WITHIN: "resolved within",
}
_LAST: Final = "Then every lead, and an alarm in the channel"
_APPROVED: Final = "Replies are approved by a {approver}"
_UNITS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))

routes = Routes()


@routes.verb("oncall", usage="oncall [department]", group="see")
async def who_is_on_call(call: Call, department: str | None) -> Reply:
    """Whom each department turns to right now, and until when."""
    call.actor.must("who", None)
    return Reply.show("oncall", department or "")


@routes.verb("who", usage="who <community>", group="see")
async def who_answers(call: Call, community: str) -> Reply:
    """Who interacts in a community, who pays, who champions, and its goal."""
    call.actor.must("who", None)
    return Reply.show("who", community)


@routes.view("oncall")
async def oncall(look: Look, subject: str) -> Card:
    """Duty in one department, or in all when the subject is empty."""
    wanted = [look.policy.departments[subject]] if subject else list(look.policy.departments.values())
    async with look.work() as work:
        frozen = await banners(work, look.names, [department.name for department in wanted])
    return oncall_card(tuple(_on_call(look, department) for department in wanted), frozen)


@routes.view("who")
async def who(look: Look, subject: str) -> Card:
    """The community's three questions and its goal."""
    community, names = look.policy.communities[subject], look.names
    scope = of_community(subject)
    async with look.work() as work:
        stops = [await work.freezes.of(each) for each in (ALL, scope)]
        standing = await this_month(work, look.policy, community, look.now, names.zone)
    return who_card(
        WhoView(
            community=community.title,
            interacts=tuple(names.department(each) for each in community.interacts),
            pays=tuple((names.department(each), share) for each, share in community.pays.items()),
            champion=names.person(community.champion),
            deputies=tuple(names.person(each) for each in community.deputies),
            goal=_goal(community.goal),
            standing=_standing(standing),
            publish=_publish(community.publish),
            reaches=_reaches(community),
            frozen=tuple(banner(stop, names) for stop in stops if stop),
            buttons=_freezing(look, scope, stops[-1]),
        )
    )


def _freezing(look: Look, scope: str, own: Freeze | None) -> tuple[Button, ...]:
    """Freeze or Thaw, for who may."""
    if look.actor is None or not may(look.actor, scope, None, look.policy):
        return ()
    return (thaw_button(typed(scope)) if own else freeze_button(typed(scope), "Freeze publishing"),)


# -- duty ------------------------------------------------------------------------------------


def _on_call(look: Look, department: Department) -> OnCallView:
    names, now = look.names, look.now
    duty = on_duty(look.policy, department.name, now)
    person = look.policy.people.get(duty) if duty else None
    hours = person.calendar or department.calendar if person else department.calendar
    return OnCallView(
        department=department.title,
        duty=names.person(duty) if duty else "",
        away=f"not at work now; {_hours(hours, names)}" if duty and not hours.is_open(now) else "",
        contact=person.phone or "" if person else "",
        open=department.calendar.is_open(now),
        hours=_hours(department.calendar, names),
        leads=joined(tuple(names.person(each) for each in leads(look.policy, department.name, now))),
        next=_next(look.policy, department, duty, names),
        ladder=_ladder(look.policy, department, names),
        absent=_absent(look, department),
    )


def _absent(look: Look, department: Department) -> tuple[str, ...]:
    """Who of those who answer for it is away, until when, and who covers."""
    people = dict.fromkeys((*department.duty, *members(look.policy, department.name, look.now)))
    away = ((who, away_words(look.policy, who, look.names)) for who in people)
    return tuple(f"{look.names.person(who)} {words}" for who, words in away if words)


def _hours(calendar: Calendar, names: Spoken) -> str:
    try:
        if not calendar.is_open(names.now):
            return f"opens {names.moment(calendar.next_open(names.now))}"
        closes = calendar.closes_at(names.now)
    except NeverOpen:
        return "no opening in sight"
    return f"open until {names.moment(closes)}" if closes else "open day and night"


def _next(policy: Policy, department: Department, duty: PersonId | None, names: Spoken) -> str:
    if department.rotation is None or duty not in department.duty:
        return ""
    at = department.duty.index(duty)
    turns = (*department.duty[at + 1 :], *department.duty[:at])
    following = next((names.person(each) for each in turns if _here(policy, each, names.now)), "")
    ends = turn_ends(policy, department.name, names.now)
    return f"{following}, from {names.moment(ends)}" if following and ends else following


def _here(policy: Policy, person: PersonId, now: datetime) -> bool:
    return person in policy.people and is_active(policy.people[person], now)


def _ladder(policy: Policy, department: Department, names: Spoken) -> tuple[str, ...]:
    plan = policy.escalations.get(escalation_policy_by_hand(policy, department.name, Priority.P1))
    if plan is None:
        return ()
    return (*(_rung(number, step, names) for number, step in enumerate(plan.steps, 1)), _LAST)


def _rung(number: int, step: Step, names: Spoken) -> str:
    whom = _RUNGS.get(step.page) or names.person(PersonId(step.page))
    return f"{number}. {whom}" + (f", {names.span(step.wait)} to answer" if step.wait else "")


# -- a community -------------------------------------------------------------------------------


def _standing(standing: Standing) -> str:
    """How the goal stands: reached so far: 46 of 50 (92 %); 3 cases still have time."""
    still = f"{count(standing.open, 'case')} still {'has' if standing.open == 1 else 'have'} time"
    if standing.kept is None:
        return f"nothing decided yet; {still}" if standing.open else "no cases yet"
    said = "reached so far" if standing.kept else "not reached so far"
    rest = f"; {still}" if standing.open else ""
    return f"{said}: {share(standing.reached, standing.decided)}{rest}"


def goal_target(goal: Goal) -> str:
    """first response within 1 hour"""
    return f"{_MEASURES[goal.measure]} {_length(goal.target)}"


def _goal(goal: Goal) -> str:
    return f"{goal_target(goal)} for {100 * goal.share:g} % of the cases"


def _length(span: Span) -> str:
    """4 hours, 1 working day."""
    working = "" if span.kind is SpanKind.WALL else "working "
    size, unit = next(((s, u) for s, u in _UNITS if span.seconds >= s and span.seconds % s == 0), _UNITS[-1])
    return count(span.seconds // size, f"{working}{unit}")


def _publish(publish: Publish) -> str:
    alone = f"; {joined(tuple(sorted(publish.alone)))} need no approval" if publish.alone else ""
    return _APPROVED.format(approver=publish.approver) + alone


def _reaches(community: Community) -> str:
    brands = f"brands {joined(community.brands)}" if community.brands else ""
    sources = (
        f"from {joined(tuple(network(each) for each in community.sources))}" if community.sources else ""
    )
    said = ", ".join(part for part in (brands, sources) if part)
    return f"Mentions come here by {said}." if said else ""
