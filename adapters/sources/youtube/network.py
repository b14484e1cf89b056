"""Answering a comment on YouTube, once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from adapters.sources import fitting
from adapters.sources.asking import AWAY, BUSY, Answer, Unanswered
from adapters.sources.once import CLOCKS_APART, LOST, Once, signed_in
from adapters.sources.parts import Tools
from adapters.sources.youtube.reading import WATCH
from adapters.sources.youtube.session import WHO, Session, reason_of, until_midnight
from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.policy.model import SourcePlan
from bot.ports import (
    AskedToWait,
    Declined,
    NetworkDown,
    Outgoing,
    Published,
    SignInLost,
)

NOT_HERE: Final = "this mention does not say where it stands on YouTube"
UNSURE: Final = "YouTube did not say whether it took the answer: look at the video before you send it again."
SOON: Final = "YouTube may still be taking an earlier try: it is looked for again first."
SPENT: Final = "The day's quota of YouTube requests is used up: it goes out after midnight in California."
REASONS: Final[Mapping[str, str]] = {
    "commentsDisabled": "The video takes no comments any more.",
    "parentCommentNotFound": "The comment was deleted, so nobody can answer it any more.",
    "commentNotFound": "The comment was deleted, so nobody can answer it any more.",
    "videoNotFound": "The video is gone.",
    "commentTextTooLong": "YouTube finds the answer too long.",
    "commentTextRequired": "YouTube takes no answer without words.",
    "ineligibleAccount": "Our account on YouTube may not comment: it is not joined to a channel that may.",
    "parentCommentIsPrivate": "The comment is private.",
    "parentIdInvalid": "YouTube does not know the comment.",
    "processingFailure": "YouTube could not make anything of it: change its words and send it again.",
    "forbidden": "YouTube does not let our account answer there.",
    "operationNotSupported": "YouTube does not let anybody answer this kind of comment.",
}
SAID: Final = "YouTube refuses it: %s"

RULE: Final = LengthRule(counting=Counting.CHARACTERS, most=10_000)
PAGES: Final = 20
_NO_SIGN_IN: Final = frozenset(("authError", "insufficientPermissions", "accountDelegationForbidden"))
_QUOTA: Final = frozenset(("quotaExceeded", "dailyLimitExceeded"))
_FAST: Final = frozenset(("rateLimitExceeded", "userRateLimitExceeded"))


class YouTubeNetwork:
    """The Network. YouTube knows no key of ours, so that after an uncertain try the thread is looked through first."""

    title = WHO
    rule = RULE

    def __init__(self, plan: SourcePlan, tools: Tools, session: Session) -> None:
        self._tools, self._session = tools, session
        self._once = Once(clock=tools.clock, soon=SOON, unsure=UNSURE)
        self.name, self.account = plan.name, plan.account
        self._channel = str(plan.options.get("channel") or "")

    def why_not(self, mention: Mention) -> str | None:
        if mention.can_reply is False:
            return mention.why_no_reply
        return None if _thread(mention) else NOT_HERE

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        thread = _thread(reply.to)
        if thread is None:
            raise Declined(NOT_HERE)
        look, send = partial(self._look, reply, thread), partial(self._insert, reply, thread)
        return await self._once.publish(reply, again, look=look, send=send)

    async def _insert(self, reply: Outgoing, thread: str) -> Published:
        body = {"snippet": {"parentId": thread, "textOriginal": reply.text}}
        with signed_in():
            answer = await self._session.insert(body)
        if answer.status >= 500:
            raise Unanswered(AWAY % (WHO, answer.status))
        self._refuse(answer)
        published = _published(fitting.table(answer.json), reply.to)
        if published is None:
            raise Unanswered(UNSURE)
        return published

    async def _look(self, reply: Outgoing, thread: str) -> Published | None:
        """Our own answer with these words in the thread, since the first try; None where there is none."""
        token: Mapping[str, str] = {}
        for _ in range(PAGES):
            said = await self._page(thread, token)
            for item in fitting.items(said.get("items")):
                data = fitting.table(item)
                if self._is_it(fitting.table(data.get("snippet")), reply):
                    return _published(data, reply.to)
            after = fitting.text(said.get("nextPageToken"))
            if not after:
                return None
            token = {"pageToken": after}
        return None

    async def _page(self, thread: str, token: Mapping[str, str]) -> Mapping[str, object]:
        asked = {
            "part": "snippet",
            "parentId": thread,
            "maxResults": "100",
            "textFormat": "plainText",
            **token,
        }
        try:
            with signed_in():
                answer = await self._session.list("comments", **asked)
            if answer.status >= 500:
                raise NetworkDown(AWAY % (WHO, answer.status))
            self._refuse(answer)
            return fitting.table(answer.json)
        except Unanswered as error:
            raise NetworkDown(str(error)) from error

    def _is_it(self, snippet: Mapping[str, object], reply: Outgoing) -> bool:
        at = fitting.moment(snippet.get("publishedAt"))
        if at is None or at < reply.begun_at - CLOCKS_APART:
            return False
        author = fitting.table(snippet.get("authorChannelId")).get("value")
        said = fitting.text(snippet.get("textOriginal") or snippet.get("textDisplay"))
        return author == self._channel and said.split() == reply.text.split()

    def _refuse(self, answer: Answer) -> None:
        """Raises what the answer means, unless it is a good one."""
        if answer.status == 200:
            return
        now = self._tools.clock.real()
        why, said = reason_of(answer)
        if why in _QUOTA:
            raise AskedToWait(SPENT, until_midnight(now))
        if why in _FAST or answer.status == 429:
            raise AskedToWait(BUSY % WHO, answer.wait(now))
        if why in _NO_SIGN_IN:
            raise SignInLost(LOST % f"{WHO} does not let our sign-in comment (scope youtube.force-ssl)")
        raise Declined(REASONS.get(why) or SAID % (said or why or f"HTTP {answer.status}"))


def _thread(mention: Mention) -> str | None:
    said = mention.native.get("parent")
    return said if isinstance(said, str) and said else None


def _published(data: Mapping[str, object], to: Mention) -> Published | None:
    comment, video = fitting.key(data.get("id")), to.native.get("video")
    if comment is None:
        return None
    return Published(external_id=comment, url=fitting.link(WATCH % (video, comment)) if video else None)
