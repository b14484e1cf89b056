"""The standing job of a community: its new mentions find their cases, or open one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from bot.domain.mention import Mention
from bot.policy.model import Policy
from bot.policy.reach import stand_in
from bot.ports import JobLost, Overloaded, Put, Stale
from bot.router import Call, Routes
from handlers.intake.chains import chains, file_some
from handlers.intake.copies import Copies, caught_up
from handlers.intake.revisions import show_revision
from handlers.shared.sentence import TOLD, tell
from handlers.shared.timers import said

SET_ASIDE: Final = (
    "A mention from {source} by {author} could not be filed, so it has no case: {reason}. "
    "Read it at the source and file it by hand with `file` and its link{link}."
)

BATCH: Final = 200
AT_ONCE: Final = 64
RETRIES: Final = 5
FLOOR: Final = timedelta(hours=1)
"""How long the job rests at most; intake wakes it when mentions arrive."""

log = structlog.get_logger(__name__)
routes = Routes()


@routes.timer("receive")
async def receive(call: Call) -> None:
    """Files every new mention of the community, and shows what authors edited."""
    community = said(call, "community")
    wanted = _wanted(call.policy, community)
    async with call.work(finish=False) as work:
        mentions = await work.mentions.new(wanted, BATCH) if wanted else ()
    if mentions:
        copies = await caught_up(call, community)
        await _all(call, chains(mentions, copies.keys(mentions)), copies)
    # Only now: an edit that arrived before its mention was filed counts from that moment.
    async with call.work(finish=False) as work:
        revisions = await work.mentions.revisions(wanted, BATCH) if wanted else ()
    for revision in revisions:
        await show_revision(call, revision)
    async with call.work() as work:
        if max(len(mentions), len(revisions)) == BATCH:
            work.jobs.put(_put(community, f"receive:{community}", call))
        elif wanted:
            # Under a key of its own: under the job's it would undo a waking by intake of this very moment.
            work.jobs.put(_put(community, f"receive:{community}:floor", call, FLOOR))
        else:
            default = call.policy.company.default_community
            work.jobs.put(_put(default, f"receive:{default}", call))


def _wanted(policy: Policy, community: str) -> tuple[str, ...]:
    """Whose mentions the job files: the default community's also those of communities the policy dropped."""
    if community not in policy.communities:
        return ()
    return (community, "") if community == policy.company.default_community else (community,)


def _put(community: str, key: str, call: Call, after: timedelta = timedelta(0)) -> Put:
    return Put(kind="receive", key=key, due=call.now + after, args={"community": community})


async def _all(call: Call, several: Sequence[Sequence[Mention]], copies: Copies) -> None:
    """Every chain, some at once so that the writer can commit them together. Raises the first error."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(chain: Sequence[Mention]) -> None:
        async with gate:
            await _file(call, chain, copies)

    # All of them end before anything is raised: none may go on behind the back of the next run.
    ended = await asyncio.gather(*(one(chain) for chain in several), return_exceptions=True)
    for outcome in ended:
        if outcome is not None:
            raise outcome


async def _file(call: Call, chain: Sequence[Mention], copies: Copies) -> None:
    """The chain in order, one unit for each run of mentions of one case; a poison mention is set aside."""
    rest, tries, failed = chain, 0, False
    while rest:
        try:
            most = 1 if failed else BATCH
            rest = await file_some(call, rest, copies, most=most, again=tries > 0 or failed)
            tries, failed = 0, False
        except Stale:
            tries += 1
            if tries > RETRIES:
                raise
        except (Overloaded, JobLost):
            raise
        except Exception as error:
            # Whatever one mention does, the others are filed. A first failure may be that of another mention
            # in the same unit, or pass by itself.
            if failed:
                await _set_aside(call, rest[0], error)
                rest, failed = rest[1:], False
            else:
                failed = True


async def _set_aside(call: Call, mention: Mention, error: Exception) -> None:
    """The mention waits for a person, who is told."""
    reason = f"{type(error).__name__}: {error}"
    log.error("mention set aside", mention=mention.id, reason=reason, exc_info=error)
    known = call.policy.communities.get(mention.community)
    community = known or call.policy.communities[call.policy.company.default_community]
    told = stand_in(call.policy, community.interacts[0], call.now)
    async with call.work(finish=False) as work:
        await work.mentions.set_aside(mention, reason)
        if told is not None:
            sentence = SET_ASIDE.format(
                source=mention.source,
                author=mention.author.handle or "an unknown author",
                reason=reason,
                link=f": {mention.url}" if mention.url else "",
            )
            work.jobs.put(tell(told, sentence, key=f"{TOLD}mention:{mention.id}", at=call.now))
