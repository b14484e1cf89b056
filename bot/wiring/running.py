"""A desk at work: jobs run until it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from bot.config import Config
from bot.ports import Overloaded, Stale
from bot.wiring.desk import Desk, connect
from bot.wiring.signin import idle_of
from handlers.digests.digest import standing
from handlers.hand_over.duty import duty_clocks
from handlers.hand_over.leaving import leaving_clock
from storage.sql.database import only_worker
from storage.sql.erasing import BATCH, erase_old
from storage.sql.intake import receive_put
from storage.sql.puts import put, put_missing

log = structlog.get_logger(__name__)

HOUSEKEEPING: Final = timedelta(hours=1)
BETWEEN_BATCHES: Final = timedelta(seconds=1)


async def set_standing_jobs(desk: Desk, *, anew: bool = False) -> None:
    """Puts the jobs that always stand: receiving for each community, and the clocks of digests and of duty.

    A clock that stands keeps its moment; with `anew`, after the business clock was moved, all are set from now.
    """
    now = desk.store.clock.now()
    receiving = [partial(put, wanted=receive_put(name, now)) for name in desk.policy.communities]
    clocks = (*standing(desk.policy, now), *duty_clocks(desk.policy, now))
    missing = [partial(put if anew else put_missing, wanted=clock) for clock in clocks]
    await desk.store.submit([*receiving, *missing, partial(put, wanted=leaving_clock(now))])


@asynccontextmanager
async def running(config: Config, **parts: object) -> AsyncIterator[Desk]:
    """A desk at work: jobs run until the block is left; then what runs may finish.

    Raises DatabaseInUse when another process runs the desk on this database, and all that `connect` raises.
    """
    with only_worker(config.database_url) as alone:
        async with connect(config, **parts) as desk:  # type: ignore[arg-type]
            if alone:
                await desk.store.free_leases()
            await desk.pulse.beat()
            await set_standing_jobs(desk)
            if desk.workspace is not None:
                await desk.workspace.open()
            working = asyncio.create_task(desk.worker.run())
            beside = [
                asyncio.create_task(each)
                for each in (_keep_house(desk), desk.store.listen(desk.hub.nudge), *_listening(desk))
            ]
            try:
                yield desk
            finally:
                for chatting in (desk.workspace, desk.tenancy):
                    if chatting is not None:
                        await chatting.hush()
                desk.worker.stop()
                desk.delivery.stopping = True
                await working
                for task in beside:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
                await desk.pulse.stop()


def _listening(desk: Desk) -> Iterable[Coroutine[None, None, None]]:
    return (desk.sources.listen(desk.metrics.sources()),) if desk.sources.connected else ()


async def _keep_house(desk: Desk) -> None:
    while True:
        try:
            await desk.store.forget_seen()
            await desk.store.sign_ins.sweep(idle_of(desk.config))
            await erase_what_is_old(desk)
        except (Stale, Overloaded) as busy:
            log.warning("the database is busy, the house is kept later", why=type(busy).__name__)
        except Exception:  # the edge: what went wrong once must not stop it for as long as the desk runs
            log.exception("the house could not be kept, it is tried again in an hour")
        await desk.store.clock.sleep(HOUSEKEEPING)


async def erase_what_is_old(desk: Desk) -> None:
    """Erases the cases that were closed longer ago than the policy keeps, a few at a time; people work meanwhile."""
    while await erase_old(desk.store, desk.policy.defaults.retention) == BATCH:
        await desk.store.clock.sleep(BETWEEN_BATCHES)
