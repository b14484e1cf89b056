"""What the handlers of replies share: which post is answered, by which account, and the preview for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards.masking import secrets_in
from bot.cards.phrases import network as network_title
from bot.cards.reply import ReplyView, Said, Suggestion
from bot.cards.trim import line
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.mention import Mention
from bot.domain.people import PersonId
from bot.domain.replies.reply import PublicReply, ReplyState
from bot.domain.replies.reply_refusals import CannotAnswer
from bot.domain.roles import Actor
from bot.domain.surges.merge_refusals import NoSuchPost
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.playbook import filled, suggested
from bot.policy.presence import speaks
from bot.policy.publishing import may_approve, next_asked, publishes_alone
from bot.ports import Costly, Network, Networks, Work
from bot.router import Look
from handlers.intake.filing import handle_of, is_own
from handlers.reply.reply_words import state_of, tried_again
from handlers.shared.posts import mention_view, words_of
from handlers.shared.rights import may_reply
from handlers.urgent.frozen import banner

NO_ACCOUNT: Final = "No account of ours answers on {network}."
GONE: Final = "The customer deleted the post."
NOT_THERE: Final = "The network does not let this post be answered from here."

_HOLDS: Final = "The reply holds a {what}: everybody would read it."
_TOO_LONG: Final = "The reply is {over} too long for {network}."
_READ_BEFORE: Final = "The post is in {language}, which you are not listed as reading."
_HELPED: Final = "Somebody else of the community answered the customer meanwhile: {who}."
_CAME_BACK: Final = "It came back: {why}"
_WE: Final = "We, {at} ({who})"
_US: Final = "We, {at}"
_POSTS: Final = 20
_BEFORE: Final = 5
_HISTORY: Final = 50
_SUGGESTED: Final = 3


def account_for(networks: Networks, case: Case, mention: Mention) -> Network:
    """Who answers this post. Raises CannotAnswer with the reason."""
    if mention.removed:
        raise CannotAnswer(case.id, GONE)
    network = networks.answering(mention)
    if network is None:
        raise CannotAnswer(case.id, NO_ACCOUNT.format(network=network_title(mention.source)))
    if mention.can_reply is False:
        raise CannotAnswer(case.id, mention.why_no_reply or NOT_THERE)
    why = network.why_not(mention)
    if why is not None:
        raise CannotAnswer(case.id, why)
    return network


async def answered_post(work: Work, policy: Policy, case: Case, post: str | None = None) -> Mention | None:
    """The post that a reply is to: the one picked, the one that a reply is under way to, else the customer's newest.

    None where several customers are gathered and none is picked. Raises NoSuchPost.
    """
    if post is not None:
        number = post.removeprefix("#")
        picked = await work.mentions.get(int(number)) if number.isdecimal() and len(number) < 18 else None
        if picked is None or picked.case_id not in (case.id, *case.absorbed) or is_own(policy, picked):
            raise NoSuchPost(case.id, post)
        return picked
    if case.reply is not None:
        return await work.mentions.get(case.reply.mention)
    if case.one_by_one:
        return None
    theirs = await customers_posts(work, policy, case)
    return theirs[0] if theirs else None


async def customers_posts(work: Work, policy: Policy, case: Case) -> Sequence[Mention]:
    """What the customer wrote, newest first: neither us, nor whoever else writes in the thread."""
    posts = [one for one in await work.mentions.of(case.id, limit=_POSTS) if not is_own(policy, one)]
    first = handle_of(posts[-1]) if posts else ""
    return [one for one in posts if handle_of(one) == first]


# -- the preview ---------------------------------------------------------------------------------


async def reply_view(work: Work, look: Look, networks: Networks, case: Case, mention: Mention) -> ReplyView:
    """The reply to that post as the reader sees it."""
    names, reply, actor = look.names, case.reply, look.actor
    network = networks.named(reply.account) if reply else None
    network = network or networks.answering(mention)
    text = reply.text if reply else ""
    author = reply.by if reply else (actor.id if actor else None)
    asks = _approver(look, case, actor, reply)
    flags = _flags(look, case, actor)
    return ReplyView(
        number=case.id,
        mention=mention_view(mention, names),
        account=network.account if network else "",
        network=network.title if network else network_title(mention.source),
        text=text,
        state=state_of(case, names, reader=actor.id if actor else None),
        why=_CAME_BACK.format(why=reply.why) if reply and reply.why and not tried_again(reply) else "",
        warnings=tuple(await _warnings(work, look, case, mention, text, network)),
        before=await _before(work, look, case, mention),
        suggestions=_suggestions(look, case, mention) if flags["can_write"] else (),
        left=network.rule.left(text) if network else 0,
        limit=network.rule.most if network else 0,
        counts=network.rule.counting.value if network else "",
        approver=names.person(asks) if asks else "",
        mine=actor is not None and author == actor.id,
        urgent=reply is not None and reply.state is ReplyState.UNSURE,
        in_doubt=reply is not None and reply.state is ReplyState.UNSURE and flags["can_write"],
        **flags,
    )


def _flags(look: Look, case: Case, actor: Actor | None) -> dict[str, bool]:
    reply = case.reply
    state = reply.state if reply else ReplyState.DRAFT
    writes = actor is not None and not case.closed and may_reply(case, actor)
    held = reply is not None and reply.composing_until is not None and look.now < reply.composing_until
    free = reply is None or not held or actor is None or reply.composer in (None, actor.id)
    here = reply is not None and bool(reply.text) and state in (ReplyState.DRAFT, ReplyState.APPROVED)
    others = reply is not None and actor is not None and reply.by != actor.id
    return {
        "can_write": writes and free and state not in (ReplyState.SENDING, ReplyState.LEAVING),
        "can_publish": writes and free and here,
        "can_cancel": writes and state in (ReplyState.LEAVING, ReplyState.ASKED),
        "can_approve": state is ReplyState.ASKED
        and others
        and actor is not None
        and may_approve(look.policy, case, actor),
    }


def _approver(look: Look, case: Case, actor: Actor | None, reply: PublicReply | None) -> PersonId | None:
    """Who would be asked if the reader pressed Publish; None where it leaves at once."""
    if actor is None or (reply is not None and (reply.approved_by or reply.state is not ReplyState.DRAFT)):
        return None
    if publishes_alone(look.policy, case, actor):
        return None
    return next_asked(look.policy, case, reply.by if reply else actor.id, look.now)


async def _warnings(
    work: Work, look: Look, case: Case, mention: Mention, text: str, network: Network | None
) -> list[str]:
    names = look.names
    found = [_HOLDS.format(what=what) for what in secrets_in(text)]
    over = -network.rule.left(text) if network else 0
    found += [_TOO_LONG.format(over=f"{over:,}", network=network.title)] if network and over > 0 else []
    found += _costs(network, text)
    frozen = banner(await work.freezes.standing(case), names)
    found += [frozen] if frozen else []
    if case.helped_by is not None:
        other = await work.mentions.get(case.helped_by)
        found += [_HELPED.format(who=line(other.author.handle, 60))] if other else []
    if look.person is not None and not speaks(look.person, mention.lang):
        found.append(_READ_BEFORE.format(language=mention_view(mention, names).language))
    return found


def _costs(network: object, text: str) -> list[str]:
    note = network.cost_note(text) if isinstance(network, Costly) and text else None
    return [note] if note else []


async def _before(work: Work, look: Look, case: Case, mention: Mention) -> tuple[Said, ...]:
    """The newest of what the customer and we said before that post, and since."""
    names = look.names
    posts = [one for one in await work.mentions.of(case.id, limit=_POSTS) if one.id != mention.id]
    if case.one_by_one:
        posts = [one for one in posts if handle_of(one) == handle_of(mention)]
    told = [(one.created_at, _said(one, look)) for one in posts]
    ids = {mention.id, *(one.id for one in posts)}
    published = (e for e in await work.cases.history(case.id, limit=_HISTORY) if e.kind is Kind.PUBLISHED)
    told += [(event.at, _ours(event, names)) for event in published if event.data.get("mention") in ids]
    return tuple(said for _, said in sorted(told, key=lambda one: one[0])[-_BEFORE:])


def _said(mention: Mention, look: Look) -> Said:
    view = mention_view(mention, look.names)
    by = _US.format(at=view.at) if is_own(look.policy, mention) else f"{view.author} · {view.at}"
    return Said(text=view.text, by=by, lang=view.lang)


def _ours(event: Event, names: Spoken) -> Said:
    by = _WE.format(at=names.moment(event.at), who=names.person(event.by))
    return Said(text=str(event.data.get("text") or ""), by=by)


def _suggestions(look: Look, case: Case, mention: Mention) -> tuple[Suggestion, ...]:
    person = look.person
    found = suggested(look.policy, case, mention)[:_SUGGESTED]
    return tuple(
        Suggestion(
            name=one.name,
            title=one.title,
            text=filled(look.policy, one, case, mention, person.name if person else ""),
        )
        for one in found
    )


def label_of(mention: Mention) -> str:
    """Whose post and what, in one line."""
    return line(f"{mention.author.handle}: {words_of(mention)}", 70)
