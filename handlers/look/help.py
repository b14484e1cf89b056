"""`help`: the desk's words, read from the very table that runs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cards.card import Card
from bot.cards.help import VerbRow, help_card, verb_card
from bot.domain.refusals import Names, Refusal
from bot.router import Call, Look, Reply, Routes, Verb

_ENDS: Final = ("all", "next")


class NoSuchVerb(Refusal):
    """Help about a word that the desk does not know."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word

    def sentence(self, names: Names) -> str:
        return f"There is no word “{self.word}”. “help” lists all of them."

    def suggestions(self) -> tuple[str, ...]:
        return ("help",)


def help_routes(verbs: Mapping[str, Verb]) -> Routes:
    """The routes of `help`. `verbs` is the merged table itself, so that help knows whatever is in it."""
    routes = Routes()

    @routes.verb("help", usage="help [verb]", group="desk")
    async def give_help(call: Call, verb: str | None) -> Reply:
        """What you can say; with a word, what that word does."""
        found = _find(verbs, verb) if verb else None
        if verb and found is None:
            raise NoSuchVerb(verb)
        return Reply.show("help", found.name if found else "")

    @routes.view("help")
    async def show_help(look: Look, subject: str) -> Card:
        """All verbs, or the one that the subject names."""
        if subject:
            return verb_card(_row(verbs[subject], verbs))
        return help_card(tuple(_row(verb, verbs) for verb in verbs.values()))

    return routes


def _find(verbs: Mapping[str, Verb], word: str) -> Verb | None:
    wanted = "".join(word.lower().split())
    return next((verb for verb in verbs.values() if wanted == verb.name or wanted in verb.aliases), None)


def _row(verb: Verb, verbs: Mapping[str, Verb]) -> VerbRow:
    """As people say it: `claim next` is one verb, and `claimnext` would look like a slip."""
    first = next((verb.name.removesuffix(end) for end in _ENDS if verb.name.endswith(end)), "")
    name = f"{first} {verb.name.removeprefix(first)}" if first in verbs else verb.name
    usage = verb.usage.replace(verb.name, name, 1)
    aliases = tuple(alias for alias in verb.aliases if alias != name)
    return VerbRow(name=name, usage=usage, group=verb.group, help=verb.help, aliases=aliases)
