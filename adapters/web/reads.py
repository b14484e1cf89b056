"""What the page asks of the desk beside saying words: what may come next, what there is to find, and the board."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.cards.board import BoardView
from bot.cards.list import CaseRow
from bot.domain.people import Person
from bot.grammar.completion import Completion
from bot.ports import Place


class Reads(Protocol):
    """Everything here is asked with one reader's rights: a restricted case is never found by who may not see it."""

    def complete(self, words: str, person: Person, place: Place) -> Completion:
        """What may stand at the end of the words that Baton would hear; cases are left to `suggested`."""

    async def suggested(self, verb: str, typed: str, person: Person, place: Place) -> Sequence[CaseRow]:
        """The cases that the verb may mean, the likeliest first."""

    async def found(self, words: str, person: Person, place: Place) -> Sequence[CaseRow]:
        """The cases whose posts hold all of the words."""

    async def seen(self, numbers: Collection[int], person: Person, place: Place) -> frozenset[int]:
        """Those of the cases that the person may see."""

    async def board(self, person: Person) -> BoardView: ...
