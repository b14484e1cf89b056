"""The web chat's addresses: the page and its files, what it reads, what it says, and what it is told live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, assert_never

from aiohttp import hdrs, web

from adapters.web.asked import Asking, Spot, event_id, number_of, pressed, said
from adapters.web.conversations import conversations, place_of, position
from adapters.web.finding import Finding
from adapters.web.guard import HEADERS, Handler, answer, body_of, guarded
from adapters.web.live import LiveHub, clock_json
from adapters.web.reads import Reads
from adapters.web.said import Chatter, Command, Note, understood
from adapters.web.shown import answer_json, message_json
from adapters.web.visit import visiting
from bot.cards.card import Card
from bot.grammar import Heard
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.ports import Clock, Place, WebLog, WebMessage
from bot.router import Verb

PAGE_SIZE: Final = 40
SLOWEST_WRITE: Final = 20.0
"""Seconds that one piece of a live page's stream may take before the page counts as gone."""

_STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

Hear = Callable[[Heard], Awaitable[Card | None]]
"""Does what the words say; the answer is for the one who said them, None when there is nothing to say."""


class WebFrontend:
    """Everything the page needs. `verbs` are what may follow a slash, and what the page suggests.

    Anyone who reaches it may act as anyone: serve it on a loopback address only.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        log: WebLog,
        hear: Hear,
        clock: Clock,
        hub: LiveHub,
        verbs: Iterable[Verb] = (),
        reads: Reads | None = None,
    ) -> None:
        self._policy = policy
        self._log = log
        self._hear = hear
        self._clock = clock
        self._hub = hub
        self._verbs = tuple(verbs)
        self._words = {word for verb in self._verbs for word in (verb.name, *verb.aliases)}
        self._asking = Asking(policy=policy, log=log, clock=clock)
        self._finding = Finding(asking=self._asking, reads=reads, log=log, policy=policy) if reads else None

    def routes(self) -> list[web.RouteDef]:
        """To mount; `hub.close` belongs into the application's `on_shutdown`."""
        files = {path.name: _file(path) for path in _STATIC.iterdir() if path.suffix in _TYPES}
        page, board = files.pop("index.html"), files.pop("board.html")
        return [
            web.get("/", guarded(page)),
            web.get("/board", guarded(board)),
            *(web.get(f"/static/{name}", guarded(handler)) for name, handler in files.items()),
            web.get("/web/people", guarded(self.people)),
            web.get("/web/conversations", guarded(self.conversations)),
            web.get("/web/messages", guarded(self.messages)),
            web.get("/web/events", guarded(self.events), allow_head=False),
            web.post("/web/say", guarded(self.say)),
            web.post("/web/press", guarded(self.press)),
            *(self._finding.routes() if self._finding else ()),
        ]

    async def people(self, request: web.Request) -> web.Response:
        """Whom one can act as (signed in: oneself alone), and the commands to suggest."""
        now, visit = self._clock.now(), visiting.get()
        people = [
            {"id": person.id, "name": person.name, "position": position(self._policy, person)}
            for person in self._policy.people.values()
            if is_active(person, now) and (visit is None or person.id == visit.person)
        ]
        commands = [
            {"name": v.name, "usage": v.usage, "help": v.help, "group": v.group, "aliases": list(v.aliases)}
            for v in self._verbs
        ]
        company = self._policy.company.name
        signed_in = visit is not None
        return answer({"company": company, "people": people, "commands": commands, "signed_in": signed_in})

    async def conversations(self, request: web.Request) -> web.Response:
        """The person's list, each with the number of its newest message (0 for none), and the clock."""
        person = self._asking.person(request.query)
        listed = []
        for each in conversations(self._policy, person):
            newest = await self._log.page(each.name, limit=1)
            listed.append(
                {
                    "name": each.name,
                    "title": each.title,
                    "direct": each.department is None,
                    "own": each.own,
                    "newest": newest[-1].id if newest else 0,
                }
            )
        return answer(
            {
                "conversations": listed,
                "zone": person.zone.key,
                "clock": clock_json(self._clock),
                "name": person.name,
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """Up to PAGE_SIZE messages, oldest first: the newest, those before `before`, behind `after`, or `around` one;
        with `thread`, of that thread. `more` and `later` say whether there are others on either side."""
        spot = await self._asking.spot(request.query, "thread")
        before, after, around = (number_of(request.query, name) for name in ("before", "after", "around"))
        root = spot.root.id if spot.root else None
        page = partial(self._log.page, spot.conversation.name, reply_to=root)
        older: Sequence[WebMessage] = ()
        newer: Sequence[WebMessage] = ()
        if after is None:
            until = around + 1 if around is not None else before
            older = await page(before=until, limit=PAGE_SIZE)
        if after is not None or around is not None:
            newer = await page(after=after if after is not None else around, limit=PAGE_SIZE)
        return answer(
            {
                "messages": [self._json(message) for message in (*older, *newer)],
                "root": self._json(spot.root) if spot.root else None,
                "more": len(older) == PAGE_SIZE,
                "later": len(newer) == PAGE_SIZE,
            }
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: message, gone, clock, hello, reload. Resumes after Last-Event-ID or `after`."""
        person = self._asking.person(request.query)
        after = number_of({"id": request.headers.get("Last-Event-ID") or request.query.get("after")}, "id")
        sees = {each.name for each in conversations(self._policy, person)}
        response = web.StreamResponse(headers={**HEADERS, "X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        async with self._hub.open(sees.__contains__, after) as page:
            await response.prepare(request)
            try:
                await response.write(b"retry: 1000\n\n")
                while (event := await page.waiting.get()) is not None:
                    async with asyncio.timeout(SLOWEST_WRITE):
                        await response.write(event.encoded(self._json))
            except (ConnectionError, TimeoutError):
                page.drop()  # the page was closed or does not read; it comes back by itself if it is there
        return response

    async def say(self, request: web.Request) -> web.Response:
        """Words typed into a conversation or a thread: a command, a note, or talk among colleagues."""
        fields = await body_of(request)
        spot, text, id = await self._asking.spot(fields, "thread"), said(fields), event_id(fields)
        case_id = spot.root.case_id if spot.root else None
        meant = understood(
            text, verbs=self._words, direct=spot.conversation.department is None, case_id=case_id
        )
        match meant:
            case Command():
                return _answered(await self._heard(spot, meant.words, id, spot.place))
            case Note():
                # In the case's thread the answer to a note is the note itself, so a card is a refusal.
                refusal = await self._heard(spot, meant.words, id, spot.place)
                return _answered(refusal, None if refusal else await self._written(spot, meant.text, id))
            case Chatter():
                return _answered(None, await self._written(spot, meant.text, id))
            case _:
                assert_never(meant)

    async def press(self, request: web.Request) -> web.Response:
        """A button of a card: its words are heard where the card stands."""
        fields = await body_of(request)
        spot, words, id = await self._asking.spot(fields, "message"), pressed(fields), event_id(fields)
        # Not as heard in the thread: a note that was pressed is brought into the thread by the desk.
        return _answered(await self._heard(spot, words, id, place_of(spot.conversation, spot.person)))

    async def _heard(self, spot: Spot, words: str, id: str, place: Place) -> Card | None:
        about = spot.root.case_id if spot.root else None
        card = await self._hear(Heard(id=id, words=words, person=spot.person, place=place, card=about))
        self._hub.nudge()
        return card

    async def _written(self, spot: Spot, text: str, id: str) -> Mapping[str, Any]:
        message = await self._log.post(
            spot.conversation.name,
            nonce=id,
            by=spot.person.id,
            reply_to=spot.root.id if spot.root else None,
            text=text,
        )
        self._hub.nudge()
        return self._json(message)

    def _json(self, message: WebMessage) -> Mapping[str, Any]:
        return message_json(message, self._policy)


def _answered(card: Card | None, message: Mapping[str, Any] | None = None) -> web.Response:
    return answer({"answer": answer_json(card), "message": message})


def _file(path: Path) -> Handler:
    kind = _TYPES[path.suffix]

    async def serve(request: web.Request) -> web.StreamResponse:
        """A file of the page. Browsers ask each time whether it changed: an update is seen at once."""
        headers = {**HEADERS, hdrs.CACHE_CONTROL: "no-cache", hdrs.CONTENT_TYPE: f"{kind}; charset=utf-8"}
        return web.FileResponse(path, headers=headers)

    return serve
