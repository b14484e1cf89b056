"""The addresses for typing, looking for something, and the board. Each answers with one reader's rights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from adapters.web.asked import Asking, Spot, number_of, text_of
from adapters.web.board import board_html, board_state
from adapters.web.guard import Wrong, answer, guarded
from adapters.web.marked import marked
from adapters.web.reads import Reads
from adapters.web.shown import name_of
from adapters.web.text import line
from bot.cards.list import CaseRow
from bot.cards.plain import shown
from bot.policy.model import Policy
from bot.ports import WebLog, WebMessage

NOTHING_TO_FIND: Final = "Write a word to look for: two letters at least."
MOST_WORDS: Final = 8
MOST_FOUND: Final = 20

_SHORTEST: Final = 2
_LONGEST: Final = 400
_SAID: Final = 90


class Finding:
    """What the page asks while somebody types or searches, and the board."""

    def __init__(self, *, asking: Asking, reads: Reads, log: WebLog, policy: Policy) -> None:
        self._asking, self._reads, self._log, self._policy = asking, reads, log, policy

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/web/complete", guarded(self.complete)),
            web.get("/web/search", guarded(self.search)),
            web.get("/web/board", guarded(self.board)),
        ]

    async def complete(self, request: web.Request) -> web.Response:
        """What may stand at the end of `words`: options to put from `start` on, as Baton would read them."""
        spot = await self._asking.spot(request.query, "thread")
        words = text_of(request.query, "words")[-_LONGEST:]
        found = self._reads.complete(words, spot.person, spot.place)
        options = [
            {"value": each.value, "label": each.label, "detail": each.detail} for each in found.options
        ]
        if found.slot == "case":
            cases = await self._reads.suggested(found.verb, found.typed, spot.person, spot.place)
            options = [_case_option(row) for row in cases]
        body = {"start": found.start, "slot": found.slot, "usage": found.usage, "help": found.help}
        return answer({**body, "options": options})

    async def search(self, request: web.Request) -> web.Response:
        """Messages of the conversation that hold all of the words, newest first, and cases anywhere."""
        spot = await self._asking.spot(request.query, "thread")
        words = text_of(request.query, "words").split()[:MOST_WORDS]
        if max(map(len, words), default=0) < _SHORTEST:
            raise Wrong(NOTHING_TO_FIND)
        before = number_of(request.query, "before")
        messages, further = await self._log.search(
            spot.conversation.name, words, before=before, limit=MOST_FOUND
        )
        cases = [] if before else await self._reads.found(" ".join(words), spot.person, spot.place)
        return answer(
            {
                "messages": [self._found(each, words) for each in await self._visible(messages, spot)],
                "further": further,
                "cases": [{**_case_option(row), "html": marked((row.said,), words)} for row in cases],
            }
        )

    async def board(self, request: web.Request) -> web.Response:
        """The board as this person may see it, drawn; `state` is what a screen reader should hear of when it changes."""
        view = await self._reads.board(self._asking.person(request.query))
        return answer({"html": board_html(view), "at": view.at, "state": board_state(view)})

    async def _visible(self, messages: Sequence[WebMessage], spot: Spot) -> Sequence[WebMessage]:
        """Without what belongs to a case that the person may not see: its card, and the notes below it."""
        about = {each.id: await self._about(each) for each in messages}
        numbers = {number for number in about.values() if number is not None}
        seen = await self._reads.seen(numbers, spot.person, spot.place) if numbers else frozenset()
        return [each for each in messages if about[each.id] is None or about[each.id] in seen]

    async def _about(self, message: WebMessage) -> int | None:
        if message.case_id is not None or message.reply_to is None:
            return message.case_id
        root = await self._log.get(message.reply_to)
        return root.case_id if root else None

    def _found(self, message: WebMessage, words: Sequence[str]) -> dict[str, Any]:
        pieces = tuple(shown(message.card)) if message.card else (message.text or "",)
        return {
            "id": message.id,
            "thread": message.reply_to,
            "at": message.at.isoformat(),
            "by": name_of(self._policy, message.by),
            "title": line(message.card.title) if message.card else "",
            "html": marked(pieces, words),
        }


def _case_option(row: CaseRow) -> dict[str, str]:
    parts = (row.priority, row.department, row.state, row.due)
    detail = " · ".join(part for part in parts if part)
    return {"value": str(row.number), "label": line(row.said, _SAID), "detail": detail}
