"""A batch of mentions in chains: within one, order matters; each unit of work files mentions of one case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain.case import Case
from bot.domain.lifecycle import answered_in_public
from bot.domain.mention import Mention
from bot.ports import Thread, Work
from bot.router import Call
from handlers.filing import (
    author_key,
    case_for,
    is_own,
    joined,
    links,
    may_reopen,
    opened,
    own_key,
    thread_keys,
)

OUR_OWN: Final = "our own post"


def chains(mentions: Sequence[Mention]) -> tuple[tuple[Mention, ...], ...]:
    """The mentions, in their order, in groups that share no key: those may be filed at the same time."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for mention in mentions:
        first, *others = _keys(mention)
        for other in others:
            leader[find(other)] = find(first)
    found: dict[str, list[Mention]] = {}
    for mention in mentions:
        found.setdefault(find(own_key(mention)), []).append(mention)
    return tuple(tuple(chain) for chain in found.values())


async def file_some(call: Call, chain: Sequence[Mention], *, most: int, again: bool) -> Sequence[Mention]:
    """Files the first mention and those that follow into the same case, `most` at once; the rest comes back.

    `again` looks first whether another run filed them meanwhile. Raises Stale; then nothing was filed.
    """
    async with call.work(finish=False) as work:
        waiting = await _unfiled(work, chain) if again else chain
        keys = dict.fromkeys(key for mention in waiting for key in _keys(mention))
        unit = _Unit(call=call, work=work, threads=dict(await work.cases.threads(keys)))
        done = 0
        while done < min(most, len(waiting)) and await unit.takes(waiting[done]):
            done += 1
        if unit.case is not None:
            await work.cases.save(unit.case)
            await work.cases.link(unit.linked.values())
    return waiting[done:]


@dataclass(slots=True, kw_only=True)
class _Unit:
    """One unit of work on one case, which the first mention chooses."""

    call: Call
    work: Work
    threads: dict[str, Thread]
    case: Case | None = None
    linked: dict[str, Thread] = field(default_factory=dict)

    async def takes(self, mention: Mention) -> bool:
        """Files the mention. False when it belongs to another case than those before it."""
        policy = self.call.policy
        if is_own(policy, mention):
            return await self._takes_own(mention)
        found = case_for(policy, mention, self.threads)
        if found is None:
            return await self._opens(mention, None)
        thread, why = found
        if self.case is not None and self.case.id != thread.case_id:
            return False
        case = self.case or await self.work.cases.get(thread.case_id)
        if not may_reopen(policy, case, mention):
            return await self._opens(mention, case.id)
        await self._files(mention, joined(policy, case, mention, why, at=self.call.now))
        return True

    async def _takes_own(self, mention: Mention) -> bool:
        """Our own post in a customer's thread is an answer; elsewhere there is nothing to answer."""
        thread = next((self.threads[key] for key in thread_keys(mention) if key in self.threads), None)
        if thread is None:
            await self.work.mentions.set_aside(mention, OUR_OWN)
            return True
        if self.case is not None and self.case.id != thread.case_id:
            return False
        case = self.case or await self.work.cases.get(thread.case_id)
        await self._files(mention, answered_in_public(case, at=mention.received_at))
        return True

    async def _opens(self, mention: Mention, linked_to: int | None) -> bool:
        if self.case is not None:
            return False
        number = await self.work.cases.number()
        policy, now = self.call.policy, self.call.now
        await self._files(mention, opened(policy, number, mention, at=now, linked_to=linked_to))
        return True

    async def _files(self, mention: Mention, case: Case) -> None:
        self.case = case
        await self.work.mentions.file(mention, case.id)
        by_author = not is_own(self.call.policy, mention)
        new = {thread.key: thread for thread in links(mention, case, by_author=by_author)}
        self.threads.update(new)
        self.linked.update(new)


async def _unfiled(work: Work, chain: Sequence[Mention]) -> Sequence[Mention]:
    newest = [await work.mentions.get(mention.id) for mention in chain]
    return [mention for mention in newest if mention is not None and mention.case_id is None]


def _keys(mention: Mention) -> tuple[str, ...]:
    author = author_key(mention)
    return (*thread_keys(mention), author) if author else thread_keys(mention)
