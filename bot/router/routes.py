"""Where handlers register what they can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from bot.cards.card import Card
from bot.router.calls import Call, Look, Reply, Shown

VerbFunction = Callable[..., Awaitable[Reply]]
TimerFunction = Callable[[Call], Awaitable[None]]
ViewFunction = Callable[[Look, str], Awaitable[Shown | Card]]
Group = Literal["see", "work", "hand over", "urgent", "desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One command. `usage` is its grammar and its help: `handoff <case> <department> [note...]`."""

    name: str
    usage: str
    group: Group
    help: str
    function: VerbFunction
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class Routes:
    """A table of verbs, happenings, timers and views, filled by decorators and merged by `include`."""

    verbs: dict[str, Verb] = field(default_factory=dict)
    unspoken: dict[str, VerbFunction] = field(default_factory=dict)
    timers: dict[str, TimerFunction] = field(default_factory=dict)
    views: dict[str, ViewFunction] = field(default_factory=dict)

    def verb(
        self, name: str, *, usage: str, group: Group, aliases: tuple[str, ...] = ()
    ) -> Callable[[VerbFunction], VerbFunction]:
        """Registers a command; the first line of the function's docstring is its help."""

        def register(function: VerbFunction) -> VerbFunction:
            text = (function.__doc__ or "").strip().splitlines()
            if not text or name in self.verbs:
                raise ValueError(f"the verb {name} needs a docstring and a name of its own")
            self.verbs[name] = Verb(
                name=name, usage=usage, group=group, help=text[0], function=function, aliases=aliases
            )
            return function

        return register

    def happening(self, name: str) -> Callable[[VerbFunction], VerbFunction]:
        """Registers what follows when a person does something in a chat that is no command: nobody can type it."""

        def register(function: VerbFunction) -> VerbFunction:
            self.unspoken[name] = function
            return function

        return register

    def timer(self, kind: str) -> Callable[[TimerFunction], TimerFunction]:
        """Registers what a job of this kind does. It cannot be typed."""

        def register(function: TimerFunction) -> TimerFunction:
            self.timers[kind] = function
            return function

        return register

    def view(self, name: str) -> Callable[[ViewFunction], ViewFunction]:
        """Registers a card as a function of (subject, place, now)."""

        def register(function: ViewFunction) -> ViewFunction:
            self.views[name] = function
            return function

        return register

    def include(self, others: Iterable[Routes]) -> Routes:
        """Merges other tables into this one. Raises ValueError when two want the same name."""
        for other in others:
            for mine, theirs in (
                (self.verbs, other.verbs),
                (self.unspoken, other.unspoken),
                (self.timers, other.timers),
                (self.views, other.views),
            ):
                both = mine.keys() & theirs.keys()
                if both:
                    raise ValueError(f"registered twice: {', '.join(sorted(both))}")
                mine.update(theirs)  # type: ignore[arg-type]
        return self
