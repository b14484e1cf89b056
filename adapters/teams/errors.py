"""The Bot Connector's own words for what went wrong, as ChatErrors with a sentence that says what to do.

Codes and their meaning: https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability
(status codes from bot conversational APIs).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote

from bot.ports import ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable

_ADMIN: Final = "ask an admin of Microsoft Teams"
_ADD: Final = "add the app to it in Teams"
_REACH_AGAIN: Final = "They can open Baton's app in Teams and choose Unblock, or install it again."

NOT_FOR_PERSON: Final[Mapping[str, str]] = {
    "MessageWritesBlocked": f"This person has blocked Baton in Teams. {_REACH_AGAIN}",
    "ConversationBlockedByUser": f"This person has blocked Baton in Teams. {_REACH_AGAIN}",
    "BotNotInConversationRoster": "This person does not have Baton's app in Teams any more. "
    "They can install it again.",
    "ForbiddenOperationException": "Teams does not let Baton write to this person: the app is not installed "
    "for them, or a policy forbids it.",
}
"""403 in a person's own chat: nothing ever arrives there until that person mends it, so another way is taken."""

SHUT: Final[Mapping[str, str]] = {
    "MessageWritesBlocked": "Somebody has blocked Baton in this Teams channel: unblock the app there.",
    "ConversationBlockedByUser": "Somebody has blocked Baton in this Teams channel: unblock the app there.",
    "BotNotInConversationRoster": f"Baton is not in this Teams team any more: {_ADD}.",
    "ForbiddenOperationException": f"Teams does not let Baton write in this channel: {_ADD}, "
    "and see that the channel's settings let apps post.",
}
"""403 in a channel: nothing goes there until a person mends it."""

SHUT_EVERYWHERE: Final[Mapping[str, str]] = {
    "BotDisabledByAdmin": f"An admin has switched Baton's app off: {_ADMIN} to allow it "
    "(Teams admin center, Manage apps).",
    "AppDisabledByAdmin": f"An admin has switched Baton's app off: {_ADMIN} to allow it "
    "(Teams admin center, Manage apps).",
    "InvalidBotApiHost": "This tenant is in another Microsoft cloud than the bot: "
    "set BATON_TEAMS_LOGIN_URL and BATON_TEAMS_OPENID_URL to that cloud's.",
}

_FORBIDDEN_PERSON: Final = "Teams does not let Baton write to this person ({code})."
_FORBIDDEN_CHANNEL: Final = f"Teams does not let Baton write in this channel ({{code}}): {_ADD}, or {_ADMIN}."

NOT_ACCEPTED: Final = (
    "Teams does not accept Baton's token: check that BATON_TEAMS_APP_ID is the Microsoft App ID of the Azure Bot, "
    "and that the first of BATON_TEAMS_TENANT_ID is the bot's own tenant."
)

GONE: Final = "The message is not in Teams any more."
NO_CONVERSATION: Final = (
    "Teams knows no such conversation: the channel was deleted, or Baton was taken out of it."
)
TOO_LARGE: Final = "The message is too large for Teams."
REFUSED: Final = "Teams refused the request ({code})."

UNREACHABLE: Final = "Teams cannot be reached ({error})."
NO_ANSWER: Final = "Teams did not answer ({error})."
GARBLED: Final = "what answered was not Teams (HTTP {status})"
BUSY: Final = "Teams is busy with this conversation (HTTP {status})."

SLOW_DOWN: Final = timedelta(seconds=10)
"""How long we wait where Teams does not say."""

TOO_LARGE_CODE: Final = "too_large"

_SIZES: Final = frozenset({"RequestEntityTooLarge", "MessageSizeTooBig", "ActivityTooLarge"})
_THREAD: Final = ";messageid="


class TeamsShut(Shut):
    """`code` is the connector's own word for why."""

    def __init__(self, said: str, code: str) -> None:
        super().__init__(said)
        self.code = code


class TeamsRefused(Undeliverable):
    """The connector understood and said no for ever; `code` is its own word for why."""

    def __init__(self, said: str, code: str) -> None:
        super().__init__(said)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked, as far as it matters for what an error means."""

    verb: str
    path: str
    conversation: str = ""
    posts: bool = False
    """Its effect would be there twice if it were repeated."""

    @property
    def in_channel(self) -> bool:
        """Channels and group chats are 19:…; a person's own chat is a:…, the person 29:…"""
        return self.conversation.startswith("19:")

    @property
    def on_message(self) -> bool:
        """It is about a message that is there already, or was: an edit, or a reply below it."""
        return self.verb in ("PUT", "DELETE") or _THREAD in unquote(self.path)


def translate(asked: Asked, status: int, answer: object) -> ChatError:
    """What an answer with an error's status means. Unknown codes are refusals; 429 is the caller's to time."""
    code = code_of(answer)
    if status == 401:
        return TeamsShut(NOT_ACCEPTED, code or "Unauthorized")
    if status == 403:
        return _forbidden(asked, code)
    if status == 404 and code:
        return _missing(asked, code)
    if status == 410:
        return Gone(GONE)
    if status == 413 or code in _SIZES:
        return TeamsRefused(TOO_LARGE, TOO_LARGE_CODE)
    if status in (409, 412):
        return Failed(BUSY.format(status=status))
    if status == 429:
        return SlowDown(SLOW_DOWN)
    if status >= 500:
        return lost(asked, f"HTTP {status}")
    if code and status >= 400:
        return TeamsRefused(REFUSED.format(code=code), code)
    return Failed(GARBLED.format(status=status))


def lost(asked: Asked, error: str) -> ChatError:
    """The request may have arrived, its answer did not. What may be repeated has merely not worked yet."""
    said = NO_ANSWER.format(error=error)
    return FateUnknown(said) if asked.posts else Down(said)


def code_of(answer: object) -> str:
    """The connector's own word for an error, or what is left of it: it ends up in sentences that people read."""
    error: Any = answer.get("error") if isinstance(answer, Mapping) else None
    word = error.get("code") if isinstance(error, Mapping) else None
    return re.sub(r"[^\w.:-]+", " ", word)[:80].strip() if isinstance(word, str) else ""


def _forbidden(asked: Asked, code: str) -> ChatError:
    if code in SHUT_EVERYWHERE:
        return TeamsShut(SHUT_EVERYWHERE[code], code)
    if asked.in_channel:
        return TeamsShut(SHUT.get(code) or _FORBIDDEN_CHANNEL.format(code=code or "403"), code)
    said = NOT_FOR_PERSON.get(code) or _FORBIDDEN_PERSON.format(code=code or "403")
    return TeamsRefused(said, code)


def _missing(asked: Asked, code: str) -> ChatError:
    """What cannot be edited is posted anew, and what cannot be said below a message is said in the channel."""
    if asked.on_message or code == "ActivityNotFoundInConversation":
        return Gone(GONE)
    return TeamsRefused(
        NO_CONVERSATION if code == "ConversationNotFound" else REFUSED.format(code=code), code
    )
