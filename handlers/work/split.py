"""`split`: one post of a case is another matter, and gets a case of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.domain.case import Case
from bot.domain.mention import Mention
from bot.domain.surges.merge_refusals import NoSuchPost, NothingToSplit
from bot.domain.surges.merging import split_off, taken_out
from bot.ports import Thread, Work
from bot.router import Call, Reply, Routes
from handlers.intake.filing import author_key, follows, is_own, opened, own_key
from handlers.work.merge import part

_SEEN: Final = 20

routes = Routes()


@routes.verb("split", usage="split <case> [post]", group="work")
async def split_case(call: Call, case_id: int, post: str | None) -> Reply:
    """Take one post out into a case of its own, the latest unless you pick one: another matter, triaged anew."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        split_off(case, by=call.actor)
        mention = await _wanted(call, work, case, post)
        holder = case if mention.case_id == case.id else await work.cases.get(mention.case_id or case.id)
        if holder.id != case.id and holder.mentions < 2:
            # Its own case was merged into this one: it has its old number again.
            await part(call, work, holder.id, whenever=True)
            return Reply.show("case", holder.id)
        new = await _moved(call, work, case, mention)
        await work.cases.save(taken_out(case, mention, new.id, by=call.actor, at=call.now))
        if holder.id != case.id:
            await work.cases.save(replace(holder, mentions=holder.mentions - 1))
    return Reply.show("case", new.id)


async def _wanted(call: Call, work: Work, case: Case, post: str | None) -> Mention:
    """The post of that number, else the latest; never one of our own. Raises NothingToSplit, NoSuchPost."""
    if case.mentions < 2:
        raise NothingToSplit(case.id)
    if post is None:
        mentions = await work.mentions.of(case.id, limit=_SEEN)
        newest = next((one for one in mentions if not is_own(call.policy, one)), None)
        if newest is None:
            raise NothingToSplit(case.id)
        return newest
    number = post.removeprefix("#")
    mention = await work.mentions.get(int(number)) if number.isdecimal() and len(number) < 18 else None
    if mention is None or mention.case_id not in (case.id, *case.absorbed) or is_own(call.policy, mention):
        raise NoSuchPost(case.id, post)
    return mention


async def _moved(call: Call, work: Work, case: Case, mention: Mention) -> Case:
    """The post's new case, which its author's next posts find. The desk leaves it alone, and it leads no near-copies."""
    number = await work.cases.number()
    new = opened(call.policy, number, mention, at=call.now, by=call.actor, linked_to=case.id)
    new = replace(follows(call.policy, new, case, at=call.now), alone=True)
    author = author_key(mention)
    keys = (own_key(mention), *((author,) if author else ()))
    await work.cases.threads(keys)
    await work.cases.save(new)
    await work.mentions.move(mention, new.id)
    await work.cases.link(Thread(key=key, case_id=new.id, last_at=mention.received_at) for key in keys)
    return new
