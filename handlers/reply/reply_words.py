"""Where a reply stands, in words."""

from __future__ import annotations

from typing import Final

from bot.domain.case import Case
from bot.domain.people import PersonId
from bot.domain.replies.reply import PublicReply, ReplyState
from bot.policy.names import Spoken

_WRITES: Final = "{who} is writing it."
_ASKED: Final = "{who} is asked to approve it until {at}."
_APPROVED: Final = "{who} approved it; it has not left."
_LEAVES: Final = "It leaves within ten seconds. Cancel stops it."
_AGAIN: Final = "The network does not take it now: {why} It is tried again by itself."
_SENT: Final = "It is on its way to the network."
_DOUBT: Final = "Whether it is out cannot be told. Open the post and look."


def reply_sentence(case: Case, names: Spoken) -> str:
    """Where the reply stands, for everybody who sees the case; blank where there is none."""
    reply = case.reply
    if reply is None:
        return ""
    said = state_of(case, names)
    return said or f"{names.person(reply.by)} drafted it; it has not left."


def state_of(case: Case, names: Spoken, *, reader: PersonId | None = None) -> str:
    """Where it stands; a draft that nobody but the `reader` has in hand needs no word."""
    reply = case.reply
    if reply is None:
        return ""
    match reply.state:
        case ReplyState.ASKED if reply.asked and reply.asked_until:
            return _ASKED.format(who=names.person(reply.asked), at=names.moment(reply.asked_until))
        case ReplyState.APPROVED if reply.approved_by:
            return _APPROVED.format(who=names.person(reply.approved_by))
        case ReplyState.LEAVING:
            return _AGAIN.format(why=reply.why) if tried_again(reply) else _LEAVES
        case ReplyState.SENDING:
            return _SENT
        case ReplyState.UNSURE:
            return _DOUBT
        case _:
            composes = reply.composer not in (None, reader) and reply.composing_until is not None
            return (
                _WRITES.format(who=names.person(reply.composer))
                if composes and names.now < (reply.composing_until or names.now)
                else ""
            )


def tried_again(reply: PublicReply) -> bool:
    return reply.state is ReplyState.LEAVING and reply.tries > 0
