"""What typed words mean where they are heard."""

from __future__ import annotations

import pytest

from adapters.slack.said import Command, Note, Said, addressed, understood


@pytest.mark.parametrize(
    ("raw", "rest"),
    [
        ("<@UBOT> claim 1042", "claim 1042"),
        ("  <@UBOT|baton>: claim", "claim"),
        ("<@UBOT>", ""),
        ("<@UBOT>claim", "claim"),
        ("<@UBOT> ask <@UBOT>", "ask <@UBOT>"),
        ("<@UBOTTLE> claim", None),
        ("ask <@UBOT>", None),
        ("&lt;@UBOT&gt; claim", None),
        ("", None),
    ],
)
def test_only_a_mention_at_the_beginning_calls_us(raw: str, rest: str | None) -> None:
    assert addressed(raw, "UBOT") == rest


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("claim 1042", Command("claim 1042")),
        ("/baton claim 1042", Command("claim 1042")),
        ("@BATON: claim 1042 ", Command("claim 1042")),
        ("/baton", Command("")),
        ("note 1042 rude", Command("note 1042 rude")),
        ("", Command("")),
    ],
)
def test_alone_with_us_everything_is_a_command(text: str, means: Said) -> None:
    assert understood(text, called=False, case_id=None) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("she is\nfurious ", Note("she is\nfurious")),
        ("claim 1042", Note("claim 1042")),
        ("@batonista is new", Note("@batonista is new")),
        ("ask @baton claim", Note("ask @baton claim")),
        ("/baton claim", Command("claim")),
        ("@Baton claim", Command("claim")),
        ("/baton note furious", Note("furious")),
        ("@baton note #1042: furious", Note("furious")),
        ("@baton note 1043 other case", Command("note 1043 other case")),
        ("@baton note", Command("note")),
        ("@baton notes", Command("notes")),
    ],
)
def test_in_a_case_thread_what_is_no_command_is_a_note(text: str, means: Said) -> None:
    assert understood(text, called=False, case_id=1042) == means


def test_what_follows_a_mention_is_a_command_in_a_thread_too() -> None:
    assert understood("claim", called=True, case_id=1042) == Command("claim")
    assert understood("note furious", called=True, case_id=1042) == Note("furious")
