"""How a mention becomes a case or joins one: shared by what arrives and what people bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from bot.domain.alarms.escalation import escalate
from bot.domain.case import Case
from bot.domain.lifecycle import complete, join, open_case
from bot.domain.mention import Mention
from bot.domain.roles import DESK, Actor
from bot.domain.sight import restrict_by_desk
from bot.policy.ladder import escalation_policy_for
from bot.policy.model import Policy
from bot.policy.sight import kept_to_itself
from bot.policy.terms import lease, lease_for, service
from bot.ports import Thread
from bot.triage.rules import Triage, triage

BY_RULE: Final = 'the rule "{rule}"'
IN_THREAD: Final = "it is in the same thread"
BY_ANOTHER: Final = "somebody who is neither the customer nor us wrote below their post"
BY_AUTHOR: Final = "the same author wrote again"
FILED_BEFORE: Final = "a colleague filed it before"
OF_COLLEAGUE: Final = "a colleague writes as a customer, who agreed that the desk knows"
IT_FOLLOWS: Final = "it follows case {number}, which is restricted"

LINK: Final = "link:"
_ANONYMOUS: Final = ("", "unknown")


def own_key(mention: Mention) -> str:
    """The key of the post itself, under which answers to it find its case."""
    return f"post:{mention.source}:{mention.external_id}"


def thread_keys(mention: Mention) -> tuple[str, ...]:
    """The keys of the mention's thread: its root, what it answers, itself, and its link."""
    posts = [f"post:{mention.source}:{post}" for post in (mention.thread, mention.in_reply_to) if post]
    links = [link_key(mention.url)] if mention.url else []
    return tuple(dict.fromkeys((*posts, own_key(mention), *links)))


def shared_key(mention: Mention) -> str | None:
    """The key of the post that this one only shares."""
    return f"post:{mention.source}:{mention.repost_of}" if mention.repost_of else None


def own_root(source: str, post: str) -> str:
    """The key that says that this post is one of ours, with no customer's matter behind it."""
    return f"own:{source}:{post}"


def is_root(mention: Mention) -> bool:
    """Whether it answers nothing: a post of its own."""
    return not mention.in_reply_to and mention.thread in (None, "", mention.external_id)


def looked_up(mention: Mention) -> tuple[str, ...]:
    """Every key by which the mention's case may be found, and those that say which posts above it are ours."""
    above = [post for post in (mention.thread, mention.in_reply_to) if post]
    ours = [key for post in above for key in (own_root(mention.source, post), _below(mention, post))]
    others = [key for key in (shared_key(mention), author_key(mention)) if key]
    return tuple(dict.fromkeys((*thread_keys(mention), *ours, *others)))


def answered_keys(mention: Mention, threads: Mapping[str, Thread]) -> tuple[str, ...]:
    """`thread_keys`, but below one of our own posts everybody has a matter of their own: there the key is that of the
    author below the post."""
    ours = {
        f"post:{mention.source}:{post}": _below(mention, post)
        for post in (mention.thread, mention.in_reply_to)
        if post and own_root(mention.source, post) in threads
    }
    anonymous = handle_of(mention) in _ANONYMOUS
    keys = ((ours[key] if not anonymous else "") if key in ours else key for key in thread_keys(mention))
    return tuple(key for key in keys if key)


def _below(mention: Mention, post: str) -> str:
    return f"below:{mention.source}:{post}:{handle_of(mention)}"


def link_key(url: str) -> str:
    return f"{LINK}{url}"


def author_key(mention: Mention) -> str | None:
    """The key of the author within the community; None for one without a name."""
    handle = handle_of(mention)
    return None if handle in _ANONYMOUS else f"author:{mention.community}:{mention.source}:{handle}"


def handle_of(mention: Mention) -> str:
    return mention.author.handle.strip().removeprefix("@").casefold()


def is_own(policy: Policy, mention: Mention) -> bool:
    """Whether one of the company's own accounts wrote it."""
    answering = (f"{plan.source}:{plan.account}" for plan in policy.sources.values() if plan.account)
    return written_by(mention, (*policy.company.own_accounts, *answering))


def written_by(mention: Mention, accounts: Iterable[str]) -> bool:
    """Whether the author is one of these accounts, named as `source:handle`."""
    author = f"{mention.source}:{handle_of(mention)}".casefold()
    return author in (account.replace(":@", ":").casefold() for account in accounts)


def links(
    mention: Mention, case: Case, threads: Mapping[str, Thread], *, by_author: bool
) -> tuple[Thread, ...]:
    """The keys that lead to the case from now on."""
    posts = [key for key in answered_keys(mention, threads) if not key.startswith(LINK)]
    author = author_key(mention) if by_author else None
    keys = (*posts, *((author,) if author else ()))
    return tuple(Thread(key=key, case_id=case.id, last_at=mention.received_at) for key in keys)


def opened(
    policy: Policy,
    number: int,
    mention: Mention,
    *,
    at: datetime,
    by: Actor = DESK,
    linked_to: int | None = None,
    pages: bool = True,
) -> Case:
    """A new case for the mention, where the rules say; restricted and escalated when one of them says so. Without
    `pages` nobody is paged: the cause was told already."""
    found = triage(policy, mention)
    case = open_case(
        number,
        mention,
        department=found.department,
        priority=found.priority,
        marks=found.marks,
        reasons="; ".join(found.reasons),
        at=at,
        terms=service(policy, found.department, found.priority),
        linked_to=linked_to,
        by=by,
    )
    case = kept_to_itself(_restricted(policy, mention, case, found, at), policy, at=at)
    return _escalated(policy, case, found, at) if pages else case


def follows(policy: Policy, case: Case, earlier: Case, *, at: datetime) -> Case:
    """The new case of somebody whose `earlier` one is closed: what was restricted stays so."""
    why = IT_FOLLOWS.format(number=earlier.id)
    return restrict_by_desk(case, earlier.restricted_to, why, at=at, lease=lease_for(policy, case))


def joined(
    policy: Policy,
    case: Case,
    mention: Mention,
    why: str,
    *,
    at: datetime,
    voids: bool = True,
    helps: bool = False,
) -> Case:
    """The case with one more mention, more urgent when that is. A mark it did not have may escalate it, and a rule
    that it holds to may restrict it. `voids` and `helps` are those of `join`."""
    found = triage(policy, mention)
    urgent = min(case.priority, found.priority)
    news = not found.marks <= set(case.marks) or case.escalation is None
    case = join(
        case,
        mention,
        why=why,
        priority=found.priority,
        marks=found.marks,
        at=at,
        terms=service(policy, case.department, urgent),
        lease=lease(policy, case.department, urgent),
        voids=voids,
        helps=helps,
    )
    case = _restricted(policy, mention, case, found, at)
    return _escalated(policy, case, found, at) if news else case


def worded(policy: Policy, case: Case, mention: Mention, *, at: datetime) -> Case:
    """The case after the missing words of one of its posts came: the rules judge them as they would have at first."""
    found = triage(policy, mention)
    urgent = min(case.priority, found.priority)
    news = not found.marks <= set(case.marks) or case.escalation is None
    case = complete(
        case,
        mention,
        priority=found.priority,
        marks=found.marks,
        at=at,
        terms=service(policy, case.department, urgent),
        lease=lease(policy, case.department, urgent),
    )
    if case.closed:
        return case
    case = _restricted(policy, mention, case, found, at)
    return _escalated(policy, case, found, at) if news else case


def may_reopen(policy: Policy, case: Case, mention: Mention) -> bool:
    """Whether the mention belongs to that very case: open, or closed not too long before."""
    closed = case.closed_at if case.closed else None
    return closed is None or mention.received_at - closed <= policy.defaults.reopen_within


def case_for(policy: Policy, mention: Mention, threads: Mapping[str, Thread]) -> tuple[Thread, str] | None:
    """The key that leads to the mention's case, and why in words: its thread, else its author's last one.

    None: it opens a case.
    """
    for key in answered_keys(mention, threads):
        if key in threads:
            return threads[key], FILED_BEFORE if key.startswith(LINK) else IN_THREAD
    author = threads.get(author_key(mention) or "")
    if author and mention.received_at - author.last_at <= policy.defaults.follow_up_window:
        return author, BY_AUTHOR
    return None


def _restricted(policy: Policy, mention: Mention, case: Case, found: Triage, at: datetime) -> Case:
    if any(written_by(mention, person.writes_as) for person in policy.people.values()):
        lease = lease_for(policy, case)
        case = restrict_by_desk(case, (case.department,), OF_COLLEAGUE, at=at, lease=lease)
    if not found.restrict:
        return case
    rule = next(rule.name for rule in policy.rules if rule.restrict and rule.name in found.rules)
    why = BY_RULE.format(rule=rule)
    return restrict_by_desk(case, found.restrict, why, at=at, lease=lease_for(policy, case))


def _escalated(policy: Policy, case: Case, found: Triage, at: datetime) -> Case:
    name = escalation_policy_for(policy, case.department, case.priority) if found.escalate else None
    if name is None or case.escalating:
        return case
    rule = next(rule.name for rule in policy.rules if rule.escalate and rule.name in found.rules)
    return escalate(case, BY_RULE.format(rule=rule), name, by=DESK, at=at)
