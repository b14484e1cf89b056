"""What Slack is told of Baton, and that nothing is asked for without a reason."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adapters.slack.manifest import manifest
from adapters.slack.scopes import ALWAYS, WITH_GROUPS, WITH_REACTIONS, events, scopes
from bot.policy.model import Policy
from handlers import all_routes
from tests.desk import test_policy

ROOT = Path(__file__).parents[3]


def made(policy: Policy | None = None, url: str | None = None) -> dict[str, Any]:
    return manifest(policy or test_policy(), all_routes().verbs.values(), url=url)


def with_support(**fields: Any) -> Policy:
    policy = test_policy()
    support = replace(policy.departments["support"], channels={"slack": "C1"}, **fields)
    return replace(policy, departments={**policy.departments, "support": support})


@pytest.mark.parametrize("url", [None, "https://baton.example.com/"])
def test_slack_s_own_schema_accepts_it(url: str | None) -> None:
    # The schema is Slack's and is not kept here; where it stands beside the project, it is asked.
    for schema in ROOT.parent.glob("*/schemas/slack-manifest.schema.*.json"):
        jsonschema.validate(made(url=url), json.loads(schema.read_text(encoding="utf-8")))
    assert len(made(url=url)["display_information"]["name"]) <= 35
    assert len(made(url=url)["display_information"]["description"]) <= 140
    assert 175 <= len(made(url=url)["display_information"]["long_description"]) <= 4000
    assert all(len(shortcut["name"]) <= 24 for shortcut in made(url=url)["features"]["shortcuts"])


def test_socket_mode_needs_no_address_and_http_names_it_everywhere() -> None:
    socket, http = made(), made(url="https://baton.example.com/")
    assert socket["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps({**socket, "display_information": None})
    assert http["settings"]["socket_mode_enabled"] is False
    address = "https://baton.example.com/slack/events"
    assert http["settings"]["event_subscriptions"]["request_url"] == address
    assert http["settings"]["interactivity"]["request_url"] == address
    assert [command["url"] for command in http["features"]["slash_commands"]] == [address]


def test_what_a_policy_does_not_use_is_not_asked_for() -> None:
    assert dict(scopes(test_policy())) == dict(ALWAYS)
    assert "reaction_added" not in events(test_policy())
    reacting = with_support(reactions={"eyes": "claim"})
    assert set(scopes(reacting)) == {*ALWAYS, *WITH_REACTIONS}
    assert "reaction_added" in events(reacting)
    grouped = with_support(groups={"slack": "S0SUPPORT"})
    assert set(scopes(grouped)) == {*ALWAYS, *WITH_GROUPS}
    assert "subteam_members_changed" in events(grouped)


def test_the_page_gives_every_scope_its_one_reason() -> None:
    page = (ROOT / "deploy" / "slack.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `([a-z:._]+)` \| (.+) \|$", page, re.MULTILINE))
    assert table == {**ALWAYS, **WITH_REACTIONS, **WITH_GROUPS}


def test_the_hint_is_made_from_the_routes() -> None:
    (command,) = made()["features"]["slash_commands"]
    assert command["command"] == "/baton"
    assert command["usage_hint"].startswith("claim <case> | handoff <case> <department>")
