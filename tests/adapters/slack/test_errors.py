"""Slack's own words as ChatErrors, with sentences for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.errors import GONE, REFUSED, SHUT, SlackRefused, SlackShut, lost, translate
from bot.ports import ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable

POST = "chat.postMessage"


def meaning(code: str, method: str = POST, **more: Any) -> ChatError:
    return translate(method, {"ok": False, "error": code, **more})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("not_in_channel", Shut),
        ("channel_not_found", Shut),
        ("is_archived", Shut),
        ("is_inactive", Shut),
        ("restricted_action", Shut),
        ("restricted_action_read_only_channel", Shut),
        ("restricted_action_thread_only_channel", Shut),
        ("messages_tab_disabled", Shut),
        ("token_revoked", Shut),
        ("token_expired", Shut),
        ("invalid_auth", Shut),
        ("not_authed", Shut),
        ("account_inactive", Shut),
        ("missing_scope", Shut),
        ("org_login_required", Shut),
        ("team_access_not_granted", Shut),
        ("ekm_access_denied", Shut),
        ("access_denied", Shut),
        ("message_not_found", Gone),
        ("thread_not_found", Gone),
        ("cannot_reply_to_message", Gone),
        ("cant_update_message", Gone),
        ("edit_window_closed", Gone),
        ("restricted_action_thread_locked", Gone),
        ("service_unavailable", Down),
        ("request_timeout", Down),
        ("team_added_to_org", Down),
        ("ratelimited", SlowDown),
        ("rate_limited", SlowDown),
        ("message_limit_exceeded", SlowDown),
        ("update_failed", Failed),
        ("user_not_found", Undeliverable),
        ("something_new", Undeliverable),
    ],
)
def test_each_code_has_its_meaning(code: str, kind: type[ChatError]) -> None:
    assert isinstance(meaning(code), kind)


@pytest.mark.parametrize("code", ["internal_error", "fatal_error"])
def test_an_error_of_slack_s_own_may_have_posted(code: str) -> None:
    assert isinstance(meaning(code, POST), FateUnknown)
    assert isinstance(meaning(code, "chat.update"), Down)
    assert isinstance(meaning(code, "conversations.history"), Down)


@pytest.mark.parametrize(
    ("method", "kind"), [(POST, FateUnknown), ("views.open", FateUnknown), ("chat.update", Down)]
)
def test_a_lost_answer_leaves_only_writing_in_doubt(method: str, kind: type[ChatError]) -> None:
    error = lost(method, "TimeoutError")
    assert type(error) is kind
    assert str(error) == f"Slack did not answer {method} (TimeoutError)."


@pytest.mark.parametrize("code", sorted(SHUT))
def test_what_is_shut_says_what_to_do(code: str) -> None:
    error = meaning(code, needed="chat:write")
    assert isinstance(error, SlackShut) and error.code == code
    said = str(error)
    advice = (
        "write /invite",
        "ask an admin",
        "unarchive",
        "switch on",
        "install the app",
        "BATON_SLACK_BOT_TOKEN",
    )
    assert any(words in said for words in (*advice, "add the scope"))
    assert said.endswith(".") and ".." not in said and code not in said


def test_a_missing_scope_is_named() -> None:
    error = meaning("missing_scope", needed="channels:history,groups:history", provided="chat:write")
    assert isinstance(error, SlackShut) and error.needed == "channels:history,groups:history"
    assert "add the scope channels:history,groups:history on the app's page OAuth & Permissions" in str(error)


@pytest.mark.parametrize("code", [*GONE, *REFUSED])
def test_sentences_are_sentences(code: str) -> None:
    said = str(meaning(code))
    assert said[0].isupper() and said.endswith(".") and "_" not in said


def test_an_unknown_code_is_told_and_kept() -> None:
    error = meaning("brand_new_error", "chat.update")
    assert isinstance(error, SlackRefused) and error.code == "brand_new_error"
    assert str(error) == "Slack refused chat.update: brand_new_error."


def test_what_slack_adds_is_kept_for_the_log_only() -> None:
    said = "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"
    error = meaning("invalid_blocks", response_metadata={"messages": [said, "x" * 5000]})
    assert isinstance(error, SlackRefused)
    assert error.details.startswith(said) and len(error.details) == 300
    assert "json-pointer" not in str(error)


@pytest.mark.parametrize(
    "answer", [{}, {"error": None}, {"error": 7}, {"error": {"a": 1}}, {"error": "<!channel>\n" * 99}]
)
def test_a_strange_answer_is_a_refusal_of_bounded_length(answer: dict[str, Any]) -> None:
    error = translate(POST, {"response_metadata": "none", **answer})
    assert isinstance(error, SlackRefused)
    assert len(str(error)) < 160 and "<" not in str(error) and "\n" not in str(error)


def test_without_a_word_from_slack_we_wait_half_a_minute() -> None:
    error = meaning("ratelimited")
    assert isinstance(error, SlowDown) and error.after == timedelta(seconds=30)
