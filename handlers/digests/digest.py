"""`digest`: how a department did. On its clock for the channels, and whenever somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from bot.cards.champion import champion_card
from bot.cards.digest import digest_card
from bot.cards.words import sentence_card
from bot.domain.digests.digest import Duties, Rhythm, duties
from bot.domain.digests.mute import Mute, muted
from bot.ports import Put, Rank
from bot.router import Call, Look, Reply, Routes, Shown
from handlers.digests.champion_page import champion_page, championed
from handlers.digests.digest_page import departments_shown, digest_page, told
from handlers.digests.digest_plans import Planned, of, planned, standing
from handlers.shared.rights import communities_of, departments_of
from handlers.shared.sentence import VIEW as SENTENCE

__all__ = ["routes", "standing"]

_SKIPPED: Final = "The {rhythm} digest of {days} was skipped: Baton was not running when it was due.{hint}"
_SEVERAL: Final = (
    "{number} {rhythm} digests ({days}) were skipped: Baton was not running when they were due.{hint}"
)
_HINT: Final = " `digest {department} {rhythm}{day}` shows it."
_HINTS: Final = " `digest {department} {rhythm}{day}` shows the last of them."
_MUTED: Final = "You muted this digest. `unmute` brings it back; `digest` shows it whenever you ask."
_UNKNOWN: Final = "There is no digest for {who} any more: the policy does not name them."

routes = Routes()


@routes.verb("digest", usage="digest [department] [daily|weekly|monthly] [date]", group="see")
async def digest_now(call: Call, department: str | None, every: str | None, day: date | None) -> Reply:
    """How a department did: today, this week or this month so far, or in the digest of a day; else all of yours."""
    who = department or call.place.department or _own(call)
    # An external sees the numbers of the departments they work in only.
    limited = communities_of(call.actor) is not None and who in call.policy.departments
    call.actor.must("digest", who if limited else None)
    plan = of(call.policy, who, Rhythm(every or Rhythm.DAILY))
    if plan is None:
        return Reply.say(sentence_card(_UNKNOWN.format(who=who)))
    return Reply.show("digest", plan.asked_for(day, call.now))


@routes.view("digest")
async def digest(look: Look, subject: str) -> Shown:
    """The digest `who:rhythm:local date`: a department's, a champion's, or a person's over their departments.

    Nothing is sent to who muted it; an answer to whoever asks shows it all the same.
    """
    who, rhythm, day = subject.rsplit(":", 2)
    plan = of(look.policy, who, Rhythm(rhythm))
    if plan is None:
        return Shown(card=sentence_card(_UNKNOWN.format(who=who)), only_edit=True)
    mutes: frozenset[Mute] = frozenset()
    if plan.person is not None:
        async with look.work() as work:
            mutes = await work.mutes.of(plan.person)
    departments = departments_shown(look, plan, mutes)
    unwanted = muted(mutes, told(plan))
    if championed(look.policy, plan.person):
        page = champion_card(await champion_page(look, plan, date.fromisoformat(day)))
        return Shown(card=page, only_edit=unwanted)
    if not departments:
        return Shown(card=sentence_card(_MUTED), only_edit=True)
    made = digest_card(await digest_page(look, plan, date.fromisoformat(day), departments))
    return Shown(card=made, only_edit=unwanted)


@routes.timer("digest")
async def digest_due(call: Call) -> None:
    """Puts the digest's deliveries and its next date. A clock that the policy plans no more ends here."""
    if call.job is None:
        raise ValueError("a digest is due by its job only")
    async with call.work() as work:
        for plan in planned(call.policy):
            if plan.key == call.job.key:
                for wanted in _follow(call, plan, duties(plan.schedule, call.job.due, call.now)):
                    work.jobs.put(wanted)


def _follow(call: Call, plan: Planned, todo: Duties) -> Iterator[Put]:
    yield plan.clock(todo.next)
    for lane, where in plan.lanes(call.policy, call.now):
        for day in todo.post:
            yield _delivery(plan, day, lane, dict(where), call.now)
        if todo.skipped:
            args = {"view": SENTENCE, "subject": _skipped(plan, todo.skipped), **where}
            key = f"digest:skipped:{plan.subject(todo.skipped[-1])}@{lane}"
            yield Put(kind="notice", key=key, due=call.now, lane=lane, rank=Rank.NOTE, args=args)


def _delivery(plan: Planned, day: date, lane: str, where: dict[str, str], now: datetime) -> Put:
    subject, rhythm = plan.subject(day), plan.schedule.rhythm.value
    args = {"view": "digest", "subject": subject, "digest": rhythm, "date": day.isoformat(), **where}
    return Put(kind="digest", key=f"digest:{subject}@{lane}", due=now, lane=lane, rank=Rank.DIGEST, args=args)


def _skipped(plan: Planned, days: tuple[date, ...]) -> str:
    rhythm, last = plan.schedule.rhythm.value, days[-1]
    shown = plan.department is not None
    every = "" if plan.schedule.rhythm is Rhythm.DAILY else f"{rhythm} "
    if len(days) == 1:
        hint = _HINT.format(department=plan.department, rhythm=every, day=last) if shown else ""
        return _SKIPPED.format(rhythm=rhythm, days=_day(last), hint=hint)
    hint = _HINTS.format(department=plan.department, rhythm=every, day=last) if shown else ""
    between = f"{_day(days[0])} to {_day(last)}"
    return _SEVERAL.format(number=len(days), rhythm=rhythm, days=between, hint=hint)


def _own(call: Call) -> str:
    """The one department of who asks, else themselves: all their departments on one page."""
    mine = departments_of(call.policy, call.actor)
    return mine[0] if len(mine) == 1 else call.actor.id


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
