"""One unit of work of the filing: mentions of one case, with the cases that change beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain.case import Case
from bot.domain.lifecycle import answered_in_public
from bot.domain.mention import Mention
from bot.domain.surges.surge import reposted
from bot.ports import Lead, Thread, Work
from bot.router import Call
from bot.triage.copies import said_at
from handlers.intake.copies import Copies
from handlers.intake.filing import (
    BY_ANOTHER,
    IN_THREAD,
    answered_keys,
    case_for,
    follows,
    is_own,
    is_root,
    joined,
    links,
    may_reopen,
    opened,
    own_root,
    shared_key,
)
from handlers.reply.conversation import answers_the_customer, concerns_the_reply, our_reply
from handlers.urgent.backlog import as_backlog

OUR_OWN: Final = "our own post"
REPOST: Final = "a repost, counted on case {number}"
OF_UNKNOWN: Final = "a repost of a post that the desk does not know"


@dataclass(slots=True, kw_only=True)
class Unit:
    """One unit of work on one case, which the first mention chooses."""

    call: Call
    work: Work
    threads: dict[str, Thread]
    copies: Copies
    chosen: int | None = None
    leads: list[Lead] = field(default_factory=list)
    _cases: dict[int, Case] = field(default_factory=dict)
    _changed: dict[int, Case] = field(default_factory=dict)
    _linked: dict[str, Thread] = field(default_factory=dict)

    async def takes_by_key(self, mention: Mention) -> bool | None:
        """Files a mention that its thread or its author leads to a case. False when that is another case than the one
        chosen, None when nothing leads it anywhere."""
        policy = self.call.policy
        ours = await our_reply(self, mention)
        if ours is not None:
            return ours
        if is_own(policy, mention):
            return await self._takes_own(mention)
        if mention.repost_of:
            shared = self.threads.get(shared_key(mention) or "")
            return await self.reposts(mention, shared.case_id if shared else 0)
        found = case_for(policy, mention, self.threads)
        if found is None:
            return None
        thread, why = found
        near = await self.get(thread.case_id)
        case = await self.leader(near)
        if not self.may_touch(case):
            return False
        if not may_reopen(policy, case, mention):
            return await self.opens(mention, earlier=case)
        helps = why == IN_THREAD and await answers_the_customer(self, mention, case)
        voids = helps or await concerns_the_reply(self, mention, case)
        why = BY_ANOTHER if helps else why
        case = joined(policy, case, mention, why, at=self.call.now, voids=voids, helps=helps)
        await self.files(mention, case, under=near)
        return True

    async def reposts(self, mention: Mention, number: int) -> bool:
        """Somebody shared a post of that case (0: of none that the desk knows): counted, with nothing to answer."""
        if not number:
            await self.work.mentions.set_aside(mention, OF_UNKNOWN)
            return True
        case = await self.leader(await self.get(number))
        if not self.may_touch(case):
            return False
        self.shared(mention, reposted(case, mention, at=self.call.now))
        await self.work.mentions.set_aside(mention, REPOST.format(number=case.id))
        return True

    async def _takes_own(self, mention: Mention) -> bool:
        """Our own post in a customer's thread is an answer; elsewhere there is nothing to answer."""
        keys = answered_keys(mention, self.threads)
        thread = next((self.threads[key] for key in keys if key in self.threads), None)
        if thread is None or is_root(mention):
            await self.work.mentions.set_aside(mention, OUR_OWN)
            # Whoever writes below it is a customer with a matter of their own.
            self.link(
                Thread(key=own_root(mention.source, mention.external_id), case_id=0, last_at=self.call.now)
            )
            return True
        near = await self.get(thread.case_id)
        case = await self.leader(near)
        if not self.may_touch(case):
            return False
        await self.files(mention, answered_in_public(case, at=mention.received_at), under=near, counts=False)
        return True

    async def opens(
        self,
        mention: Mention,
        *,
        earlier: Case | None = None,
        kind: str | None = "",
        case: Case | None = None,
    ) -> bool:
        """A new case for it, unless a case is chosen. It leads near-copies of its kind; None: it leads none."""
        if self.chosen is not None:
            return False
        policy, now = self.call.policy, self.call.now
        if case is None:
            linked = earlier.id if earlier else None
            case = opened(policy, await self.work.cases.number(), mention, at=now, linked_to=linked)
        if kind is not None:
            self.leads_on(mention, case, kind)
        await self.files(mention, follows(policy, case, earlier, at=now) if earlier else case)
        return True

    def leads_on(self, mention: Mention, case: Case, kind: str) -> None:
        """Near-copies of this post find its case from now on."""
        if not self.copies.comparable(mention):
            return
        lead = Lead(
            mention=mention.id,
            community=self.copies.community,
            case_id=case.id,
            department=case.department,
            kind=kind,
            said_at=said_at(mention),
            last_at=said_at(mention),
            changed_at=self.call.now,
        )
        self.leads.append(lead)

    def still_leads(self, lead: Lead, mention: Mention) -> None:
        """One more copy was said: the window goes on from there."""
        last = max(lead.last_at, said_at(mention))
        self.leads.append(replace(lead, last_at=last, changed_at=self.call.now))

    async def files(
        self,
        mention: Mention,
        case: Case,
        *,
        under: Case | None = None,
        counts: bool = True,
    ) -> None:
        """The mention belongs to `case`; where a merged one led there, it stays with that one, and leaves with it."""
        self.chosen = case.id
        self.put(case)
        holder = case
        if under is not None and under.id != case.id:
            more = replace(under, mentions=under.mentions + 1, last_mention_at=mention.received_at)
            holder = more if counts else under
            self.put(holder)
            if counts:
                await self._counts_between(mention, case, holder.id)
        await self.work.mentions.file(mention, holder.id)
        by_author = not is_own(self.call.policy, mention)
        for thread in links(mention, holder, self.threads, by_author=by_author):
            self.link(thread)

    async def _counts_between(self, mention: Mention, case: Case, holder: int) -> None:
        """A case merged with others in it counts what they get, so that it has it when it leaves with them."""
        for number in case.absorbed if len(case.absorbed) > 1 else ():
            between = await self.get(number)
            if holder in between.absorbed:
                self.put(replace(between, mentions=between.mentions + 1, last_mention_at=mention.received_at))

    def shared(self, mention: Mention, case: Case) -> None:
        """Answers to what was shared find the case."""
        self.chosen = case.id
        self.put(case)
        for thread in links(mention, case, self.threads, by_author=False):
            self.link(thread)

    async def get(self, number: int) -> Case:
        """The case as this unit leaves it."""
        if number not in self._cases:
            self._cases[number] = await self.work.cases.get(number)
        return self._cases[number]

    async def leader(self, case: Case) -> Case:
        """Who answers for the case: itself, or the case it was merged into."""
        while case.merged_into is not None:
            case = await self.get(case.merged_into)
        return case

    def may_touch(self, case: Case) -> bool:
        return self.chosen in (None, case.id)

    def put(self, case: Case) -> None:
        if case != self._cases.get(case.id):
            self._cases[case.id] = self._changed[case.id] = case

    def link(self, thread: Thread) -> None:
        """The key leads there from now on."""
        self.threads[thread.key] = self._linked[thread.key] = thread

    async def save(self, first: Mention) -> None:
        """All of it, as one."""
        for case in self._changed.values():
            await self.work.cases.save(await as_backlog(self.work, case, first))
        if self._linked:
            await self.work.cases.link(self._linked.values())
        newest = {lead.mention: lead for lead in self.leads}
        for lead in newest.values():
            await self.work.leads.keep(lead)
