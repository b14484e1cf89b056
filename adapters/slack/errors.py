"""Slack's own words for what went wrong, as ChatErrors with a sentence that says what to do.

Codes and their meaning: https://docs.slack.dev/reference/methods, each method's list of errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.ports import ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable

_OTHER_CHANNEL: Final = "or give the department another channel under `channels` in the policy"
_TOKEN: Final = (
    "copy the Bot User OAuth Token from the app's page OAuth & Permissions into BATON_SLACK_BOT_TOKEN"
)
_REINSTALL: Final = "install the app again on its page Install App"
_ASK_ADMIN: Final = "ask an admin of the Slack workspace"
_ARCHIVED: Final = f"This Slack channel is archived: unarchive it, {_OTHER_CHANNEL}."

SHUT: Final[Mapping[str, str]] = {
    "not_in_channel": "Baton is not in this Slack channel: write /invite @Baton there.",
    "channel_not_found": "Slack shows Baton no such channel: if it is private, write /invite @Baton there; "
    "if it is gone, give the department another one under `channels` in the policy.",
    "is_archived": _ARCHIVED,
    "is_inactive": _ARCHIVED,
    "channel_is_limited_access": f"Baton may not see this Slack channel: {_ASK_ADMIN}, {_OTHER_CHANNEL}.",
    "restricted_action": f"A setting of the Slack workspace keeps Baton from posting here: {_ASK_ADMIN} "
    f"to let apps post in this channel, {_OTHER_CHANNEL}.",
    "restricted_action_read_only_channel": f"Nobody may post in this Slack channel: {_ASK_ADMIN}, {_OTHER_CHANNEL}.",
    "restricted_action_thread_only_channel": "This Slack channel takes nothing but replies in threads: "
    f"{_ASK_ADMIN}, {_OTHER_CHANNEL}.",
    "messages_tab_disabled": "Baton cannot write to people: on the app's page App Home, switch on the Messages Tab.",
    "token_revoked": f"Slack took Baton's token back: {_REINSTALL}, then {_TOKEN}.",
    "token_expired": "Baton's Slack token has expired: the app must not rotate its tokens; "
    f"{_REINSTALL} without rotation, then {_TOKEN}.",
    "invalid_auth": f"Slack does not accept Baton's token: {_TOKEN}.",
    "not_authed": f"Slack saw no token: {_TOKEN}.",
    "not_allowed_token_type": f"This is not a bot's token (xoxb-…): {_TOKEN}.",
    "account_inactive": f"Baton was removed from the Slack workspace: {_REINSTALL}, then {_TOKEN}.",
    "missing_scope": "Slack wants a permission that Baton does not have",
    "no_permission": f"Baton may not do that in this Slack workspace: {_ASK_ADMIN}.",
    "org_login_required": "The Slack workspace is moving into an Enterprise organization: "
    f"when that is done, {_REINSTALL}.",
    "team_access_not_granted": f"Baton may not be in this Slack workspace: {_ASK_ADMIN} to add the app to it.",
    "ekm_access_denied": f"Slack's admins have switched off posting in this channel: {_ASK_ADMIN}.",
    "access_denied": f"Baton may not do that in this Slack workspace: {_ASK_ADMIN}.",
}
"""Nothing goes there, or nothing at all, until a person mends it."""

SCOPE: Final = "{said}: add the scope {needed} on the app's page OAuth & Permissions, then {reinstall}."

GONE: Final[Mapping[str, str]] = {
    "message_not_found": "The message is not in Slack any more.",
    "thread_not_found": "The thread is not in Slack any more.",
    "cannot_reply_to_message": "Nothing can be said below this message.",
    "restricted_action_non_threadable_channel": "This Slack channel has no threads.",
    "restricted_action_thread_locked": "This thread was locked.",
    "cant_update_message": "This message was posted by another app or an earlier installation of this one.",
    "edit_window_closed": "The workspace's settings do not let this message be edited any more.",
}
"""What cannot be edited is posted anew, and what cannot be said in a thread is said in the channel."""

_DOWN: Final[Mapping[str, str]] = {
    "service_unavailable": "Slack is not available for the moment.",
    "request_timeout": "Slack did not get the whole request.",
    "team_added_to_org": "The Slack workspace is moving into an Enterprise organization.",
    "internal_error": "Slack had an error of its own.",
    "fatal_error": "Slack had an error of its own.",
}

_MAYBE_DONE: Final = frozenset({"internal_error", "fatal_error"})
"""Slack: "It's possible some aspect of the operation succeeded before the error was raised." """

_FAILED: Final[Mapping[str, str]] = {
    "update_failed": "Slack could not change the message.",
    "external_channel_migrating": "Slack is moving this shared channel.",
    "streaming_state_conflict": "Slack is still writing this message.",
}

_SLOW: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

REFUSED: Final[Mapping[str, str]] = {
    "user_not_found": "Slack knows no such person.",
    "users_not_found": "Slack knows nobody with this e-mail address.",
    "user_disabled": "This person's Slack account is switched off.",
    "cannot_dm_bot": "This Slack account is a bot, and bots cannot be written to.",
    "user_not_visible": "Baton may not see this person in Slack.",
    "msg_too_long": "The message is too long for Slack.",
    "msg_blocks_too_long": "The message is too long for Slack.",
    "used_url": "Slack takes no further answer to this.",
    "expired_url": "It is too late to answer this in Slack.",
}

_OTHERWISE: Final = "Slack refused {method}: {code}."

UNREACHABLE: Final = "Slack cannot be reached ({error})."
NO_ANSWER: Final = "Slack did not answer {method} ({error})."
GARBLED: Final = "what answered {method} was not Slack (HTTP {status})"

SLOW_DOWN: Final = timedelta(seconds=30)
"""How long we wait where Slack does not say."""

WRITES: Final = frozenset({"chat.postMessage", "chat.postEphemeral", "views.open", "views.push"})
"""Methods whose effect would be there twice if they were repeated."""

_MOST_WORDS: Final = 300


class SlackShut(Shut):
    """`code` is Slack's own word for why; `needed` the scope it misses, if that is why."""

    def __init__(self, said: str, code: str, needed: str = "") -> None:
        super().__init__(said)
        self.code, self.needed = code, needed


class SlackRefused(Undeliverable):
    """Slack understood and said no for ever; `code` is its own word for why, `details` what it adds."""

    def __init__(self, said: str, code: str, details: str = "") -> None:
        super().__init__(said)
        self.code, self.details = code, details


def translate(method: str, answer: Mapping[str, Any]) -> ChatError:
    """What an answer that is not ok means. Unknown codes are refusals."""
    code = _word(answer.get("error"))
    if code in _SLOW:
        return SlowDown(SLOW_DOWN)
    if code in _MAYBE_DONE and method in WRITES:
        return FateUnknown(_DOWN[code])
    if code in _DOWN:
        return Down(_DOWN[code])
    if code in _FAILED:
        return Failed(_FAILED[code])
    if code in GONE:
        return Gone(GONE[code])
    if code in SHUT:
        return _shut(code, answer)
    said = REFUSED.get(code) or _OTHERWISE.format(method=method, code=code)
    return SlackRefused(said, code, _details(answer))


def lost(method: str, error: str) -> ChatError:
    """The request may have arrived, its answer did not. Methods that may be repeated have merely not worked yet."""
    said = NO_ANSWER.format(method=method, error=error)
    return FateUnknown(said) if method in WRITES else Down(said)


def _shut(code: str, answer: Mapping[str, Any]) -> SlackShut:
    if code != "missing_scope":
        return SlackShut(SHUT[code], code)
    needed = _word(answer.get("needed"))
    return SlackShut(SCOPE.format(said=SHUT[code], needed=needed, reinstall=_REINSTALL), code, needed)


def _word(code: object) -> str:
    """Slack's own word, or what is left of it: it ends up in sentences that people read."""
    return re.sub(r"[^\w.:,-]+", " ", str(code or "unknown_error"))[:100].strip()


def _details(answer: Mapping[str, Any]) -> str:
    metadata = answer.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    words = "; ".join(map(str, messages)) if isinstance(messages, list) else ""
    return words[:_MOST_WORDS]
