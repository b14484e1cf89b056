"""Answering as a Facebook page or an Instagram account. Meta has no key against doubles: the replies below the post are
looked through first, whenever an earlier try may have got through."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.asking import Unanswered, Unasked
from adapters.sources.meta.graph import GONE, Busy, Graph, GraphError, Missing, Refusal, TokenLost, Unclear
from adapters.sources.meta.posts import COMMENT, IG_COMMENT, IG_MENTION, POST
from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.ports import (
    AskedToWait,
    Declined,
    MaybePublished,
    NetworkDown,
    Outgoing,
    Published,
    SignInLost,
)

DOWN: Final = "%s; nothing was published."
UNSURE: Final = "Meta gave no clear answer, and the reply is not below the post so far. Look there before you publish again."
UNSEEN: Final = (
    "Whether this reply is out cannot be looked up at Instagram. Open the post and look there first."
)
SETTLING: Final = "An earlier try may still be on its way: it is looked for again in a moment."
MANY_TAGS: Final = "Instagram takes at most 4 hashtags in a reply. Take some out."
MANY_LINKS: Final = "Instagram takes at most one link in a reply. Take the others out."
ALL_CAPITALS: Final = "Instagram takes no reply in capital letters only."

FACEBOOK: Final = LengthRule(counting=Counting.CHARACTERS, most=8_000)
INSTAGRAM: Final = LengthRule(counting=Counting.CHARACTERS, most=300)
SETTLED: Final = timedelta(seconds=90)
"""A try ends within 30 s; so long after it began, what is not there will not come."""
_PAGES: Final = 10
_LOOKS: Final = 3
_LATE: Final = timedelta(seconds=2)
_TAG: Final = re.compile(r"(?<!\w)#\w")
_LINK: Final = re.compile(r"https?://", re.IGNORECASE)


@dataclass(slots=True)
class MetaAccount:
    """The Network port. `ours` is the number of the page or of the Instagram account."""

    name: str
    account: str
    graph: Graph
    ours: str
    instagram: bool

    @property
    def title(self) -> str:
        return "Instagram" if self.instagram else "Facebook"

    @property
    def rule(self) -> LengthRule:
        return INSTAGRAM if self.instagram else FACEBOOK

    def why_not(self, mention: Mention) -> str | None:
        if mention.can_reply is False:
            return mention.why_no_reply or GONE
        known = (IG_COMMENT, IG_MENTION) if self.instagram else (COMMENT, POST)
        return None if mention.native.get("kind") in known and mention.native.get("id") else GONE

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        why = self.why_not(reply.to) or self._unfit(reply.text)
        if why is not None:
            raise Declined(why)
        if again:
            found = await self._before(reply)
            if found is not None:
                return found
        path, fields = self._place(reply)
        try:
            answer = await self.graph.ask("POST", path, fields)
        except Unasked as error:
            raise NetworkDown(DOWN % error) from error
        except (Unanswered, Unclear):
            return await self._looked(reply)
        except GraphError as error:
            raise _told(error) from error
        number = fitting.key(answer.get("id"))
        return self._published(reply, number) if number else await self._looked(reply)

    def _unfit(self, text: str) -> str | None:
        """Instagram's own rules, told before it is asked."""
        if not self.instagram:
            return None
        if len(_TAG.findall(text)) > 4:
            return MANY_TAGS
        if len(_LINK.findall(text)) > 1:
            return MANY_LINKS
        return ALL_CAPITALS if text.isupper() else None

    def _place(self, reply: Outgoing) -> tuple[str, dict[str, str]]:
        native = {name: str(value) for name, value in reply.to.native.items()}
        fields = {"message": reply.text}
        if native["kind"] == IG_MENTION:
            numbers = {"media_id": native.get("media", ""), "comment_id": native.get("comment", "")}
            return f"{self.ours}/mentions", {
                **fields,
                **{name: value for name, value in numbers.items() if value},
            }
        return f"{native['id']}/{'replies' if self.instagram else 'comments'}", fields

    async def _before(self, reply: Outgoing) -> Published | None:
        """An earlier try that got through; None where it surely did not."""
        try:
            found = await self._look(reply)
        except (Unasked, Unanswered, Unclear) as error:
            raise NetworkDown(DOWN % error) from error
        except GraphError as error:
            raise _told(error) from error
        left = reply.begun_at + SETTLED - self.graph.clock.real()
        if found is None and left > timedelta(0):
            raise AskedToWait(SETTLING, left)
        return found

    async def _looked(self, reply: Outgoing) -> Published:
        """After no clear answer: there it is, or nobody can tell yet."""
        for _ in range(_LOOKS):
            await self.graph.clock.sleep(_LATE)
            try:
                found = await self._look(reply)
            except (GraphError, Unasked, Unanswered) as error:
                raise MaybePublished(UNSURE) from error
            if found is not None:
                return found
        raise MaybePublished(UNSURE)

    async def _look(self, reply: Outgoing) -> Published | None:
        """The reply among those below the post, by its words and its author."""
        if reply.to.native.get("kind") == IG_MENTION:
            raise MaybePublished(UNSEEN)
        async for one in self._below(reply.to.native):
            who = fitting.table(one.get("from"))
            ours = str(who.get("id")) == self.ours or self._is_us(one.get("username") or who.get("username"))
            words = " ".join(fitting.text(one.get("message") or one.get("text")).split())
            if ours and words == " ".join(reply.text.split()):
                return self._published(reply, fitting.needed(one.get("id")))
        return None

    async def _below(self, native: Mapping[str, object]) -> AsyncIterator[Mapping[str, Any]]:
        """Every reply; Raises MaybePublished where there are more than can be looked through."""
        number = native.get("parent") or native.get("id")
        edge = "replies" if self.instagram else "comments"
        fields = "id,text,username,from,timestamp" if self.instagram else "id,message,from,created_time"
        asked = {"fields": fields, "limit": "100"}
        if not self.instagram:
            asked |= {"filter": "stream", "order": "reverse_chronological"}
        for _ in range(_PAGES):
            page = await self.graph.ask("GET", f"{number}/{edge}", asked)
            for one in fitting.items(page.get("data")):
                yield fitting.table(one)
            paging = fitting.table(page.get("paging"))
            after = fitting.table(paging.get("cursors")).get("after")
            if not paging.get("next") or not isinstance(after, str):
                return
            asked["after"] = after
        raise MaybePublished(UNSURE)

    def _is_us(self, handle: object) -> bool:
        return isinstance(handle, str) and handle.casefold() == self.account.removeprefix("@").casefold()

    def _published(self, reply: Outgoing, number: str) -> Published:
        url = reply.to.url if self.instagram else f"https://www.facebook.com/{number}"
        return Published(external_id=number, url=url)


def _told(error: GraphError) -> Declined | AskedToWait | SignInLost | NetworkDown:
    if isinstance(error, TokenLost):
        return SignInLost(str(error))
    if isinstance(error, Busy):
        return AskedToWait(str(error), error.after)
    if isinstance(error, Missing | Refusal):
        return Declined(str(error))
    return NetworkDown(DOWN % error)
