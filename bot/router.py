"""Calls, replies, and the router that leads one to the other.

A handler registers its verb, timer or view on its own Routes; the router runs it, turns refusals into private
answers, and runs it again when somebody else saved first.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

import structlog

from bot.cards.card import Card
from bot.cards.words import refusal_card
from bot.domain.people import Person
from bot.domain.refusals import Refusal
from bot.domain.roles import DESK, Actor
from bot.policy.actors import actor_of
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.ports import AlreadyDone, Clock, Job, JobLost, Origin, Place, Stale, Store, Work

log = structlog.get_logger(__name__)

RERUNS: Final = 5
"""How often a handler whose save was stale is run again before the person is asked to."""

DESK_PLACE: Final = Place(platform="desk", conversation="desk")


# -- what is said and answered ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A handler's answer: a view to show, or a sentence; the router turns it into a card for who asked."""

    view: str | None = None
    subject: str = ""
    card: Card | None = None

    @classmethod
    def show(cls, view: str, subject: object = "") -> Reply:
        """The view of that name, made after the work is committed."""
        return cls(view=view, subject=str(subject))

    @classmethod
    def say(cls, card: Card) -> Reply:
        return cls(card=card)

    @classmethod
    def nothing(cls) -> Reply:
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing somebody wants, or a timer brought. `now` is business time (UTC) when it was heard.

    `id` is the platform's event id: a second call with the same id has no second effect. `card` is the case on whose
    own card it was said: that card shows what became of it, so the answer need not.
    """

    id: str | None
    verb: str
    actor: Actor
    place: Place
    now: datetime
    policy: Policy
    store: Store
    person: Person | None = None
    args: tuple[Any, ...] = ()
    job: Job | None = None
    card: int | None = None

    def work(self, *, finish: bool = True) -> Work:
        """A unit of work: everything saved in it, the event's id and the timer's end commit together.

        `finish=False` leaves a timer's job running, for handlers with several units; their last one finishes it.
        """
        job = self.job if finish else None
        return self.store.work(Origin(event_id=self.id if finish else None, place=str(self.place), job=job))

    @property
    def names(self) -> Spoken:
        return Spoken(policy=self.policy, zone=zone_of(self.policy, self.place, self.person), now=self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looks at something: what a view needs. `person` is None in a channel, where many look."""

    place: Place
    now: datetime
    policy: Policy
    store: Store
    person: Person | None = None

    def work(self) -> Work:
        return self.store.work(Origin())

    @property
    def names(self) -> Spoken:
        zone = zone_of(self.policy, self.place, self.person)
        apart = self.person is None and _wall_clocks_differ(self.policy, self.place.department, zone)
        return Spoken(policy=self.policy, zone=zone, now=self.now, says_zone=apart)

    @property
    def actor(self) -> Actor | None:
        return actor_of(self.policy, self.person, self.now) if self.person else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A view's card. With `only_edit` it corrects what was posted, but is never posted anew."""

    card: Card
    only_edit: bool = False


# -- routes ---------------------------------------------------------------------------------


Answer = TypeVar("Answer")
VerbFunction = Callable[..., Awaitable[Reply]]
TimerFunction = Callable[[Call], Awaitable[None]]
ViewFunction = Callable[[Look, str], Awaitable[Shown | Card]]
Group = Literal["see", "work", "hand over", "urgent", "desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One command. `usage` is its grammar and its help: `handoff <case> <department> [note...]`."""

    name: str
    usage: str
    group: Group
    help: str
    function: VerbFunction
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class Routes:
    """A table of verbs, happenings, timers and views, filled by decorators and merged by `include`."""

    verbs: dict[str, Verb] = field(default_factory=dict)
    unspoken: dict[str, VerbFunction] = field(default_factory=dict)
    timers: dict[str, TimerFunction] = field(default_factory=dict)
    views: dict[str, ViewFunction] = field(default_factory=dict)

    def verb(
        self, name: str, *, usage: str, group: Group, aliases: tuple[str, ...] = ()
    ) -> Callable[[VerbFunction], VerbFunction]:
        """Registers a command; the first line of the function's docstring is its help."""

        def register(function: VerbFunction) -> VerbFunction:
            text = (function.__doc__ or "").strip().splitlines()
            if not text or name in self.verbs:
                raise ValueError(f"the verb {name} needs a docstring and a name of its own")
            self.verbs[name] = Verb(
                name=name, usage=usage, group=group, help=text[0], function=function, aliases=aliases
            )
            return function

        return register

    def happening(self, name: str) -> Callable[[VerbFunction], VerbFunction]:
        """Registers what follows when a person does something in a chat that is no command: nobody can type it."""

        def register(function: VerbFunction) -> VerbFunction:
            self.unspoken[name] = function
            return function

        return register

    def timer(self, kind: str) -> Callable[[TimerFunction], TimerFunction]:
        """Registers what a job of this kind does. It cannot be typed."""

        def register(function: TimerFunction) -> TimerFunction:
            self.timers[kind] = function
            return function

        return register

    def view(self, name: str) -> Callable[[ViewFunction], ViewFunction]:
        """Registers a card as a function of (subject, place, now)."""

        def register(function: ViewFunction) -> ViewFunction:
            self.views[name] = function
            return function

        return register

    def include(self, others: Iterable[Routes]) -> Routes:
        """Merges other tables into this one. Raises ValueError when two want the same name."""
        for other in others:
            for mine, theirs in (
                (self.verbs, other.verbs),
                (self.unspoken, other.unspoken),
                (self.timers, other.timers),
                (self.views, other.views),
            ):
                both = mine.keys() & theirs.keys()
                if both:
                    raise ValueError(f"registered twice: {', '.join(sorted(both))}")
                mine.update(theirs)  # type: ignore[arg-type]
        return self


# -- the router -------------------------------------------------------------------------------


class Observer(Protocol):
    """Who counts what the router did."""

    def called(self, verb: str, outcome: str) -> None: ...


class _Nobody:
    def called(self, verb: str, outcome: str) -> None:
        """Nobody counts."""


@dataclass(slots=True)
class Router:
    """Runs handlers. It knows no platform; adapters bring Calls, the worker brings jobs."""

    routes: Routes
    policy: Policy
    store: Store
    clock: Clock
    random: random.Random = field(default_factory=random.Random)
    observer: Observer = field(default_factory=_Nobody)

    async def run(self, call: Call) -> Card | None:
        """The answer for who asked. None when this very event was handled before, or there is nothing to say."""
        verb = self.routes.verbs.get(call.verb)
        function = verb.function if verb else self.routes.unspoken[call.verb]
        try:
            reply = await self._again(lambda: function(call, *call.args))
        except Refusal as refusal:
            self.observer.called(call.verb, "refused")
            return refusal_card(refusal.sentence(call.names), refusal.suggestions())
        except AlreadyDone:
            self.observer.called(call.verb, "repeated")
            return None
        self.observer.called(call.verb, "done")
        if reply.view is None or _seen_on_the_card(call, verb, reply):
            return reply.card
        look = Look(place=call.place, now=call.now, policy=self.policy, store=self.store, person=call.person)
        shown = await self._view(reply.view, reply.subject, look)
        return shown.card

    async def tick(self, job: Job) -> None:
        """Runs a timer. JobLost is silent: whoever holds the job now runs it. Other errors are the worker's."""
        call = Call(
            id=None,
            verb=job.kind,
            actor=DESK,
            place=DESK_PLACE,
            now=self.clock.now(),
            policy=self.policy,
            store=self.store,
            job=job,
        )
        try:
            await self._again(lambda: self.routes.timers[job.kind](call))
        except JobLost:
            log.info("timer taken over by another worker", job=job.key)
            return
        self.observer.called(job.kind, "done")

    async def show(self, view: str, subject: str, place: Place) -> Shown:
        """The view's newest card for that place; what delivery asks before every send."""
        person = self.policy.people.known(place.person) if place.person else None
        look = Look(place=place, now=self.clock.now(), policy=self.policy, store=self.store, person=person)
        return await self._view(view, subject, look)

    async def _view(self, view: str, subject: str, look: Look) -> Shown:
        made = await self.routes.views[view](look, subject)
        return made if isinstance(made, Shown) else Shown(card=made)

    async def _again(self, run: Callable[[], Awaitable[Answer]]) -> Answer:
        for attempt in range(RERUNS + 1):
            try:
                return await run()
            except Stale:
                if attempt == RERUNS:
                    raise
                await self.clock.sleep(timedelta(milliseconds=self.random.uniform(1, 5 * 2**attempt)))
        raise AssertionError("unreachable")


def _seen_on_the_card(call: Call, verb: Verb | None, reply: Reply) -> bool:
    looking = verb is not None and verb.group == "see"
    return call.card is not None and reply.view == "case" and reply.subject == str(call.card) and not looking


def zone_of(policy: Policy, place: Place, person: Person | None) -> ZoneInfo:
    """Whose wall clock a reader has: the person's in a direct message, else the department's, else the company's."""
    if person is not None:
        return person.zone
    if place.department is not None and place.department in policy.departments:
        return policy.departments[place.department].zone
    return policy.company.zone


def _wall_clocks_differ(policy: Policy, department: str | None, zone: ZoneInfo) -> bool:
    """Whether somebody of the department lives by another wall clock than its channel's."""
    return department is not None and any(
        department in person.roles and person.zone != zone for person in policy.people.values()
    )
