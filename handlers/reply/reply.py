"""`reply`: words to the customer. Writing them shows a preview; only `publish` lets anything out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from bot.cards.card import Card
from bot.cards.reply import cannot_card, reply_card, which_card
from bot.cards.words import sentence_card
from bot.domain.case import Case, must_be_open
from bot.domain.mention import Mention
from bot.domain.replies.reply import ReplyState
from bot.domain.replies.reply_refusals import CannotAnswer, NoAnswerCalled, WhichPost
from bot.domain.replies.replying import compose, discard, draft, may_write, rest
from bot.policy.playbook import answer_called, filled
from bot.policy.terms import lease_for
from bot.ports import Networks, Work
from bot.router import Call, Look, Reply, Routes, Shown
from handlers.intake.filing import is_own
from handlers.reply.replying import account_for, answered_post, label_of, reply_view
from handlers.shared.posts import mention_view
from handlers.shared.rights import must_read
from handlers.shared.timers import case_of

GONE: Final = "There is no post to answer in case {number} any more."
DONE: Final = "The reply to case {number} needs no approval from you any more."
_POSTS: Final = 20


def new_key() -> str:
    """A reply's own key: digits and lower-case letters, 100 bits of chance."""
    return f"b{secrets.token_hex(13)[:25]}"


def reply_routes(networks: Networks, key: Callable[[], str] = new_key) -> Routes:
    """`reply` and what belongs to writing, for the accounts of these networks."""
    routes = Routes()

    @routes.verb("reply", usage="reply <case> [text...]", group="work")
    async def reply(call: Call, case_id: int, text: str) -> Reply:
        """Write to the customer: you see a preview, and nothing is public before you press Publish."""
        return await _writes(call, networks, case_id, None, text, key())

    @routes.verb(
        "replypost", usage="replypost <case> <post> [text...]", group="work", aliases=("reply post",)
    )
    async def reply_to_post(call: Call, case_id: int, post: str, text: str) -> Reply:
        """Write to one of the customers that a case gathers, about that very post."""
        return await _writes(call, networks, case_id, post, text, key())

    @routes.verb("use", usage="use <case> <answer>", group="work")
    async def use_answer(call: Call, case_id: int, name: str) -> Reply:
        """Begin a reply with an answer of the playbook; read it over before you publish it."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            may_write(case, call.actor)
            mention = await answered_post(work, call.policy, case)
            answer = answer_called(call.policy, name)
            if mention is None:
                raise WhichPost(case.id)
            if answer is None:
                raise NoAnswerCalled(case.id, name)
            account_for(networks, case, mention)
            text = filled(call.policy, answer, case, mention, call.actor.name)
            await work.cases.save(_written(call, networks, case, mention, text, key()))
        return Reply.show("reply", case_id)

    @routes.verb("discard", usage="discard <case>", group="work")
    async def discard_reply(call: Call, case_id: int) -> Reply:
        """Throw away the reply that is being written."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            await work.cases.save(
                discard(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
            )
        return Reply.show("case", case_id)

    @routes.view("reply")
    async def preview(look: Look, subject: str) -> Card:
        """The reply to the case `subject`, or whom it could be to."""
        async with look.work() as work:
            case = await work.cases.get(int(subject))
            mention = await answered_post(work, look.policy, case)
            if mention is None and case.one_by_one and case.reply is None:
                return await _which(work, look, case)
            if mention is None:
                return sentence_card(GONE.format(number=case.id))
            return reply_card(await reply_view(work, look, networks, case, mention))

    @routes.view("approval")
    async def approval(look: Look, subject: str) -> Shown:
        """The reply as `case:event:person` asks that person to approve it; only an edit once that is over."""
        number, event, _ = subject.split(":", 2)
        async with look.work() as work:
            case = await work.cases.get(int(number))
            waits = case.reply is not None and case.reply.asked_event == int(event)
            mention = await answered_post(work, look.policy, case) if waits else None
            if mention is None:
                return Shown(card=sentence_card(DONE.format(number=number)), only_edit=True)
            return Shown(card=reply_card(await reply_view(work, look, networks, case, mention)))

    @routes.timer("pen")
    async def rest_the_pen(call: Call) -> None:
        """Whoever composed has not touched it for five minutes: the others may go on."""
        async with call.work() as work:
            case = await work.cases.get(case_of(call))
            await work.cases.save(rest(case, at=call.now, lease=lease_for(call.policy, case)))

    return routes


async def _writes(
    call: Call, networks: Networks, case_id: int, post: str | None, text: str, key: str
) -> Reply:
    async with call.work() as work:
        case = await work.cases.get(case_id)
        under_way = case.reply is not None and case.reply.state is not ReplyState.DRAFT
        if under_way and not text and post is None:
            must_read(call.actor, case)
            return Reply.show("reply", case_id)
        may_write(case, call.actor)
        mention = await answered_post(work, call.policy, case, post)
        if mention is None:
            if text or not case.one_by_one:
                raise WhichPost(case.id)
            return Reply.show("reply", case_id)
        try:
            account_for(networks, case, mention)
        except CannotAnswer as refused:
            view = mention_view(mention, call.names)
            return Reply.say(
                cannot_card(case.id, refused.sentence(call.names), view, refused.suggestions()[:1])
            )
        await work.cases.save(_written(call, networks, case, mention, text, key))
    return Reply.show("reply", case_id)


def _written(call: Call, networks: Networks, case: Case, mention: Mention, text: str, key: str) -> Case:
    must_be_open(case)
    known = networks.answering(mention)
    account = known.name if known else ""
    lease = lease_for(call.policy, case)
    if not text:
        return compose(
            case, mention.id, account, key=key, lang=mention.lang, by=call.actor, at=call.now, lease=lease
        )
    return draft(
        case, text, mention.id, account, key=key, lang=mention.lang, by=call.actor, at=call.now, lease=lease
    )


async def _which(work: Work, look: Look, case: Case) -> Card:
    done = {each.mention for each in case.answered}
    posts = [one for one in await work.mentions.of(case.id, limit=_POSTS) if not is_own(look.policy, one)]
    return which_card(case.id, tuple((f"{one.id}", label_of(one), one.id in done) for one in posts))
