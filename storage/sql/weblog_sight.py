"""What people wrote below the card of a case that is restricted by now: hidden from conversations that may not see it,
and there again when it is opened. In our own chat nobody has to delete anything by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from bot.domain.sight import eyes_in, visible
from bot.effects import case_of
from bot.policy.model import Policy
from bot.ports import WebMessage
from storage.sql.cases import CASES
from storage.sql.codec import decode_case
from storage.sql.export import messages_about
from storage.sql.messages import MESSAGES
from storage.sql.tables import WebMessageRow
from storage.sql.turns import take_turns

WEB: Any = WebMessageRow.__table__  # type: ignore[attr-defined]
HIDDEN: Final = "(hidden: this case is restricted)"
_PLATFORM: Final = "web"


def as_seen(connection: Connection, messages: Iterable[WebMessage], policy: Policy) -> Sequence[WebMessage]:
    """The messages with what is hidden from their conversation replaced."""
    roots: dict[int, bool] = {}
    shown = []
    for each in messages:
        if each.text is not None and each.reply_to is not None:
            if each.reply_to not in roots:
                roots[each.reply_to] = _hides(connection, each.reply_to, each.conversation, policy)
            each = replace(each, text=HIDDEN) if roots[each.reply_to] else each
        shown.append(each)
    return shown


def touch(connection: Connection, number: int) -> None:
    """Live pages read all that people wrote below the cards of the case anew."""
    about = connection.execute(messages_about(number)).all()
    cards = [int(row.message) for row in about if row.platform == _PLATFORM and row.message]
    replies = select(WEB.c.id).where(WEB.c.reply_to.in_(cards), WEB.c.text.is_not(None))
    changed = [{"this_id": id} for id in connection.execute(replies).scalars()]
    if changed:
        take_turns(connection)
        connection.execute(_TOUCH, changed)


def _hides(connection: Connection, root: int, conversation: str, policy: Policy) -> bool:
    key = connection.execute(_KEY, {"root": root}).scalar()
    number = case_of(key) if key else None
    body = connection.execute(_RESTRICTED, {"number": number}).scalar() if number is not None else None
    if body is None:
        return False
    whose = (n for n, known in policy.departments.items() if known.channels.get(_PLATFORM) == conversation)
    return not visible(decode_case(body), eyes_in(next(whose, None)))


_KEY: Final = (
    select(MESSAGES.c.key)
    .join(WEB, WEB.c.nonce == MESSAGES.c.nonce)
    .where(WEB.c.id == bindparam("root"), MESSAGES.c.key.startswith("card:"))
)
_RESTRICTED: Final = select(CASES.c.body).where(CASES.c.id == bindparam("number"), CASES.c.sight.is_not(None))
_OTHER: Any = WEB.alias("other")
_TOUCH: Final = (
    update(WEB)
    .where(WEB.c.id == bindparam("this_id"))
    .values(change=select(func.coalesce(func.max(_OTHER.c.change), 0) + 1).scalar_subquery())
)
