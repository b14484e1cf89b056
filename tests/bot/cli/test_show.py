"""`baton show`: a case on a terminal, and as JSON."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.__main__ import run
from bot.grammar import Heard
from bot.grammar.listener import Happened
from bot.ports import Place
from tests.desk import a_desk

POLICY = Path(__file__).parents[2] / "policy.toml"


async def _a_case_with_notes(folder: Path) -> int:
    """One note that was edited, one that was taken back, one that stands."""
    async with a_desk(folder) as desk:
        case = await desk.mention()
        ben = desk.person("ben")
        for number, text in enumerate(("rang tehm", "oops, my password", "call back")):
            place = Place(platform="web", conversation="support", case_id=case, message=f"m{number}")
            await desk.desk.listener.hear(
                Heard(id=f"e{number}", words=f"note {case} {text}", person=ben, place=place)
            )
        for name, args in (("note_changed", (case, "m0", "rang them")), ("note_withdrawn", (case, "m1"))):
            await desk.desk.listener.happened(
                Happened(id=name, name=name, person=ben, place=place, args=args)
            )
        await desk.settles()
    return case


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    return asyncio.run(_a_case_with_notes(tmp_path))


def test_notes_are_shown_as_they_stand(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(case)]) == 0
    shown = capsys.readouterr().out
    assert "Ben Okafor noted (edited): rang them." in shown
    assert "Ben Okafor took a note back." in shown
    assert "tehm" not in shown
    assert "password" not in shown


def test_notes_as_json_are_as_they_stand(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(case), "--json"]) == 0
    said = capsys.readouterr().out
    events = json.loads(said)["events"]
    assert [(e["kind"], e["data"].get("text"), e["data"].get("edited")) for e in events[1:]] == [
        ("noted", "rang them", True),
        ("noted", "call back", None),
        ("note_withdrawn", None, None),
    ]
    assert "password" not in said


def test_a_case_that_does_not_exist(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "77"]) == 1
    assert "There is no case 77." in capsys.readouterr().err


def test_a_restricted_case_needs_to_be_asked_for(case: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "restrict", str(case), "to", "legal", "--as", "ana@kettle.example"]) == 0
    capsys.readouterr()
    for more in ([], ["--json"]):
        assert run(["show", str(case), *more]) == 1
        said = capsys.readouterr()
        assert "restricted to support, legal" in said.err and "parcel" not in said.out
    assert run(["show", str(case), "--restricted"]) == 0
    assert "My parcel never came." in capsys.readouterr().out
    assert run(["show", str(case), "--restricted", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["restricted_to"] == ["support", "legal"] and shown["posts"][0]["text"]
    with pytest.raises(SystemExit):
        run(["say", "show", str(case), "--as", "finn@kettle.example"])
    assert "Ask Support" in capsys.readouterr().err
