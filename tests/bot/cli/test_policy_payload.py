"""`baton policy test --source`: what a vendor's payload becomes, before anything is switched on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.policy import policy

POLICY = (Path(__file__).parents[2] / "policy.toml").read_text(encoding="utf-8")
SHOP = """
[sources.shop]
kind = "webhook"
[sources.shop.mapping]
items = "list"
only = { kind = "review" }
id = "id"
text = "body"
author.handle = "by"
"""
SENT = {
    "list": [
        {"kind": "review", "id": 1, "body": "I will call my lawyer", "by": "ann"},
        {"kind": "review", "body": "no id"},
        {"kind": "like", "id": 3},
    ]
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "policy.toml").write_text(POLICY + SHOP, encoding="utf-8")
    return tmp_path


def run(here: Path, content: str, source: str = "shop") -> Result:
    file = here / "payload.json"
    file.write_text(content, encoding="utf-8")
    words = ["test", str(file), "--policy", str(here / "policy.toml"), "--source", source]
    return CliRunner().invoke(policy, words, catch_exceptions=False)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_payload_is_shown_as_what_it_becomes(here: Path, indent: int | None) -> None:
    shown = run(here, json.dumps(SENT, indent=indent))
    assert shown.exit_code == 0
    assert "I will call my lawyer" in shown.output
    assert "threat of a lawsuit" in shown.output
    assert "item 2: there is no id where the policy says that it stands" in shown.output
    assert "1 none of ours" in shown.output


def test_one_payload_a_line(here: Path) -> None:
    shown = run(here, f"{json.dumps(SENT)}\nnonsense\n")
    assert "I will call my lawyer" in shown.output
    assert "line 2: is not JSON" in shown.output


def test_a_source_that_is_not_there(here: Path) -> None:
    shown = run(here, "{}", source="shopp")
    assert shown.exit_code == 1
    assert "no [sources.shopp.mapping]" in shown.output
