"""`publish`, `cancel` and `published`: a reply is let out, called back, or said to be out."""

from __future__ import annotations

from bot.domain.case import Case
from bot.domain.people import PersonId
from bot.domain.replies.approving import ask
from bot.domain.replies.reply import PublicReply
from bot.domain.replies.reply_refusals import CannotAnswer, NobodyApproves, TooLongToPublish
from bot.domain.replies.replying import cancel, drafts_only, must_be_publishable, publish
from bot.domain.replies.sending import must_be_in_doubt, published
from bot.policy.actors import actor_of
from bot.policy.publishing import approval_clock, may_approve, next_asked, publishes_alone
from bot.policy.terms import default_wake, lease_for, service_for
from bot.ports import Networks, Work
from bot.router import Call, Reply, Routes
from handlers.reply.replying import GONE, account_for


def publish_routes(networks: Networks) -> Routes:
    routes = Routes()

    @routes.verb("publish", usage="publish <case>", group="work")
    async def publish_reply(call: Call, case_id: int) -> Reply:
        """Let the reply out in ten seconds, or ask for the approval that it needs."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            reply = must_be_publishable(case, call.actor, call.now)
            await _must_go(work, networks, case, reply)
            await work.cases.save(_let_out(call, case, reply))
        return Reply.show("reply", case_id)

    @routes.verb("cancel", usage="cancel <case>", group="work")
    async def cancel_reply(call: Call, case_id: int) -> Reply:
        """Stop a reply that is about to leave, or take it back from whoever was to approve it."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            await work.cases.save(
                cancel(case, by=call.actor, at=call.now, lease=lease_for(call.policy, case))
            )
        return Reply.show("reply", case_id)

    @routes.verb("published", usage="published <case> [link]", group="work")
    async def it_is_out(call: Call, case_id: int, link: str | None) -> Reply:
        """Say that a reply of unknown fate is out; its link makes it easy to find."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            must_be_in_doubt(case, call.actor)
            case = published(
                case,
                "",
                link,
                by=call.actor,
                at=call.now,
                wakes=default_wake(call.policy, case.department, call.now),
                lease=lease_for(call.policy, case),
                service_terms=service_for(call.policy, case),
            )
            await work.cases.save(case)
        return Reply.show("case", case_id)

    return routes


async def _must_go(work: Work, networks: Networks, case: Case, reply: PublicReply) -> None:
    """Raises CannotAnswer, TooLongToPublish, Frozen: what can be known before ten seconds have passed."""
    await work.freezes.must_be_thawed(case)
    mention = await work.mentions.get(reply.mention)
    if mention is None:
        raise CannotAnswer(case.id, GONE)
    network = account_for(networks, case, mention)
    left = network.rule.left(reply.text)
    if left < 0:
        raise TooLongToPublish(case.id, network.title, -left)


def _let_out(call: Call, case: Case, reply: PublicReply) -> Case:
    policy, lease = call.policy, lease_for(call.policy, case)
    alone = publishes_alone(policy, case, call.actor)
    approved = _still_counts(call, case, reply.approved_by) and not drafts_only(case, call.actor)
    if alone or approved:
        return publish(case, by=call.actor, at=call.now, real=call.really, lease=lease)
    whom = next_asked(policy, case, reply.by, call.now)
    if whom is None:
        raise NobodyApproves(case.id)
    return ask(case, whom, by=call.actor, at=call.now, clock=approval_clock(policy, case), lease=lease)


def _still_counts(call: Call, case: Case, who: PersonId | None) -> bool:
    """Whether the approval that was given would be given by the right person today: tags and priority may have changed."""
    person = call.policy.people.get(who) if who is not None else None
    return person is not None and may_approve(call.policy, case, actor_of(call.policy, person, call.now))
