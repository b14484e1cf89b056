"""A desk: every room, joined."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from adapters.delivery import Delivery
from adapters.metrics import Metrics
from adapters.web.live import LiveHub
from adapters.web.outbound import WebChat
from adapters.worker import Worker
from bot.config import Config
from bot.domain.people import PersonId
from bot.grammar import Listener
from bot.policy.load import load
from bot.policy.model import Policy
from bot.policy.places import speaking
from bot.policy.reach import last_resort
from bot.ports import Chat, Job, Networks
from bot.router import Router
from bot.wiring.pagers import Pagers, pagers
from bot.wiring.pulse import Pulse
from bot.wiring.sources import Sources, connected
from handlers import all_routes
from handlers.hand_over.leaving import leaving_clock
from handlers.shared.sentence import TOLD, tell
from storage.redis.shared import Shared
from storage.sql.clock import SqlClock
from storage.sql.database import is_server
from storage.sql.migrate import upgrade
from storage.sql.puts import put
from storage.sql.store import SqlStore

if TYPE_CHECKING:
    from adapters.slack.inbound import SlackFrontend
    from adapters.slack.workspace import Workspace
    from adapters.teams.inbound import TeamsFrontend
    from adapters.teams.tenancy import Tenancy

SET_ASIDE: Final = (
    "The desk's job {job} failed too often and was set aside ({reason}). The log says more; "
    "tell whoever runs the desk. The next change of its case starts it again."
)

Chats = Callable[[Policy, SqlStore, LiveHub], Mapping[str, Chat]]


@dataclass(slots=True, kw_only=True)
class Desk:
    """A desk whose rooms are joined. It listens; its worker runs only inside `running`."""

    config: Config
    policy: Policy
    store: SqlStore
    router: Router
    listener: Listener
    worker: Worker
    delivery: Delivery
    hub: LiveHub
    metrics: Metrics
    chats: Mapping[str, Chat]
    pulse: Pulse
    sources: Sources
    pagers: Pagers
    shared: Shared | None = None
    workspace: Workspace | None = None
    slack: SlackFrontend | None = None
    tenancy: Tenancy | None = None
    teams: TeamsFrontend | None = None

    def person(self, email: str) -> PersonId | None:
        """The policy's person with that e-mail, in any case of letters."""
        wanted = PersonId(email.strip().lower())
        return wanted if wanted in self.policy.people else None


def default_chats(config: Config) -> Chats:
    """The chats that the settings switch on."""

    def make(policy: Policy, store: SqlStore, hub: LiveHub) -> Mapping[str, Chat]:
        if config.web_chat == "off":
            return {}
        return {"web": WebChat(policy=policy, log=store.weblog, nudge=hub.nudge)}

    return make


@asynccontextmanager
async def connect(
    config: Config,
    *,
    policy: Policy | None = None,
    clock: SqlClock | None = None,
    chats: Chats | None = None,
    networks: Networks | None = None,
) -> AsyncIterator[Desk]:
    """A desk on the configured database, migrated, without a worker: for commands and for asking. Replies are published
    by the policy's sources, or by `networks`.

    Raises PolicyErrors, ConfigError or UnsupportedDatabase with a sentence for a person.
    """
    full = policy or load(config.policy)
    is_server(config.database_url)
    await asyncio.to_thread(upgrade, config.database_url)
    async with AsyncExitStack() as closing:
        store = SqlStore(config.database_url, full, clock, token_keys=config.token_keys)
        closing.push_async_callback(store.close)
        await store.refresh()
        shared = await _shared(config, store)
        if shared is not None:
            closing.push_async_callback(shared.close)
        workspace, tenancy = _workspace(config, full, store, shared), _tenancy(config, full, store, shared)
        for each in (workspace, tenancy):
            if each is not None:
                closing.push_async_callback(each.close)
                await each.remember()
        sources = await closing.enter_async_context(connected(config, full, store))
        paging = await closing.enter_async_context(pagers(config, full, store.clock))
        spoken = chats or default_chats(config)
        answering = networks or sources
        yield _assemble(config, full, store, spoken, workspace, tenancy, shared, sources, paging, answering)


async def _shared(config: Config, store: SqlStore) -> Shared | None:
    """What replicas share through Redis; a SQLite file has only one process, which shares nothing."""
    if not config.redis_url or not is_server(config.database_url):
        return None
    shared = Shared(config.redis_url, await store.number(), store.clock)
    store.ring_by(shared.bell)
    return shared


# The chats' libraries take a second to load, which commands without them should not.


def _workspace(config: Config, policy: Policy, store: SqlStore, shared: Shared | None) -> Workspace | None:
    if config.slack is None:
        return None
    from adapters.slack.workspace import Workspace

    budgets = shared.budgets if shared else None
    return Workspace(config.slack, policy, store.identities, store.clock, budgets)


def _tenancy(config: Config, policy: Policy, store: SqlStore, shared: Shared | None) -> Tenancy | None:
    if config.teams is None:
        return None
    from adapters.teams.tenancy import Tenancy

    budgets = shared.budgets if shared else None
    return Tenancy(config.teams, policy, store.identities, store.references, store.clock, budgets)


def _assemble(
    config: Config,
    full: Policy,
    store: SqlStore,
    chats: Chats,
    workspace: Workspace | None,
    tenancy: Tenancy | None,
    shared: Shared | None,
    sources: Sources,
    paging: Pagers,
    networks: Networks,
) -> Desk:
    hub = LiveHub(log=store.weblog, clock=store.clock)
    spoken = dict(chats(full, store, hub))
    spoken |= {"slack": workspace.chat} if workspace else {}
    spoken |= {"teams": tenancy.chat} if tenancy else {}
    # Where no chat is on, words are kept for the day one is; else they are said only where we can speak.
    policy = speaking(full, spoken.keys()) if spoken else full
    store.policy = policy
    metrics = Metrics(queue_depth=lambda: store.writer.depth)
    if shared is not None:
        shared.watched_by(metrics.redis())
    link_address = config.sign_in.link_address if config.sign_in else ""
    router = Router(all_routes(link_address, networks), policy, store, store.clock, observer=metrics)
    delivery = Delivery(
        lanes=store.lanes,
        chats=spoken,
        views=router,
        policy=policy,
        clock=store.clock,
        nonces=lambda: uuid.uuid4().hex,
        observer=metrics,
        pagers=paging.chats,
    )
    pulse = Pulse(store=store, told=lambda outage: metrics.outage(outage.since, outage.until))
    worker = Worker(
        timers=store.timers,
        lanes=store.lanes,
        runner=router,
        empty_lane=delivery.empty,
        clock=store.clock,
        refresh=partial(_refresh, store, pulse),
        speaks=bool(spoken),
        tell=partial(_tell_of_set_aside, store),
    )
    store.woken = worker.wake
    listener = Listener(router, shared.underway if shared else None)
    ears: dict[str, Any] = {
        "hear": listener.hear,
        "happened": listener.happened,
        "views": router,
        "sent": store.sent,
    }
    return Desk(
        config=config,
        policy=policy,
        store=store,
        router=router,
        listener=listener,
        worker=worker,
        delivery=delivery,
        hub=hub,
        metrics=metrics,
        chats=spoken,
        pulse=pulse,
        sources=sources,
        pagers=paging,
        shared=shared,
        workspace=workspace,
        slack=workspace.front(**ears, counted=metrics.slack_event) if workspace else None,
        tenancy=tenancy,
        teams=tenancy.front(**ears, counted=metrics.teams_activity) if tenancy else None,
    )


async def _refresh(store: SqlStore, pulse: Pulse) -> None:
    """What other processes changed. Whoever a group lost meanwhile lets go of what they hold."""
    await store.refresh()
    await pulse.beat()
    if store.policy.people.lost_somebody():
        ring = leaving_clock(store.clock.now())
        await store.submit([lambda c: put(c, ring)])


async def _tell_of_set_aside(store: SqlStore, job: Job, reason: str) -> None:
    now = store.clock.now()
    whom = last_resort(store.policy, next(iter(store.policy.departments)), now)
    if whom is not None:
        sentence = SET_ASIDE.format(job=job.key, reason=reason)
        word = tell(whom, sentence, key=f"{TOLD}aside:{job.key}", at=now)
        await store.submit([lambda c: put(c, word)])
