"""A post that its author edited or deleted, or whose words came late: the newer text stands, and the case tells."""

from __future__ import annotations

from typing import Final

import structlog

from bot.domain.lifecycle import removed, revise
from bot.domain.mention import Mention
from bot.ports import JobLost, Overloaded, Stale
from bot.router import Call
from handlers.intake.filing import worded

RETRIES: Final = 5

log = structlog.get_logger(__name__)


async def show_revision(call: Call, mention: Mention) -> None:
    """The newer text stands from now on, also when its case cannot be told. Raises Stale after some tries."""
    for attempt in range(RETRIES + 1):
        try:
            await _show(call, mention)
            return
        except Stale:
            if attempt == RETRIES:
                raise
        except (Overloaded, JobLost):
            raise
        except Exception as error:
            log.error("revision not told", mention=mention.id, case=mention.case_id, exc_info=error)
            async with call.work(finish=False) as work:
                await work.mentions.revise(mention)
            return


async def _show(call: Call, mention: Mention) -> None:
    async with call.work(finish=False) as work:
        if mention.case_id is not None:
            case = await work.cases.get(mention.case_id)
            if mention.completed:
                case = worded(call.policy, case, mention, at=call.now)
            else:
                move = removed if mention.removed else revise
                case = move(case, mention.id, at=call.now)
            await work.cases.save(case)
            if mention.hidden:
                # Alarms, pages and notices quote it, too.
                work.jobs.again(case.id, call.now)
        await work.mentions.revise(mention)
