"""What is heard becomes a call, and the router's answer goes back to who spoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.cards.card import Card
from bot.cards.words import refusal_card
from bot.domain.people import Person
from bot.domain.refusals import Refusal
from bot.grammar.parser import Grammar
from bot.grammar.slots import Setting
from bot.policy.actors import actor_of
from bot.policy.model import Policy
from bot.policy.names import Spoken, admins
from bot.policy.presence import is_active
from bot.ports import NoUnderway, Place, Underway
from bot.router import Call, Router, zone_of

_STRANGER: Final = (
    "Hello! This desk does not know you yet, so nothing was done. It belongs to {company}: "
    "ask {whom} to add your e-mail address to the desk's policy, then say it again."
)
_ENDED: Final = (
    "Your part in the desk of {company} ended with your last day, {day}; nothing was done. "
    "If you still work for it, ask {whom} to name a later day in the desk's policy."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Words as somebody said them. `id` is the platform's event id, by which a repetition is known.

    `person` is None when the platform's user is nobody whom the policy names. `card` is the case on whose own card, or
    in whose thread, it was said: the answer leaves out what that card shows by itself.
    """

    id: str | None
    words: str
    person: Person | None
    place: Place
    card: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a person did in a chat without words for us: `name` of a happening, and what it needs to know."""

    id: str | None
    name: str
    person: Person
    place: Place
    args: tuple[Any, ...] = ()


class Listener:
    """One ear for every chat, the web and the command line."""

    def __init__(self, router: Router, underway: Underway | None = None) -> None:
        """Raises ValueError when the router's verbs make no grammar."""
        self._router = router
        self._underway = underway or NoUnderway()
        self._grammar = Grammar(router.routes.verbs.values())

    async def hear(self, heard: Heard) -> Card | None:
        """Does what was said. Returns the answer, for the speaker alone; None when there is none.

        Refusals and words that cannot be read are answered, never raised. Raises Stale and Overloaded, for
        the adapter to say in its own way that the desk is busy.
        """
        router, person = self._router, heard.person
        if person is None:
            return refusal_card(_stranger(router.policy))
        now = router.clock.now()
        if not is_active(person, now):
            return refusal_card(_ended(router.policy, person))
        zone = zone_of(router.policy, heard.place, person)
        setting = Setting(policy=router.policy, person=person, place=heard.place, now=now, zone=zone)
        try:
            verb, args = self._grammar.read(heard.words, setting)
        except Refusal as refusal:
            router.observer.called("words", "refused")
            names = Spoken(policy=router.policy, zone=zone, now=now)
            return refusal_card(refusal.sentence(names), refusal.suggestions())
        return await self._run(heard.id, verb.name, person, heard.place, now, args, heard.card)

    async def happened(self, happened: Happened) -> Card | None:
        """Does what follows; answers and raises as `hear` does."""
        now = self._router.clock.now()
        if not is_active(happened.person, now):
            return refusal_card(_ended(self._router.policy, happened.person))
        return await self._run(
            happened.id, happened.name, happened.person, happened.place, now, happened.args
        )

    async def _run(
        self,
        id: str | None,
        verb: str,
        person: Person,
        place: Place,
        now: datetime,
        args: tuple[Any, ...],
        card: int | None = None,
    ) -> Card | None:
        router = self._router
        call = Call(
            id=id,
            verb=verb,
            actor=actor_of(router.policy, person, now),
            place=place,
            now=now,
            policy=router.policy,
            store=router.store,
            person=person,
            args=args,
            card=card,
            real=router.clock.real(),
        )
        async with self._underway.alone(id):
            return await router.run(call)


def _ended(policy: Policy, person: Person) -> str:
    assert person.until is not None
    day = f"{person.until.day} {person.until:%B %Y}"
    return _ENDED.format(company=policy.company.name, day=day, whom=admins(policy))


def _stranger(policy: Policy) -> str:
    return _STRANGER.format(company=policy.company.name, whom=admins(policy))
