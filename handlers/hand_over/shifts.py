"""`away`, `back` and `cover`: who is not there until when, and who stands in. And the clock that brings them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.cards.card import Card
from bot.cards.shifts import AwayView, away_card
from bot.cards.words import sentence_card
from bot.domain.events import Kind
from bot.domain.people import COMPANY, PersonId, Role
from bot.domain.refusals import NotInFuture
from bot.domain.shifts.absence import Absence
from bot.domain.shifts.handover_refusals import CannotCover, IsAway, NotAway, NotForThem
from bot.policy.actors import actor_of
from bot.policy.duty import champions, members
from bot.policy.presence import is_active, standing
from bot.ports import CaseFilter
from bot.router import Call, Look, Reply, Routes
from handlers.hand_over.absences import end, keep, until_words
from handlers.hand_over.shift_words import away_words
from handlers.look.rows import case_rows
from handlers.shared.timers import said

YOU_ARE: Final = "You are {away}."
YOURS: Final = " Your pages, your duty and what cannot wait go to {cover}."
NEXT: Final = " Your pages go to the next on the list; say `away with <person>` to name who covers for you."
WELCOME: Final = "You are back: pages and duty are yours again."
COVERING: Final = "{cover} covers for {who}{until}."
BACK_AGAIN: Final = "{who} is back."

_SHOWN: Final = 10
_COLLEAGUES: Final = 25
_STANDS: Final = frozenset({Role.MEMBER, Role.LEAD, Role.DUTY})

routes = Routes()


@routes.verb("away", usage="away [when...] [cover]", group="hand over")
async def go_away(call: Call, until: datetime | None, cover: PersonId | None) -> Reply:
    """You are not there until then: pages, duty and warnings go to your cover, else to the next who works."""
    call.actor.must("away", None)
    _must_come(call, until)
    me = call.actor.id
    if cover is not None:
        _must_cover(call, cover, me)
    before = call.policy.absences.of(me, call.now)
    absence = Absence(
        person=me,
        since=before.since if before else call.now,
        by=me,
        until=until,
        cover=cover or (before.cover if before else None),
        cover_until=before.cover_until if before and not cover else None,
    )
    await keep(call, absence, Kind.AWAY)
    return Reply.show("absent", me)


@routes.verb("cover", usage="cover <person> [cover] [when...]", group="hand over")
async def cover_for(call: Call, person: PersonId, cover: PersonId | None, until: datetime | None) -> Reply:
    """Stand in for a colleague who is away until then; a lead may name who does."""
    call.actor.must("cover", None)
    _must_come(call, until)
    who = cover or call.actor.id
    if who != call.actor.id and person != call.actor.id:
        _must_lead(call, person)
    _must_cover(call, who, person)
    before = call.policy.absences.of(person, call.now)
    if before is not None:
        absence = replace(before, cover=who, cover_until=until)
    else:
        absence = Absence(person=person, since=call.now, by=call.actor.id, until=until, cover=who)
    await keep(call, absence, Kind.COVERED)
    names = call.names
    sentence = COVERING.format(
        cover=names.person(who), who=names.person(person), until=until_words(absence.until, names)
    )
    return Reply.say(sentence_card(sentence, words=("oncall",)))


@routes.verb("back", usage="back [person]", group="hand over", aliases=("here",))
async def come_back(call: Call, person: PersonId | None) -> Reply:
    """You are there again: pages and duty are yours; a lead may say it for a colleague."""
    call.actor.must("away", None)
    who = person or call.actor.id
    if who != call.actor.id:
        _must_lead(call, who)
    absence = call.policy.absences.of(who, call.now)
    if absence is None:
        raise NotAway(who, me=who == call.actor.id)
    await end(call, absence)
    if who == call.actor.id:
        return Reply.say(sentence_card(WELCOME, words=("home", "next")))
    return Reply.say(sentence_card(BACK_AGAIN.format(who=call.names.person(who))))


@routes.timer("absence")
async def time_is_over(call: Call) -> None:
    """Somebody said until when they are away, and that moment has come. Nothing when they moved it."""
    person = PersonId(said(call, "person"))
    async with call.work(finish=False) as work:
        kept = {each.person: each for each in await work.absences.everyone()}
    absence = kept.get(person)
    if absence is None or absence.until is None or absence.until > call.now:
        async with call.work():
            return
    await end(call, absence)


@routes.view("absent")
async def absent(look: Look, subject: str) -> Card:
    """That somebody is away, with the claims they leave open and one press to hand them over."""
    person = PersonId(subject)
    async with look.work() as work:
        which = CaseFilter(owner=person)
        total = await work.cases.count(which)
        claims = await work.cases.find(which, limit=_SHOWN)
        rows = await case_rows(work, look, claims)
    cover = standing(look.policy, person, look.now)
    words = YOU_ARE.format(away=away_words(look.policy, person, look.names) or "here")
    words += YOURS.format(cover=look.names.person(cover)) if cover else NEXT
    return away_card(
        AwayView(
            sentence=words,
            claims=rows,
            total=total,
            cover=(cover, look.names.person(cover)) if cover else None,
            colleagues=_colleagues(look, person),
            asked=total == len(claims) and all(case.handover for case in claims),
        )
    )


# -- what may be said -----------------------------------------------------------------------------


def _must_come(call: Call, until: datetime | None) -> None:
    if until is not None and until <= call.now:
        raise NotInFuture(until)


def _must_lead(call: Call, person: PersonId) -> None:
    known = call.policy.people.get(person)
    homes = tuple(known.roles) if known else ()
    wanted = tuple(call.policy.departments) if COMPANY in homes else homes
    admin = Role.ADMIN in call.actor.everywhere()
    if not admin and not any(call.actor.leads(name) for name in wanted):
        raise NotForThem(person)


def _must_cover(call: Call, cover: PersonId, person: PersonId) -> None:
    """Raises CannotCover unless they share a department, or a champion's duties; IsAway when they are away too."""
    known, whom = call.policy.people.get(cover), call.policy.people.get(person)
    if known is None or whom is None or cover == person or not is_active(known, call.now):
        raise CannotCover(cover, person)
    standing_in = actor_of(call.policy, known, call.now)
    shared = any(not standing_in.in_department(name).isdisjoint(_STANDS) for name in whom.roles)
    champion = any(person in champions(call.policy, name) for name in call.policy.communities)
    if not (shared or (champion and not standing_in.everywhere().isdisjoint({*_STANDS, Role.CHAMPION}))):
        raise CannotCover(cover, person)
    absence = call.policy.absences.of(cover, call.now)
    if absence is not None:
        theirs = standing(call.policy, cover, call.now)
        raise IsAway(cover, absence.until, theirs if theirs != person else None, "away with")


def _colleagues(look: Look, person: PersonId) -> tuple[tuple[str, str], ...]:
    """Who could take the claims over: the members of the same departments who are there."""
    known = look.policy.people.get(person)
    homes = [name for name in (known.roles if known else ()) if name in look.policy.departments]
    found = dict.fromkeys(who for name in homes for who in members(look.policy, name, look.now))
    there = [who for who in found if who != person and look.policy.absences.of(who, look.now) is None]
    return tuple((who, look.names.person(who)) for who in there[:_COLLEAGUES])
