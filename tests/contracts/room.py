"""What the contract asks of a platform: a room in which a person does things and sees things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.ports import Chat, Place, Posted
from tests.desk import Story


@dataclass(frozen=True)
class Seen:
    """One message as a person sees it; `id` is its name in `Posted.message`. `at` is the conversation of one that stands
    elsewhere than in a department's channel.

    `links` are (what it says, where it leads). `bold` are words that stand out, which our own may. `odd` is whatever a
    stranger's words could only be by being more than words: formatted otherwise, or markup of the platform.
    """

    id: str
    text: str
    pings: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    bold: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    at: str = ""


class Room(Protocol):
    """A desk that speaks and listens on one platform, and its people by their first names.

    Departments are named as in the policy. What a person does is answered, and what follows from it has happened,
    when the call returns.
    """

    desk: Story

    @property
    def chat(self) -> Chat: ...

    def place(self, department: str) -> Place:
        """The department's channel."""

    # -- what people do ----------------------------------------------------------------------------

    async def types(self, who: str, words: str, *, department: str = "support") -> None:
        """A command, in the department's channel."""

    async def presses(self, who: str, seen: Seen, label: str, *, department: str = "support") -> None:
        """A button of a message, wherever it stands. One that asks for something first opens a form."""

    async def form(self, who: str) -> tuple[str, ...]:
        """What the form in front of that person asks for; empty when there is none."""

    async def answers(self, who: str, values: Mapping[str, str]) -> None:
        """Fills in the form, by its labels and the options shown, and sends it."""

    async def writes(self, who: str, text: str, *, below: Seen, department: str = "support") -> str:
        """Words in a message's thread; the platform's name of them."""

    async def repeats(self) -> None:
        """What a person did last is delivered to the desk once more, as platforms do. Not every one can."""

    # -- what people see --------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Everything that is due happens."""

    async def main(self, place: Place) -> list[Seen]:
        """The messages of the place's main line, oldest first."""

    async def below(self, posted: Posted) -> list[Seen]:
        """The replies below a message, oldest first."""

    async def whispers(self, who: str, *, department: str = "support") -> list[str]:
        """What only this person was told there, oldest first."""

    async def answered(self, who: str, *, department: str = "support") -> Seen:
        """The newest answer for this person alone to words in that channel, with what can be pressed on it."""

    async def direct(self, who: str) -> list[Seen]:
        """What Baton wrote to this person by itself, oldest first."""
