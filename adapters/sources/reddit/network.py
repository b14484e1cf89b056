"""Answering on Reddit: one comment below a post or a comment, once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.asking import AWAY, BUSY, USUAL_WAIT, Answer, Unanswered
from adapters.sources.once import CLOCKS_APART, Once, signed_in
from adapters.sources.parts import Tools
from adapters.sources.reddit.reading import PUBLIC
from adapters.sources.reddit.session import WHO, Session
from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.policy.model import SourcePlan
from bot.ports import (
    AskedToWait,
    Declined,
    NetworkDown,
    NetworkError,
    Outgoing,
    Published,
)

NOT_HERE: Final = "this mention does not say where it stands on Reddit"
FORBIDDEN: Final = (
    "Reddit does not let our account answer there: it may be banned from that subreddit, or blocked."
)
NOT_FOUND: Final = "Reddit has no such post any more."
UNSURE: Final = "Reddit did not say whether it took the answer: look at the post before you send it again."
SOON: Final = "Reddit may still be taking an earlier try: it is looked for again first."
REASONS: Final[Mapping[str, str]] = {
    "DELETED_COMMENT": "The comment was deleted, so nobody can answer it any more.",
    "DELETED_LINK": "The post was deleted, so nobody can answer it any more.",
    "THREAD_LOCKED": "The moderators have locked it: nobody can answer there any more.",
    "TOO_OLD": "It is too old: Reddit keeps it as it is.",
    "TOO_LONG": "Reddit finds the answer too long.",
    "NO_TEXT": "Reddit takes no answer without words.",
    "SUBREDDIT_NOTALLOWED": "That subreddit lets only some people write.",
    "BANNED_FROM_SUBREDDIT": "Our account is banned from that subreddit.",
    "USER_BLOCKED": "The author has blocked our account.",
    "SOMETHING_IS_BROKEN": "Reddit does not let our account answer this author.",
}
SAID: Final = "Reddit refuses it: %s"

RULE: Final = LengthRule(counting=Counting.CHARACTERS, most=10_000)
PAGES: Final = 10
_IN: Final = re.compile(r"(\d{1,4}) (millisecond|second|minute|hour)", re.IGNORECASE)
_UNITS: Final = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}


class RedditNetwork:
    """The Network. Reddit knows no key of ours, so that after an uncertain try our own newest comments are looked
    through first."""

    title = WHO
    rule = RULE

    def __init__(self, plan: SourcePlan, tools: Tools, session: Session) -> None:
        self._tools, self._session = tools, session
        self._once = Once(clock=tools.clock, soon=SOON, unsure=UNSURE)
        self.name = plan.name
        self.account = plan.account.removeprefix("/").removeprefix("u/")

    def why_not(self, mention: Mention) -> str | None:
        if mention.can_reply is False:
            return mention.why_no_reply
        return None if _thing(mention) else NOT_HERE

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        thing = _thing(reply.to)
        if thing is None:
            raise Declined(NOT_HERE)
        look, send = partial(self._look, reply, thing), partial(self._comment, reply, thing)
        return await self._once.publish(reply, again, look=look, send=send)

    async def _comment(self, reply: Outgoing, thing: str) -> Published:
        answer = await self._send("POST", "/api/comment", data=_form(reply, thing))
        if answer.status >= 500:
            # Reddit answers so, too, when it took the comment.
            raise Unanswered(AWAY % (WHO, answer.status))
        self._refuse(answer)
        said = fitting.table(fitting.table(answer.json).get("json"))
        errors = fitting.items(said.get("errors"))
        if errors:
            raise _refusal(errors, said.get("ratelimit"))
        for each in fitting.items(fitting.table(said.get("data")).get("things")):
            published = _published(fitting.table(fitting.table(each).get("data")))
            if published is not None:
                return published
        raise Unanswered(UNSURE)

    async def _look(self, reply: Outgoing, thing: str) -> Published | None:
        """Our own comment with these words, there, since the first try; None where there is none."""
        since = reply.begun_at - CLOCKS_APART
        after: Mapping[str, str] = {}
        for _ in range(PAGES):
            params = {"sort": "new", "limit": "100", "raw_json": "1", **after}
            try:
                answer = await self._send("GET", f"/user/{self.account}/comments", params=params)
                if answer.status >= 500:
                    raise NetworkDown(AWAY % (WHO, answer.status))
                self._refuse(answer)
                listing = fitting.table(fitting.table(answer.json).get("data"))
            except Unanswered as error:
                raise NetworkDown(str(error)) from error
            page = [
                fitting.table(fitting.table(one).get("data"))
                for one in fitting.items(listing.get("children"))
            ]
            for data in page:
                at = fitting.moment(data.get("created_utc"))
                if at is not None and at >= since and _is_it(data, reply, thing):
                    return _published(data)
            times = [at for data in page if (at := fitting.moment(data.get("created_utc"))) is not None]
            to = fitting.key(listing.get("after"))
            if not to or not times or min(times) < since:
                return None
            after = {"after": to}
        return None

    async def _send(self, method: str, path: str, **request: Any) -> Answer:
        with signed_in():
            return await self._session.send(method, path, **request)

    def _refuse(self, answer: Answer) -> None:
        match answer.status:
            case 200:
                return
            case 429:
                raise AskedToWait(BUSY % WHO, answer.wait(self._tools.clock.real()))
            case 404:
                raise Declined(NOT_FOUND)
            case 403:
                raise Declined(FORBIDDEN)
        raise Declined(SAID % f"HTTP {answer.status}.")


def _thing(mention: Mention) -> str | None:
    said = mention.native.get("fullname")
    return said if isinstance(said, str) and said[:3] in ("t1_", "t3_") else None


def _form(reply: Outgoing, thing: str) -> Mapping[str, str]:
    return {"thing_id": thing, "text": reply.text, "api_type": "json", "raw_json": "1"}


def _published(data: Mapping[str, object]) -> Published | None:
    name, path = data.get("name"), data.get("permalink")
    if not isinstance(name, str) or not name.startswith("t1_"):
        return None
    return Published(external_id=name, url=fitting.link(PUBLIC + path) if isinstance(path, str) else None)


def _is_it(data: Mapping[str, object], reply: Outgoing, thing: str) -> bool:
    """Reddit keeps the words, and changes line ends and blanks around them."""
    body = data.get("body")
    return data.get("parent_id") == thing and isinstance(body, str) and body.split() == reply.text.split()


def _refusal(errors: Sequence[object], wait: object) -> NetworkError:
    first = fitting.items(errors[0])
    code = fitting.words(first[0] if first else "") or ""
    said = fitting.words(first[1] if len(first) > 1 else "", 300) or code
    if code == "RATELIMIT":
        return AskedToWait(BUSY % WHO, _wait(wait, said))
    return Declined(REASONS.get(code) or SAID % said)


def _wait(wait: object, said: str) -> timedelta:
    if isinstance(wait, (int, float)) and 0 < wait < 86_400:
        return timedelta(seconds=float(wait) + 1)
    found = _IN.search(said)
    if found is None:
        return 10 * USUAL_WAIT
    return timedelta(seconds=int(found[1]) * _UNITS[found[2].lower()] + 1)
