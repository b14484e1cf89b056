"""Answering at X as our account. X has no key against doubles, but refuses the same words twice: own posts are looked
through whenever that is in doubt."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.asking import Answer, Unanswered, Unasked
from adapters.sources.x.api import Api, explained, reset
from adapters.sources.x.posts import WHY
from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.domain.replies.weighted import links_in
from bot.ports import (
    AskedToWait,
    Declined,
    MaybePublished,
    NetworkDown,
    Outgoing,
    Published,
    SignInLost,
)

GONE: Final = "X says that the post is gone or hidden from us. Open it there to see."
DUPLICATE: Final = (
    "X refuses it: our account said the very same words before. Change a word and publish again."
)
REFUSED: Final = "X refuses it (%s)."
LOST: Final = "X does not let our account in (%s). An admin makes new keys at developer.x.com and sets them."
SPENT: Final = (
    "X wants to be paid before it takes more posts (%s). An admin looks at the credits at developer.x.com."
)
WAIT: Final = "X takes no more posts from us for now."
DOWN: Final = "%s; nothing was published."
UNSURE: Final = "X gave no clear answer, and the reply is not among our posts so far. Look there before you publish again."
LINKS: Final = "X charges many times more for a post with a link than for one without."

RULE: Final = LengthRule(counting=Counting.WEIGHTED, most=280)
EARLIER: Final = timedelta(minutes=5)
"""So much X's clock may differ from ours."""
USUAL_WAIT: Final = timedelta(minutes=15)
_PAGES: Final = 3
_LOOKS: Final = 3
_LATE: Final = timedelta(seconds=2)
_LEADING: Final = re.compile(r"^(?:@\w+\s+)+")
_LINK: Final = re.compile(r"https?://\S+")
_NOT_INVITED: Final = (
    "not been mentioned",
    "otherwise engaged",
    "not allowed to reply",
    "reply to this conversation",
)
_NOT_THERE: Final = ("deleted or not visible", "tweet that is deleted", "not found")
_OUR_FAULT: Final = ("permissions", "suspended", "locked", "not configured")


@dataclass(slots=True)
class XAccount:
    """The Network port."""

    name: str
    account: str
    api: Api
    title: str = "X"
    rule: LengthRule = RULE
    _me: str = ""
    _until: datetime | None = None

    def why_not(self, mention: Mention) -> str | None:
        if mention.can_reply is False:
            return mention.why_no_reply or WHY
        return None if _target(mention).isdecimal() else GONE

    def cost_note(self, text: str) -> str | None:
        """What its author should know of the price before it is published."""
        return LINKS if links_in(text) else None

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        why = self.why_not(reply.to)
        if why is not None:
            raise Declined(why)
        self._mind_limits()
        if again and (found := await self._look(reply)):
            return found
        body = {"text": reply.text, "reply": {"in_reply_to_tweet_id": _target(reply.to)}}
        try:
            answer = await self.api.as_us("POST", "/2/tweets", body=body)
        except Unasked as error:
            raise NetworkDown(DOWN % error) from error
        except Unanswered:
            return await self._looked(reply)
        if answer.status < 400:
            return await self._done(reply, answer)
        if answer.status >= 500:
            return await self._looked(reply)
        said = explained(answer)
        if answer.status == 403 and "duplicate" in said.lower():
            # Either an earlier try got through, or somebody said so before.
            found = await self._look(reply)
            if found is None and again:
                raise MaybePublished(UNSURE)
            if found is None:
                raise Declined(DUPLICATE)
            return found
        raise self._refusal(answer, said)

    def _refusal(self, answer: Answer, said: str) -> Declined | AskedToWait | SignInLost:
        low = said.lower()
        if answer.status == 429:
            wait = reset(answer, self.api.clock.real()) or USUAL_WAIT
            self._until = self.api.clock.real() + wait
            return AskedToWait(WAIT, wait)
        if answer.status == 401:
            return SignInLost(LOST % said)
        if answer.status == 402:
            return SignInLost(SPENT % said)
        if answer.status == 403 and any(part in low for part in _NOT_INVITED):
            return Declined(WHY)
        if any(part in low for part in _NOT_THERE):
            return Declined(GONE)
        if answer.status == 403 and any(part in low for part in _OUR_FAULT):
            return SignInLost(LOST % said)
        return Declined(REFUSED % said)

    async def _done(self, reply: Outgoing, answer: Answer) -> Published:
        if answer.headers.get("x-rate-limit-remaining") == "0":
            wait = reset(answer, self.api.clock.real())
            self._until = self.api.clock.real() + wait if wait else None
        try:
            number = fitting.key(fitting.table(fitting.table(answer.json).get("data")).get("id"))
        except Unanswered:
            number = None
        return self._published(number) if number else await self._looked(reply)

    def _mind_limits(self) -> None:
        """X's limit is kept before it has to say so."""
        left = self._until - self.api.clock.real() if self._until else timedelta(0)
        if left > timedelta(0):
            raise AskedToWait(WAIT, left)

    async def _looked(self, reply: Outgoing) -> Published:
        """After no clear answer: there it is, or nobody can tell yet. X shows a new post a little late."""
        for _ in range(_LOOKS):
            await self.api.clock.sleep(_LATE)
            try:
                found = await self._look(reply)
            except (NetworkDown, AskedToWait, SignInLost) as error:
                raise MaybePublished(UNSURE) from error
            if found is not None:
                return found
        raise MaybePublished(UNSURE)

    async def _look(self, reply: Outgoing) -> Published | None:
        """The reply among our own posts since its first try."""
        query = {
            "max_results": "100",
            "tweet.fields": "referenced_tweets,created_at",
            "start_time": (reply.begun_at - EARLIER).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        path = f"/2/users/{await self._own_id()}/tweets"
        for _ in range(_PAGES):
            page = await self._read(path, query)
            for post in map(fitting.table, fitting.items(page.get("data"))):
                if _answers(post, _target(reply.to)) and _plain(post.get("text")) == _plain(reply.text):
                    return self._published(fitting.needed(post.get("id")))
            token = fitting.table(page.get("meta")).get("next_token")
            if not isinstance(token, str):
                return None
            query["pagination_token"] = token
        return None

    async def _own_id(self) -> str:
        if not self._me:
            me = fitting.table((await self._read("/2/users/me", {})).get("data"))
            self._me = fitting.key(me.get("id")) or ""
        return self._me

    async def _read(self, path: str, query: dict[str, str]) -> Any:
        try:
            answer = await self.api.as_us("GET", path, query)
            if answer.status >= 500:
                raise NetworkDown(DOWN % f"X answers with HTTP {answer.status}")
            if answer.status >= 400:
                refusal = self._refusal(answer, explained(answer))
                raise NetworkDown(DOWN % refusal) if isinstance(refusal, Declined) else refusal
            return fitting.table(answer.json)
        except (Unasked, Unanswered) as error:
            raise NetworkDown(DOWN % error) from error

    def _published(self, number: str) -> Published:
        handle = self.account.removeprefix("@")
        return Published(external_id=number, url=f"https://x.com/{handle}/status/{number}")


def _target(mention: Mention) -> str:
    return str(mention.native.get("id") or mention.external_id)


def _answers(post: Any, number: str) -> bool:
    others = map(fitting.table, fitting.items(post.get("referenced_tweets")))
    return any(each.get("type") == "replied_to" and str(each.get("id")) == number for each in others)


def _plain(text: object) -> str:
    """As two writings of the same post compare: X adds handles, shortens links and escapes signs."""
    bare = _LINK.sub("", html.unescape(fitting.text(text)))
    return " ".join(_LEADING.sub("", " ".join(bare.split())).split())
