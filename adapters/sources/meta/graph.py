"""Asking Meta's Graph API as a page: signed with the app's secret, the token never in an address."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiohttp import ClientSession

from adapters.sources import fitting
from adapters.sources.asking import Answer, Unanswered, ask
from bot.ports import Clock

BASE: Final = "https://graph.facebook.com"
LOST: Final = "Meta does not take the page's token any more (%s). An admin makes a new one and sets %s."
FORBIDDEN: Final = "Meta does not allow the app to do this (%s). An admin looks at its permissions at developers.facebook.com."
GONE: Final = "Meta says that the post is gone, or hidden from us. Open it there to see."
WAIT: Final = "Meta takes no more from us for now."
AWAY: Final = "Meta answers with an error of its own (%s)"
REFUSED: Final = "Meta refuses it (%s)."

USUAL_WAIT: Final = timedelta(minutes=15)
LONGEST_WAIT: Final = timedelta(hours=24)
_TOKEN: Final = frozenset({102, 190, 458, 459, 460, 463, 464, 467, 492})
_BUSY: Final = frozenset({4, 17, 32, 613, *range(80000, 80015)})
_GONE_SUBCODES: Final = frozenset({33, 1705, 2207006})
_OF_ITS_OWN: Final = frozenset({1, 2})


class GraphError(Exception):
    """Meta said no; the text is a sentence."""


class TokenLost(GraphError):
    """The token is revoked, expired or wrong."""


class Busy(GraphError):
    """Meta asks for patience."""

    def __init__(self, sentence: str, after: timedelta) -> None:
        super().__init__(sentence)
        self.after = after


class Missing(GraphError):
    """What was asked for is gone, or not for us."""


class Refusal(GraphError):
    """Meta will not do it, however often it is asked."""


class Unclear(GraphError):
    """An error of Meta's own: whether anything happened cannot be told."""


@dataclass(slots=True)
class Graph:
    """`token_setting` is the name of the environment variable that holds the token, for sentences."""

    http: ClientSession
    clock: Clock
    base: str
    token: str
    app_secret: str
    token_setting: str

    async def ask(
        self, method: str, path: str, fields: Mapping[str, str], within: timedelta = timedelta(seconds=30)
    ) -> Mapping[str, Any]:
        """The object in a good answer. Raises a GraphError, Unasked, Unanswered."""
        proof = hmac.digest(self.app_secret.encode(), self.token.encode(), "sha256").hex()
        sent: dict[str, Any] = {
            "data" if method == "POST" else "params": {**fields, "appsecret_proof": proof}
        }
        answer = await ask(
            self.http,
            method,
            f"{self.base}/{path}",
            who="Meta",
            within=within,
            headers={"Authorization": f"Bearer {self.token}"},
            **sent,
        )
        if answer.status >= 400:
            raise self._error(answer)
        value = answer.json
        if not isinstance(value, dict):
            raise Unanswered(AWAY % "no object")
        return value

    def _error(self, answer: Answer) -> GraphError:
        try:
            error = fitting.table(fitting.table(answer.json).get("error"))
        except Unanswered:
            error = {}
        code, sub = (
            each if type(each := error.get(name)) is int else None for name in ("code", "error_subcode")
        )
        said = fitting.words(error.get("error_user_msg")) or fitting.words(error.get("message"))
        said = f"{code}: {said}" if said else f"HTTP {answer.status}"
        if code in _TOKEN or answer.status == 401:
            return TokenLost(LOST % (said, self.token_setting))
        if code in _BUSY or answer.status == 429:
            return Busy(WAIT, self._wait(answer))
        if code in _OF_ITS_OWN or (answer.status >= 500 and code is None):
            return Unclear(AWAY % said)
        if (code == 100 and sub in _GONE_SUBCODES) or code == 803 or answer.status == 404:
            return Missing(GONE)
        if code == 100 and "does not exist" in said:
            return Missing(GONE)
        if code == 10 or (code is not None and 200 <= code < 300):
            return Refusal(FORBIDDEN % said)
        return Refusal(REFUSED % said)

    def _wait(self, answer: Answer) -> timedelta:
        """As long as Meta's own estimate says, in minutes, else a quarter of an hour."""
        used = Answer("Meta", 200, {}, answer.headers.get("X-Business-Use-Case-Usage", "{}").encode())
        try:
            lists = list(fitting.table(used.json).values())
        except Unanswered:
            lists = []
        every = [fitting.table(one) for each in lists for one in fitting.items(each)]
        minutes = [fitting.count(one.get("estimated_time_to_regain_access")) or 0 for one in every]
        return min(timedelta(minutes=max(minutes, default=0)) or USUAL_WAIT, LONGEST_WAIT)
