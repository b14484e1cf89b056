"""The router: runs what a call names, and answers."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol, TypeVar

import structlog

from bot.cards.card import Card
from bot.cards.restricted import restricted_card
from bot.cards.words import refusal_card
from bot.domain.refusals import Refusal
from bot.domain.roles import DESK
from bot.domain.sight_refusals import Restricted
from bot.policy.model import Policy
from bot.ports import AlreadyDone, Clock, Job, JobLost, Place, Stale, Store
from bot.router.calls import DESK_PLACE, Call, Look, Reply, Shown
from bot.router.routes import Routes, Verb

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

RERUNS: Final = 5
"""How often a handler whose save was stale is run again before the person is asked to."""


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
            real=self.clock.real(),
        )
        try:
            await self._again(lambda: self.routes.timers[job.kind](call))
        except JobLost:
            log.info("timer taken over by another worker", job=job.key)
            return
        self.observer.called(job.kind, "done")

    async def show(self, view: str, subject: str, place: Place, *, everything: bool = False) -> Shown:
        """The view's newest card for that place; what delivery asks before every send. Of a case that is hidden there
        only its number is left, and only in what was posted before. With `everything` nothing is hidden."""
        person = self.policy.people.known(place.person) if place.person else None
        look = Look(
            place=place,
            now=self.clock.now(),
            policy=self.policy,
            store=self.store,
            person=person,
            everything=everything,
        )
        return await self._view(view, subject, look)

    async def _view(self, view: str, subject: str, look: Look) -> Shown:
        try:
            made = await self.routes.views[view](look, subject)
        except Restricted as hidden:
            card = restricted_card(hidden.case_id, look.names.department(hidden.department))
            return Shown(card=card, only_edit=True)
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
