"""A batch of mentions in chains: within one, order matters; each unit of work files mentions of one case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.mention import Mention
from bot.ports import Work
from bot.router import Call
from handlers.intake.copies import Copies
from handlers.intake.filing import author_key, looked_up, own_key, shared_key, thread_keys
from handlers.intake.gathering import gathers
from handlers.intake.unit import Unit


def chains(
    mentions: Sequence[Mention], alike: Mapping[int, Sequence[str]] | None = None
) -> tuple[tuple[Mention, ...], ...]:
    """The mentions, in their order, in groups that share no key: those may be filed at the same time. `alike` are keys
    that near-copies share, by mention."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for mention in mentions:
        first, *others = (*_keys(mention), *(alike or {}).get(mention.id, ()))
        for other in others:
            leader[find(other)] = find(first)
    found: dict[str, list[Mention]] = {}
    for mention in mentions:
        found.setdefault(find(own_key(mention)), []).append(mention)
    return tuple(tuple(chain) for chain in found.values())


async def file_some(
    call: Call, chain: Sequence[Mention], copies: Copies, *, most: int, again: bool
) -> Sequence[Mention]:
    """Files the first mention and those that follow into the same case, `most` at once; the rest comes back.

    `again` looks first whether another run filed them meanwhile. Raises Stale; then nothing was filed.
    """
    async with call.work(finish=False) as work:
        waiting = await _unfiled(work, chain) if again else chain
        keys = dict.fromkeys(key for mention in waiting for key in looked_up(mention))
        unit = Unit(call=call, work=work, threads=dict(await work.cases.threads(keys)), copies=copies)
        done = 0
        while done < min(most, len(waiting)) and await _takes(unit, waiting[done]):
            done += 1
        if done:
            await unit.save(waiting[0])
    # Only what is committed may lead others.
    copies.keep(unit.leads)
    return waiting[done:]


async def _takes(unit: Unit, mention: Mention) -> bool:
    """Files the mention. False when it belongs to another case than those before it."""
    by_key = await unit.takes_by_key(mention)
    return await gathers(unit, mention) if by_key is None else by_key


async def _unfiled(work: Work, chain: Sequence[Mention]) -> Sequence[Mention]:
    newest = [await work.mentions.get(mention.id) for mention in chain]
    return [mention for mention in newest if mention is not None and mention.case_id is None]


def _keys(mention: Mention) -> tuple[str, ...]:
    others = (shared_key(mention), author_key(mention))
    return (*thread_keys(mention), *(key for key in others if key))
