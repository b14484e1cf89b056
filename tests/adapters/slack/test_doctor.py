"""The doctor says what is wrong with Slack, and how to mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from adapters.slack.api import SlackApi
from adapters.slack.doctor import examine
from adapters.slack.scopes import ALWAYS
from bot.policy.model import Policy
from bot.ports import Finding, Health
from storage.sql.clock import SqlClock
from tests.desk import test_policy
from tests.fakes.slack import FakeSlack, error, fake_slack


def in_slack(**channels: str) -> Policy:
    """The test company, with these departments in Slack and nobody else."""
    policy = test_policy()
    departments = {
        name: replace(known, channels={"slack": channels[name]} if name in channels else {})
        for name, known in policy.departments.items()
    }
    return replace(policy, departments=departments)


async def found(slack: FakeSlack, policy: Policy, *, socket: bool = False) -> Sequence[Finding]:
    settings = slack.settings(app_token=socket)
    api = SlackApi(settings, SqlClock())
    try:
        return [finding async for finding in examine(settings, policy, api)]
    finally:
        await api.close()


def said(findings: Sequence[Finding], health: Health) -> str:
    return "\n".join(f"{finding.says} {finding.mend}" for finding in findings if finding.health is health)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack(scopes=ALWAYS) as slack:
        for person in test_policy().people.values():
            slack.add_user(person.name, str(person.id))
        slack.add_channel("C0SUPPORT", members=[])
        yield slack


async def test_nothing_is_wrong(slack: FakeSlack) -> None:
    findings = await found(slack, in_slack(support="C0SUPPORT"), socket=True)
    assert said(findings, Health.BROKEN) == said(findings, Health.DOUBTFUL) == ""
    assert "speaks in #" in said(findings, Health.WELL)


async def test_a_wrong_token_ends_it(slack: FakeSlack) -> None:
    await slack.revoke_tokens()
    (finding,) = await found(slack, in_slack(support="C0SUPPORT"))
    assert finding.health is Health.BROKEN
    assert "BATON_SLACK_BOT_TOKEN" in finding.mend
    assert "xoxb-" not in finding.says


async def test_a_missing_scope_is_named_with_what_it_is_for(slack: FakeSlack) -> None:
    slack.work.scopes -= {"files:write"}
    broken = said(await found(slack, in_slack(support="C0SUPPORT")), Health.BROKEN)
    assert "files:write is missing: without it Baton cannot show the digest's chart as a picture" in broken
    assert "reinstall" in broken


async def test_a_channel_without_the_bot_says_how_to_invite_it(slack: FakeSlack) -> None:
    await slack.remove_bot("C0SUPPORT")
    broken = said(await found(slack, in_slack(support="C0SUPPORT")), Health.BROKEN)
    assert "Baton is not in #" in broken
    assert "/invite @" in broken


async def test_an_archived_channel_and_an_unknown_one(slack: FakeSlack) -> None:
    await slack.archive("C0SUPPORT")
    broken = said(await found(slack, in_slack(support="C0SUPPORT", pr="C0NOWHERE")), Health.BROKEN)
    assert "is archived" in broken
    assert "Slack knows no channel C0NOWHERE" in broken
    assert "[departments.pr]" in broken


async def test_a_page_that_would_find_nobody(slack: FakeSlack) -> None:
    cleo = next(person for person in test_policy().people.values() if person.name.startswith("Cleo"))
    for user in slack.work.users.values():
        if user["profile"].get("email") == cleo.id:
            user["deleted"] = True
    broken = said(await found(slack, in_slack(support="C0SUPPORT")), Health.BROKEN)
    assert f"nobody with the e-mail {cleo.id}" in broken


async def test_an_app_token_that_does_not_work(slack: FakeSlack) -> None:
    slack.trouble("apps.connections.open", error("invalid_auth"))
    broken = said(await found(slack, in_slack(support="C0SUPPORT"), socket=True), Health.BROKEN)
    assert "invalid_auth" in broken
    assert "connections:write" in broken


async def test_no_slack_at_all() -> None:
    async with fake_slack() as slack:
        slack.down()
        (finding,) = await found(slack, in_slack(support="C0SUPPORT"))
    assert finding.health is Health.BROKEN


async def test_a_policy_without_a_slack_channel_is_doubted(slack: FakeSlack) -> None:
    assert "names no Slack channel" in said(await found(slack, in_slack()), Health.DOUBTFUL)
