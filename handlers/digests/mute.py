"""`mute` and `unmute`: what a person wants to be told privately. Asked at the moment of sending."""

from __future__ import annotations

from typing import Final

from bot.cards.card import Card
from bot.cards.mute import MuteView, mute_card
from bot.domain.digests.mute import DIGESTS, Mute, Told, muted
from bot.router import Call, Look, Reply, Routes

_WHAT: Final = f"digests|{'|'.join(Told)}"
_DIGESTS: Final = "digests"

routes = Routes()


@routes.verb("mute", usage=f"mute [{_WHAT}] [department]", group="desk")
async def mute(call: Call, what: str | None, department: str | None) -> Reply:
    """No more of your own digests, the hourly list of late cases, or word of new posts; alone it shows them all."""
    if what is None and department is None:
        return Reply.show("mutes", call.actor.id)
    wanted = {Mute(what=each, department=department or "") for each in _meant(what)}
    async with call.work() as work:
        await work.mutes.mute(call.actor.id, wanted, call.now)
    return Reply.show("mutes", call.actor.id)


@routes.verb("unmute", usage=f"unmute [{_WHAT}] [department]", group="desk")
async def unmute(call: Call, what: str | None, department: str | None) -> Reply:
    """Everything you muted comes again, or only what you name."""
    meant = _meant(what) if what is not None else tuple(Told)
    async with call.work() as work:
        back = {
            each
            for each in await work.mutes.of(call.actor.id)
            if each.what in meant and department in (None, each.department)
        }
        await work.mutes.unmute(call.actor.id, back)
    return Reply.show("mutes", call.actor.id)


@routes.view("mutes")
async def mutes(look: Look, subject: str) -> Card:
    """What its reader gets told, each with its switch."""
    mine: frozenset[Mute] = frozenset()
    if look.person is not None:
        async with look.work() as work:
            mine = await work.mutes.of(look.person.id)
    return mute_card(MuteView(rows=tuple((what, muted(mine, what), _but(look, mine, what)) for what in Told)))


def _meant(what: str | None) -> tuple[Told, ...]:
    """Without a name, all digests."""
    return DIGESTS if what in (None, _DIGESTS) else (Told(what),)


def _but(look: Look, mine: frozenset[Mute], what: Told) -> tuple[str, ...]:
    names = (each.department for each in mine if each.what is what and each.department)
    return tuple(sorted(look.names.department(name) for name in names))
