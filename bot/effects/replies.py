"""Replies: when one leaves, and who is asked to approve it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.replies.reply import PublicReply, ReplyState
from bot.policy.model import Policy
from bot.policy.places import lane_of
from bot.ports import Put, Rank

_GOING = (ReplyState.LEAVING, ReplyState.SENDING)


def departure(before: Case | None, after: Case) -> tuple[list[Put], list[str]]:
    """(the job that sends it, keys to drop). It waits in real time: ten seconds are ten seconds on any clock."""
    was, reply = (before.reply if before else None), after.reply
    key = f"publish:{after.id}"
    if reply is None or reply.state not in _GOING:
        return [], [key] if was is not None and was.state in _GOING else []
    moved = was is None or was.state is not ReplyState.LEAVING or was.leaves_at != reply.leaves_at
    if reply.state is not ReplyState.LEAVING or not moved:
        return [], []
    args = {"case": after.id}
    return [Put(kind="publish", key=key, due=reply.began_at, args=args, not_before=reply.leaves_at)], []


def approvals(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """Whoever is asked gets the reply with its buttons; once it is answered, the same message is corrected."""
    was, reply = (before.reply if before else None), after.reply
    for one in (was, reply):
        changed = _asked(was) != _asked(reply)
        if changed and one is not None and one.asked is not None and one.asked in policy.people:
            yield _message(after, one, now)


def _asked(reply: PublicReply | None) -> int:
    return reply.asked_event if reply and reply.asked else 0


def _message(case: Case, reply: PublicReply, now: datetime) -> Put:
    subject = f"{case.id}:{reply.asked_event}:{reply.asked}"
    return Put(
        kind="notice",
        key=f"notice:{subject}",
        due=now,
        lane=lane_of(reply.asked or reply.by),
        rank=Rank.NOTE,
        args={"view": "approval", "subject": subject, "person": reply.asked},
    )
