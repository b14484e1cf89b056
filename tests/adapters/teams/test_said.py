"""What typed words mean: a command, or a note on the case in whose thread they stand."""

from __future__ import annotations

import pytest

from adapters.teams.said import Command, Note, Said, understood


@pytest.mark.parametrize(
    ("text", "called", "case_id", "meant"),
    [
        ("claim 1042", True, None, Command("claim 1042")),
        ("claim 1042", False, None, Command("claim 1042")),
        ("claim 1042", True, 1042, Command("claim 1042")),
        ("", True, None, Command("")),
        ("she called", False, 1042, Note("she called")),
        ("claim 1042", False, 1042, Note("claim 1042")),
        ("note 7 bags", False, 1042, Note("note 7 bags")),
        ("note she called", True, 1042, Note("she called")),
        ("note 1042 she called", True, 1042, Note("she called")),
        ("Note: she called", True, 1042, Note("she called")),
        ("note 1043 she called", True, 1042, Command("note 1043 she called")),
        ("note she called", True, None, Command("note she called")),
        ("note", True, 1042, Command("note")),
        ("@Baton claim 1042", False, 1042, Command("claim 1042")),
        ("/baton: claim 1042", False, 1042, Command("claim 1042")),
        ("@batonic claim", False, 1042, Note("@batonic claim")),
    ],
)
def test_what_is_meant(text: str, called: bool, case_id: int | None, meant: Said) -> None:
    assert understood(text, called=called, case_id=case_id) == meant
