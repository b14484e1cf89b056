"""A Teams client that runs on this machine, Microsoft's own: `async with playground(…) as teams`; `python -m tests.fakes.playground`
installs it.

It is npm's `@microsoft/m365agentsplayground`, under an evaluation licence: it is run, and is no part of Baton. It shows
cards with the renderer of Teams; Action.Execute, edits, threads and messages out of the blue work. It is one person's
screen, with one team of two channels. It knows no limits and no tokens, opens no dialogs (an Action.Submit with
task/fetch arrives as a message with a value), deletes nothing (501), never refreshes a card, shows the answer to an
Action.Execute to everybody, names messages to our app by other ids than to itself, tells of no edits and no
reactions, has no message extensions in its menu, and finds members by their 29: id only. For all those there is
`fakes.teams`.
"""

from __future__ import annotations

from tests.fakes.playground.people import Member
from tests.fakes.playground.running import Playground, playground
from tests.fakes.playground.setup import program

__all__ = ["Member", "Playground", "playground", "program"]
