"""A reply leaves. The one handler that awaits a network: what it sends must stand there once, whatever dies when.

It is begun in one unit of work, sent under its own key, and recorded in another. Where the second one never came, the
job's lease ends, it runs again, and the network is told that this is not the first try.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from bot.domain.alarms.freeze_refusals import Frozen
from bot.domain.case import Case
from bot.domain.mention import Mention
from bot.domain.people import COMPANY, Role
from bot.domain.replies.reply import PublicReply, ReplyState
from bot.domain.replies.sending import begin, declined, delayed, frozen, published, unsure
from bot.domain.roles import DESK, Actor
from bot.policy.actors import actor_of
from bot.policy.terms import default_wake, lease_for, service_for
from bot.ports import (
    AskedToWait,
    Declined,
    MaybePublished,
    Network,
    NetworkDown,
    Networks,
    Outgoing,
    Published,
    SignInLost,
    Stale,
    Thread,
    Work,
)
from bot.router import Call, Routes
from handlers.reply.replying import GONE
from handlers.shared.sentence import TOLD, tell
from handlers.shared.timers import case_of

PATIENCE: Final = timedelta(seconds=40)
"""How long one try may take: within the job's lease."""
LONGEST: Final = timedelta(minutes=30)
"""How long a reply is tried by itself: later its author should look at it again."""
MOST_TRIES: Final = 8
RETRIES: Final = 20

FROZEN: Final = "Publishing is frozen: {why}"
NO_ACCOUNT: Final = "The account that was to publish it is not in the policy any more."
SILENT: Final = "The network did not answer."
SURPRISE: Final = "Something failed while it was sent; the log says more."
GAVE_UP: Final = "{why} It was tried for half an hour."
SIGN_IN: Final = "{account} is signed out of {network}, so its replies cannot leave: {why} `baton doctor` says how to mend it."

log = structlog.get_logger(__name__)
Move: TypeAlias = Callable[[Work, Case], Awaitable[Case]]


def send_routes(networks: Networks, patience: timedelta = PATIENCE) -> Routes:
    """The timer that sends, to these networks."""
    routes = Routes()

    @routes.timer("publish")
    async def send(call: Call) -> None:
        """Sends the reply whose ten seconds are over."""
        try:
            begun = await _begin(call)
        except Frozen as stop:
            why = FROZEN.format(why=stop.freeze.why)
            await _record(call, None, _moved(lambda case: frozen(case, why, at=call.now)))
            return
        if begun is None:
            await _nothing(call)
            return
        reply, mention = begun
        network = networks.named(reply.account)
        if network is None or mention is None:
            why = NO_ACCOUNT if network is None else GONE
            await _record(call, reply, _moved(lambda case: declined(case, why, at=call.now)))
            return
        await _record(call, reply, await _sent(call, network, reply, mention, patience))

    return routes


async def _begin(call: Call) -> tuple[PublicReply, Mention | None] | None:
    """Commits that the reply is being sent. None: there is nothing to send (any more). Raises Frozen."""
    async with call.work(finish=False) as work:
        case = await work.cases.get(case_of(call))
        going = (ReplyState.LEAVING, ReplyState.SENDING)
        if case.reply is None or case.reply.state not in going:
            return None
        await work.freezes.must_be_thawed(case)
        case = begin(case, real=call.really)
        assert case.reply is not None
        mention = await work.mentions.get(case.reply.mention)
        await work.cases.save(case)
    return case.reply, mention


async def _sent(
    call: Call, network: Network, reply: PublicReply, mention: Mention, patience: timedelta
) -> Move:
    """Sends it; what is to be recorded of that."""
    outgoing = Outgoing(
        key=reply.key,
        text=reply.text,
        lang=reply.lang,
        to=mention,
        begun_at=reply.begun_at or call.really,
    )
    try:
        async with asyncio.timeout(patience.total_seconds()):
            done = await network.publish(outgoing, again=reply.doubtful)
    except Declined as refused:
        why = str(refused)
        return _moved(lambda case: declined(case, why, at=call.now))
    except SignInLost as lost:
        return _signed_out(call, network, str(lost))
    except MaybePublished as doubt:
        said = str(doubt)
        return _moved(lambda case: unsure(case, said, at=call.now))
    except AskedToWait as wait:
        return _later(call, reply, str(wait), wait.after, doubtful=False)
    except NetworkDown as down:
        return _later(call, reply, str(down), _back_off(reply), doubtful=False)
    except TimeoutError:
        return _later(call, reply, SILENT, _back_off(reply), doubtful=True)
    except Exception:  # the edge of a network: whatever it was, the words may be out
        log.exception("a reply failed while it was sent", case=case_of(call), network=network.name)
        return _later(call, reply, SURPRISE, _back_off(reply), doubtful=True)
    return _done(call, mention, done)


def _back_off(reply: PublicReply) -> timedelta:
    return timedelta(seconds=10 * 2 ** int(min(reply.tries - 1, 5)))


def _later(call: Call, reply: PublicReply, why: str, after: timedelta, *, doubtful: bool) -> Move:
    """Tried again by itself, for a while; then it is its author's."""
    until = call.really + max(after, timedelta(seconds=1))
    if reply.tries >= MOST_TRIES or until - (reply.begun_at or call.really) > LONGEST:
        gone = GAVE_UP.format(why=why)
        if doubtful:
            return _moved(lambda case: unsure(case, gone, at=call.now))
        return _moved(lambda case: declined(case, gone, at=call.now))
    return _moved(lambda case: delayed(case, why, until, doubtful=doubtful, at=call.now))


def _signed_out(call: Call, network: Network, why: str) -> Move:
    async def move(work: Work, case: Case) -> Case:
        sentence = SIGN_IN.format(account=network.account, network=network.title, why=why)
        day = f"{call.now:%Y%m%d}"
        for person in call.policy.people.values():
            if Role.ADMIN in person.roles.get(COMPANY, frozenset()):
                key = f"{TOLD}signin:{network.name}:{day}:{person.id}"
                work.jobs.put(tell(person.id, sentence, key=key, at=call.now))
        return declined(case, why, at=call.now)

    return move


def _done(call: Call, mention: Mention, done: Published) -> Move:
    async def move(work: Work, case: Case) -> Case:
        assert case.reply is not None
        key = f"post:{mention.source}:{done.external_id}"
        await work.cases.threads([key])
        # Whoever answers our words finds this case; what is merged leads to its own, and leaves with it.
        thread = Thread(key=key, case_id=mention.case_id or case.id, last_at=call.now)
        await work.cases.link([thread])
        return published(
            case,
            done.external_id,
            done.url,
            by=_author(call, case.reply),
            at=call.now,
            wakes=default_wake(call.policy, case.department, call.now),
            lease=lease_for(call.policy, case),
            service_terms=service_for(call.policy, case),
        )

    return move


def _author(call: Call, reply: PublicReply) -> Actor:
    """Who wrote it, as the policy knows them now; the desk for somebody who has left."""
    person = call.policy.people.get(reply.by)
    return actor_of(call.policy, person, call.now) if person else DESK


def _moved(move: Callable[[Case], Case]) -> Move:
    async def moving(work: Work, case: Case) -> Case:
        return move(case)

    return moving


async def _nothing(call: Call) -> None:
    async with call.work():
        return


async def _record(call: Call, reply: PublicReply | None, move: Move) -> None:
    """What became of it. The customer may write at this very moment: that must not send it again, so only this unit
    is tried anew."""
    for attempt in range(RETRIES + 1):
        try:
            async with call.work() as work:
                case = await work.cases.get(case_of(call))
                if case.reply is not None and (reply is None or case.reply.key == reply.key):
                    await work.cases.save(await move(work, case))
            return
        except Stale:
            if attempt == RETRIES:
                raise
            await asyncio.sleep(0)
