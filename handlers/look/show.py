"""`show`: a case in full, for who asks. And the card that its channels hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.cards.card import Card
from bot.cards.case import case_card
from bot.cards.detail import DetailView, detail_card
from bot.cards.history import event_sentence
from bot.domain.alarms.freeze import of_case
from bot.router import Call, Look, Reply, Routes
from handlers.intake.gathered import history_of, posts_of
from handlers.shared.posts import mention_view
from handlers.shared.reading import case_view
from handlers.shared.rights import must_read
from handlers.urgent.frozen import may

_LATELY: Final = timedelta(days=30)
_MENTIONS: Final = 5
_EVENTS: Final = 50

routes = Routes()


@routes.verb("show", usage="show <case>", group="see")
async def show_case(call: Call, case_id: int) -> Reply:
    """A case in full: its mentions, its notes and what happened; only you see the answer."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        must_read(call.actor, case)
    return Reply.show("detail", case_id)


@routes.view("case")
async def case(look: Look, subject: str) -> Card:
    """The one card that a channel has of a case; for one person, with what that person may do."""
    async with look.work() as work:
        return case_card(await case_view(work, look, await work.cases.get(int(subject))))


@routes.view("detail")
async def detail(look: Look, subject: str) -> Card:
    """The case with its mentions and its history."""
    names = look.names
    async with look.work() as work:
        found = await work.cases.get(int(subject))
        view = await case_view(work, look, found)
        mentions = await work.mentions.of(found.id, limit=_MENTIONS)
        events = await history_of(work, found, limit=_EVENTS)
        tags = await work.cases.tags_in_use(found.department, since=look.now - _LATELY)
        own = await work.freezes.of(of_case(found.id))
        posts = await posts_of(work, look, found)
    keeps = look.actor is not None and may(look.actor, of_case(found.id), found, look.policy)
    return detail_card(
        DetailView(
            case=view,
            earlier=tuple(mention_view(mention, names) for mention in mentions[1:]),
            history=tuple(
                (f"{of}{event_sentence(event, names)}", names.moment(event.at)) for of, event in events
            ),
            tags_in_use=tuple(tags),
            can_freeze=keeps and own is None and not found.closed,
            can_thaw=keeps and own is not None,
            posts=posts,
        )
    )
