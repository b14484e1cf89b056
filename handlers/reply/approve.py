"""`approve` and `return`: somebody else's eyes before words are public. And the clock of whoever is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.replies.approving import approve, give_back, pass_on
from bot.domain.replies.reply_refusals import TooLongToPublish
from bot.domain.roles import DESK
from bot.policy.publishing import approval_clock, may_approve, next_asked
from bot.policy.terms import lease_for
from bot.ports import Networks
from bot.router import Call, Reply, Routes
from handlers.reply.reply import new_key
from handlers.shared.timers import case_of, slept_through


def approve_routes(networks: Networks, key: Callable[[], str] = new_key) -> Routes:
    routes = Routes()

    @routes.verb("approve", usage="approve <case> [text...]", group="work")
    async def approve_reply(call: Call, case_id: int, text: str) -> Reply:
        """Let a colleague's reply out, in ten seconds; with words, in these words of yours."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            _must_fit(networks, case, text)
            frozen = await work.freezes.standing(case)
            case = approve(
                case,
                text,
                by=call.actor,
                allowed=may_approve(call.policy, case, call.actor),
                frozen=frozen is not None,
                key=key(),
                at=call.now,
                real=call.really,
                lease=lease_for(call.policy, case),
            )
            await work.cases.save(case)
        return Reply.show("reply", case_id)

    @routes.verb("return", usage="return <case> [word...]", group="work")
    async def return_reply(call: Call, case_id: int, word: str) -> Reply:
        """Send a colleague's reply back to them, saying what is to change."""
        async with call.work() as work:
            case = await work.cases.get(case_id)
            allowed = may_approve(call.policy, case, call.actor)
            await work.cases.save(give_back(case, word, by=call.actor, allowed=allowed, at=call.now))
        return Reply.show("case", case_id)

    @routes.timer("approval")
    async def watch_approval(call: Call) -> None:
        """Whoever did not answer in time is passed over; after the last one the reply is its author's again."""
        async with call.work() as work:
            case = await work.cases.get(case_of(call))
            reply = case.reply
            if reply is None:
                return
            clock = approval_clock(call.policy, case)
            if await slept_through(call, work) is not None and reply.asked_until is not None:
                until = clock.ends(call.now)
                case = replace(case, reply=replace(reply, asked_until=until))
                said = {"what": "approval", "until": until.isoformat()}
                await work.cases.save(record(case, Kind.PROLONGED, DESK, call.now, **said))
                return
            whom = next_asked(call.policy, case, reply.by, call.now)
            await work.cases.save(pass_on(case, whom, at=call.now, clock=clock))

    return routes


def _must_fit(networks: Networks, case: Case, text: str) -> None:
    network = networks.named(case.reply.account) if case.reply else None
    left = network.rule.left(text) if network and text else 0
    if network is not None and left < 0:
        raise TooLongToPublish(case.id, network.title, -left)
