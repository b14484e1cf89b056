"""What is said and answered: calls, looks, replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.cards.card import Card
from bot.domain.people import Person
from bot.domain.roles import Actor
from bot.domain.sight import NOTHING, Eyes, eyes_in, eyes_of
from bot.policy.actors import actor_of
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.sight import seeing
from bot.ports import Job, Origin, Place, Store, Work

DESK_PLACE: Final = Place(platform="desk", conversation="desk")


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
    """One thing somebody wants, or a timer brought. `now` is business time (UTC) when it was heard, `real` the real time
    then, where that is another.

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
    real: datetime | None = None

    def work(self, *, finish: bool = True) -> Work:
        """A unit of work: everything saved in it, the event's id and the timer's end commit together.

        `finish=False` leaves a timer's job running, for handlers with several units; their last one finishes it.
        Reading a case that the actor may not see raises Restricted.
        """
        job = self.job if finish else None
        work = self.store.work(Origin(event_id=self.id if finish else None, place=str(self.place), job=job))
        return seeing(work, eyes_of(self.actor), self.policy, self.now)

    @property
    def really(self) -> datetime:
        """Real time (UTC) when it was heard."""
        return self.real or self.now

    @property
    def names(self) -> Spoken:
        return Spoken(policy=self.policy, zone=zone_of(self.policy, self.place, self.person), now=self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looks at something: what a view needs. `person` is None in a channel, where many look.

    `everything` shows restricted cases too, whoever looks.
    """

    place: Place
    now: datetime
    policy: Policy
    store: Store
    person: Person | None = None
    everything: bool = False

    def work(self) -> Work:
        """A unit of work to read in. Reading a case that whoever looks may not see raises Restricted."""
        return seeing(self.work_of_the_desk(), self.eyes, self.policy, self.now)

    def work_of_the_desk(self) -> Work:
        """The same with the desk's own eyes: for what must be said to people who may not see the case."""
        return self.store.work(Origin())

    @property
    def eyes(self) -> Eyes:
        if self.everything:
            return None
        if self.actor is not None:
            return eyes_of(self.actor)
        return NOTHING if self.place.person is not None else eyes_in(self.place.department)

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
