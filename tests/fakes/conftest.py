"""A fake Slack with one person and one channel, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.desk import Time
from tests.fakes.slack import FakeSlack, fake_slack

C = "C0SUPPORT"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def slack(time: Time) -> AsyncIterator[FakeSlack]:
    async with fake_slack(now=time.real) as slack:
        slack.add_user("Ana Ruiz", "ana@kettle.example", id="U1")
        slack.add_channel(C)
        yield slack


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.settings().bot_token, base_url=slack.url, retry_handlers=[])
