"""A Slack that keeps Slack's rules: `async with fake_slack() as slack`.

Behaviour is taken from Slack's reference (docs.slack.dev); where that is silent, from how the API is known to behave.
"""

from __future__ import annotations

from tests.fakes.slack.answer import Answer
from tests.fakes.slack.fake import BURST, FakeSlack, fake_slack
from tests.fakes.slack.forms import labels
from tests.fakes.slack.state import APP, BOT, BOT_ID, SCOPES, SIGNING_SECRET, TEAM, Call, Refused
from tests.fakes.slack.troubles import Trouble, drop_after, drop_before, error, slow, status, too_many

__all__ = [
    "APP",
    "BOT",
    "BOT_ID",
    "BURST",
    "SCOPES",
    "SIGNING_SECRET",
    "TEAM",
    "Answer",
    "Call",
    "FakeSlack",
    "Refused",
    "Trouble",
    "drop_after",
    "drop_before",
    "error",
    "fake_slack",
    "labels",
    "slow",
    "status",
    "too_many",
]
