"""Which posts are about us: those that name or answer us, those in talks that we are in, those with words we look for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from adapters.sources.bluesky.events import POSTS, REPOSTS, Written, text_at
from bot.triage.sifting import Sift

REMEMBERED: Final = 20_000
_FACET: Final = "app.bsky.richtext.facet#mention"


class Ours:
    """`me` is our account's DID; blank where we have none and only look for words.

    Talks and posts that were found stay known for as long as this process lives, the newest of them: what their
    authors add, and who reposts them, is brought, too.
    """

    def __init__(self, me: str, sift: Sift) -> None:
        self.sift = sift
        self._talks: OrderedDict[str, None] = OrderedDict()
        self._posts: OrderedDict[str, None] = OrderedDict()
        self.is_me(me)

    def is_me(self, me: str) -> None:
        self.me = me
        self.mark = me.encode()
        """What a message must hold to name us, whatever else is in it; blank where nobody can."""
        self._home = f"at://{me}/" if me else "\0"

    def joined(self, roots: Iterable[str]) -> None:
        """From now on these talks are ours, by the address of their first post."""
        for root in roots:
            _keep(self._talks, root)

    def found(self, post: Written) -> None:
        _keep(self._posts, post.uri)
        _keep(self._talks, root_of(post) or post.uri)

    def glance(self, text: str, root: str, parent: str) -> bool:
        """Whether a post may be about us, of what is cheap to know of it."""
        return (
            root in self._talks
            or root.startswith(self._home)
            or parent.startswith(self._home)
            or self.sift.found(text) is not None
        )

    def knows(self, subject: str) -> bool:
        """Whether a post is one that was found, or of our own."""
        return subject in self._posts or (subject.startswith(self._home) and f"/{POSTS}/" in subject)

    def about(self, written: Written) -> bool:
        """Whether it is. Words we exclude are looked for by whoever knows its author."""
        return self.is_about(written.did, written.collection, written.record)

    def is_about(self, did: str, collection: str, record: Mapping[str, Any]) -> bool:
        """The same of what is not put together yet: of a stream's posts hardly any has to be."""
        if collection == REPOSTS:
            return self.knows(text_at(record, "subject", "uri"))
        if self.me and (did == self.me or self._names(record)):
            return True
        root, parent = (text_at(record, "reply", end, "uri") for end in ("root", "parent"))
        return self.glance(text_at(record, "text"), root, parent)

    def _names(self, record: Mapping[str, Any]) -> bool:
        return any(did == self.me for did in mentioned(record)) or quoted(record).startswith(self._home)


def root_of(post: Written) -> str:
    """The first post of its talk; blank where it is the first itself."""
    return text_at(post.record, "reply", "root", "uri")


def mentioned(record: Mapping[str, Any]) -> Iterator[str]:
    """The DIDs that a post's text names."""
    for facet in _listed(record.get("facets")):
        for feature in _listed(facet.get("features")):
            if feature.get("$type") == _FACET:
                yield text_at(feature, "did")


def quoted(record: Mapping[str, Any]) -> str:
    """The address of the post that this one quotes; blank where it quotes none."""
    embed = record.get("embed")
    return text_at(embed, "record", "uri") or text_at(embed, "record", "record", "uri")


def _listed(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def _keep(known: OrderedDict[str, None], key: str) -> None:
    known[key] = None
    known.move_to_end(key)
    if len(known) > REMEMBERED:
        known.popitem(last=False)
