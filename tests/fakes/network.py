"""A network at which replies can be published, in this process: it remembers keys, and can be told to fail.

It keeps the rules that a real one has: a reply to a post that is gone is declined, a text that is too long as well, and
without `again` the same key twice is two posts, as at a network that knows no keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.ports import Declined, Network, Outgoing, Published


class Killed(BaseException):
    """The process died at this very moment."""


@dataclass
class FakeNetwork:
    """One account. `faults` are raised one after the other, before anything is published; `dies` are raised behind it."""

    name: str = "square"
    title: str = "Square"
    account: str = "@kettleco"
    source: str = "x"
    rule: LengthRule = field(default_factory=lambda: LengthRule(counting=Counting.GRAPHEMES, most=280))
    posts: list[tuple[str, Outgoing]] = field(default_factory=list)
    tried: list[tuple[Outgoing, bool]] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    dies: list[BaseException] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    closed_to: set[str] = field(default_factory=set)

    def why_not(self, mention: Mention) -> str | None:
        return "The author lets nobody answer." if mention.external_id in self.closed_to else None

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        self.tried.append((reply, again))
        assert reply.key.isalnum() and reply.key == reply.key.lower()
        if self.faults:
            raise self.faults.pop(0)
        if reply.to.external_id in self.gone:
            raise Declined("The post is gone.")
        assert self.rule.left(reply.text) >= 0, "the desk counts before it sends"
        known = [number for number, one in self.posts if one.key == reply.key] if again else []
        number = known[0] if known else f"r{len(self.posts) + 1}"
        if not known:
            self.posts.append((number, reply))
        if self.dies:
            raise self.dies.pop(0)
        return Published(external_id=number, url=f"https://square.example/{number}")

    def texts(self) -> list[str]:
        """What stands there."""
        return [reply.text for _, reply in self.posts]


@dataclass
class FakeNetworks:
    """The Networks port over some of them."""

    all: Sequence[FakeNetwork]

    def answering(self, mention: Mention) -> Network | None:
        return next((one for one in self.all if one.source == mention.source), None)

    def named(self, name: str) -> Network | None:
        return next((one for one in self.all if one.name == name), None)

    def every(self) -> Sequence[Network]:
        return tuple(self.all)
