"""Thistlecart's accounts at the demo's little network: replies stand below their posts there, as on any network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.demo.network import Network as Square
from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.ports import Declined, Network, Outgoing, Published

GONE: Final = "The post is not there any more."

_RULES: Final[Mapping[str, tuple[str, str, LengthRule]]] = {
    "x": ("X", "@thistlecart", LengthRule(counting=Counting.WEIGHTED, most=280)),
    "bluesky": ("Bluesky", "@thistlecart.example", LengthRule(counting=Counting.GRAPHEMES, most=300)),
    "mastodon": (
        "Mastodon",
        "@thistlecart@social.example",
        LengthRule(counting=Counting.MASTODON, most=500),
    ),
    "square": ("the public square", "@thistlecart", LengthRule(counting=Counting.CHARACTERS, most=2000)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The Network port of one of them."""

    name: str
    title: str
    account: str
    rule: LengthRule
    square: Square

    def why_not(self, mention: Mention) -> str | None:
        return mention.why_no_reply if mention.can_reply is False else None

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        """The key is the post's id, so that the same reply twice is one post."""
        if not self.square.has(reply.to.external_id):
            raise Declined(GONE)
        url = await self.square.answer(reply.key, reply.to.external_id, self.account, self.name, reply.text)
        return Published(external_id=reply.key, url=url)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The Networks port."""

    accounts: Mapping[str, Network]

    @classmethod
    def at(cls, square: Square) -> Accounts:
        return cls(
            {
                name: Account(name=name, title=title, account=account, rule=rule, square=square)
                for name, (title, account, rule) in _RULES.items()
            }
        )

    def answering(self, mention: Mention) -> Network | None:
        return self.accounts.get(mention.source)

    def named(self, name: str) -> Network | None:
        return self.accounts.get(name)

    def every(self) -> Sequence[Network]:
        return tuple(self.accounts.values())
