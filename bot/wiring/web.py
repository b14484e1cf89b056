"""What the web chat asks of the desk, put together from its rooms."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.cards.board import BoardView
from bot.cards.list import CaseRow
from bot.domain.people import Person
from bot.grammar import Setting
from bot.grammar.completion import Completer, Completion
from bot.ports import Place
from bot.router import Look, Router, zone_of
from handlers.look.board import board_view
from handlers.look.found import searched_cases, seen_cases, suggested_cases


class WebReads:
    """The web chat's Reads, over one router's policy, store and clock."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._completer = Completer(router.routes.verbs.values())

    def complete(self, words: str, person: Person, place: Place) -> Completion:
        policy, now = self._router.policy, self._router.clock.now()
        zone = zone_of(policy, place, person)
        return self._completer.complete(
            words, Setting(policy=policy, person=person, place=place, now=now, zone=zone)
        )

    async def suggested(self, verb: str, typed: str, person: Person, place: Place) -> Sequence[CaseRow]:
        return await suggested_cases(self._look(person, place), verb, typed)

    async def found(self, words: str, person: Person, place: Place) -> Sequence[CaseRow]:
        return await searched_cases(self._look(person, place), words)

    async def seen(self, numbers: Collection[int], person: Person, place: Place) -> frozenset[int]:
        return await seen_cases(self._look(person, place), numbers)

    async def board(self, person: Person) -> BoardView:
        place = Place(platform="web", conversation=f"@{person.id}", person=person.id)
        return await board_view(self._look(person, place))

    def _look(self, person: Person, place: Place) -> Look:
        router = self._router
        return Look(
            place=place, now=router.clock.now(), policy=router.policy, store=router.store, person=person
        )
