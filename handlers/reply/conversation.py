"""Who speaks in a thread: the customer, we ourselves, or somebody else who answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.domain.case import Case
from bot.domain.mention import Mention
from bot.domain.replies.reply import ReplyState
from bot.domain.replies.sending import published
from bot.policy.actors import actor_of
from bot.policy.terms import default_wake, lease_for, service_for
from bot.ports import Thread
from bot.triage.rules import triage
from handlers.intake.filing import answered_keys, handle_of, is_own, own_key

if TYPE_CHECKING:
    from handlers.intake.unit import Unit

OUR_REPLY: Final = "our own reply, published from here"
_LOOKED_AT: Final = 50
"""How many of a case's newest posts are looked through for the one that is answered."""


async def our_reply(unit: Unit, mention: Mention) -> bool | None:
    """Whether it is a reply of ours that left from here and comes back: it is set aside, for the case has it.

    One whose fate was unknown is out after all. None: it is something else. False: it is of another case than the one
    chosen.
    """
    known = unit.threads.get(own_key(mention))
    if known is not None and known.case_id:
        case = await unit.leader(await unit.get(known.case_id))
        if any(each.external_id == mention.external_id for each in case.answered):
            await unit.work.mentions.set_aside(mention, OUR_REPLY)
            return True
    if not is_own(unit.call.policy, mention):
        return None
    thread = next((unit.threads[k] for k in answered_keys(mention, unit.threads) if k in unit.threads), None)
    if thread is None or not thread.case_id:
        return None
    near = await unit.get(thread.case_id)
    case = await unit.leader(near)
    reply = case.reply
    if reply is None or reply.begun_at is None or _squeezed(reply.text) not in _squeezed(mention.text):
        return None
    if not unit.may_touch(case):
        return False
    await unit.work.mentions.set_aside(mention, OUR_REPLY)
    unit.link(Thread(key=own_key(mention), case_id=near.id, last_at=mention.received_at))
    # One that is being sent is recorded by whoever sends it.
    if reply.state is not ReplyState.SENDING:
        unit.chosen = case.id
        unit.put(_out_after_all(unit, case, mention))
    return True


def _out_after_all(unit: Unit, case: Case, mention: Mention) -> Case:
    policy, now = unit.call.policy, unit.call.now
    assert case.reply is not None
    person = policy.people.get(case.reply.by)
    return published(
        case,
        mention.external_id,
        mention.url,
        by=actor_of(policy, person, now) if person else unit.call.actor,
        at=now,
        wakes=default_wake(policy, case.department, now),
        lease=lease_for(policy, case),
        service_terms=service_for(policy, case),
    )


async def answers_the_customer(unit: Unit, mention: Mention, case: Case) -> bool:
    """Whether somebody who is neither the customer nor us writes below the customer's own post.

    What a rule marks (legal, press) is never taken for help, and a closed case comes back as it always did.
    """
    if case.closed or not mention.in_reply_to or triage(unit.call.policy, mention).marks:
        return False
    posts = await unit.work.mentions.of(case.id, limit=_LOOKED_AT)
    theirs = [post for post in posts if not is_own(unit.call.policy, post) and post.id != case.helped_by]
    answered = next((post for post in theirs if post.external_id == mention.in_reply_to), None)
    return answered is not None and all(handle_of(post) != handle_of(mention) for post in theirs)


async def concerns_the_reply(unit: Unit, mention: Mention, case: Case) -> bool:
    """Whether the author is whom a reply under way answers."""
    if case.reply is None:
        return True
    answered = await unit.work.mentions.get(case.reply.mention)
    return answered is None or handle_of(answered) == handle_of(mention)


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())
