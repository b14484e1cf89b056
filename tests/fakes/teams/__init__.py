"""A Microsoft Teams that keeps Teams' rules: `async with fake_teams() as teams`.

The Bot Connector, Entra's token endpoint and the Bot Framework's keys, as learn.microsoft.com documents them; where
that is silent, as recorded activities and answers show them.
"""

from __future__ import annotations

from tests.fakes.teams.answer import Answer
from tests.fakes.teams.fake import FakeTeams, fake_teams
from tests.fakes.teams.forms import actions, asked, card_of, labels
from tests.fakes.teams.reading import read
from tests.fakes.teams.state import APP_ID, BOT, BOT_NAME, SECRET, TENANT, Call, Refused
from tests.fakes.teams.troubles import (
    Trouble,
    drop_after,
    drop_before,
    error,
    precondition_failed,
    slow,
    status,
    too_many,
)

__all__ = [
    "APP_ID",
    "BOT",
    "BOT_NAME",
    "SECRET",
    "TENANT",
    "Answer",
    "Call",
    "FakeTeams",
    "Refused",
    "Trouble",
    "actions",
    "asked",
    "card_of",
    "drop_after",
    "drop_before",
    "error",
    "fake_teams",
    "labels",
    "precondition_failed",
    "read",
    "slow",
    "status",
    "too_many",
]
