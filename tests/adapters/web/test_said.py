"""What typed text means where it was typed."""

from __future__ import annotations

import pytest

from adapters.web.said import Chatter, Command, Note, Said, understood

VERBS = {"claim", "list", "help", "note"}


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("good morning", Chatter("good morning")),
        ("claim 1042", Chatter("claim 1042")),
        ("/baton claim 1042", Command("claim 1042")),
        ("@Baton  claim 1042 ", Command("claim 1042")),
        ("@BATON: claim 1042", Command("claim 1042")),
        ("@baton, list\nmine", Command("list\nmine")),
        ("/baton", Command("")),
        ("/", Command("")),
        ("/claim 1042", Command("claim 1042")),
        ("/LIST", Command("LIST")),
        ("/usr/bin/list is broken", Chatter("/usr/bin/list is broken")),
        ("/dance", Chatter("/dance")),
        ("/ hello", Chatter("/ hello")),
        ("@batonista is new", Chatter("@batonista is new")),
        ("ask @baton claim 1042", Chatter("ask @baton claim 1042")),
        ("/note 1042 rude", Command("note 1042 rude")),
    ],
)
def test_in_a_channel(text: str, means: Said) -> None:
    assert understood(text, verbs=VERBS, direct=False, case_id=None) == means


@pytest.mark.parametrize("text", ["claim 1042", "/claim 1042", "/baton claim 1042"])
def test_with_baton_alone_everything_is_a_command(text: str) -> None:
    assert understood(text, verbs=VERBS, direct=True, case_id=None) == Command("claim 1042")


@pytest.mark.parametrize("direct", [True, False])
@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("she is\nfurious", Note("she is\nfurious", "note 1042 she is\nfurious")),
        ("claim 1042", Note("claim 1042", "note 1042 claim 1042")),
        ("/baton claim", Command("claim")),
        ("/claim 1042", Command("claim 1042")),
        ("/baton note furious", Note("furious", "note 1042 furious")),
        ("/note 1042 furious", Note("furious", "note 1042 furious")),
        ("/note #1042: furious", Note("furious", "note 1042 furious")),
        ("/baton note 1043 other case", Command("note 1043 other case")),
        ("/baton note", Command("note")),
        ("/baton notes", Command("notes")),
    ],
)
def test_in_a_case_thread_what_is_no_command_is_a_note(text: str, means: Said, direct: bool) -> None:
    assert understood(text, verbs=VERBS, direct=direct, case_id=1042) == means
