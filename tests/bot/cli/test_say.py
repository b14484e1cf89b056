"""`baton say`: the words of every chat, on a terminal."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from bot.__main__ import run
from bot.config import read_config
from bot.wiring import running

POLICY = Path(__file__).parents[2] / "policy.toml"


@pytest.fixture(autouse=True)
def a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")


def refused(*args: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        run(["say", *args])
    return ended.value.code


def filed(capsys: pytest.CaptureFixture[str]) -> int:
    """The number of a case that somebody brought."""
    assert run(["say", "file", "They sold me a broken kettle", "--as", "ana@kettle.example"]) == 0
    found = re.search(r"\b(1\d\d\d)\b", capsys.readouterr().out)
    assert found is not None
    return int(found[1])


def test_a_refusal_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("claim", "1042", "--as", "Ana@Kettle.example") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "There is no case 1042." in said.err


def test_the_reply_is_printed_and_where_it_is_seen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = filed(capsys)
    assert run(["say", "claim", str(number), "--as", "ana@kettle.example"]) == 0
    said = capsys.readouterr()
    assert "Ana Ruiz" in said.out
    assert "No chat is switched on" in said.err
    monkeypatch.setenv("BATON_WEB_CHAT", "local")
    assert run(["say", "note", str(number), "I called them", "--as", "ana@kettle.example"]) == 0
    assert "It is shown in Support (web) once the desk runs" in capsys.readouterr().err
    assert run(["say", "show", str(number), "--as", "ana@kettle.example"]) == 0
    assert capsys.readouterr().err == ""  # nothing was changed


def test_what_a_form_would_ask_for_is_asked_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    number = filed(capsys)
    assert refused("handoff", str(number), "--as", "ana@kettle.example") == 1
    said = capsys.readouterr().err
    assert "handoff <case> <department>" in said
    assert f"handoff {number} legal" in said


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    number = filed(capsys)
    assert run(["say", "claim", str(number), "--json", "--as", "ana@kettle.example"]) == 0
    reply = json.loads(capsys.readouterr().out)
    assert (reply["done"], reply["changed"], reply["case"]) == (True, True, number)
    asks = {each["words"]: each["asks"] for each in reply["next"]}
    assert asks[f"handoff {number}"] == ["department", "note"]
    assert refused("claim", str(number), "--as", "ben@kettle.example", "--json") == 1
    reply = json.loads(capsys.readouterr().out)
    assert (reply["done"], reply["changed"]) == (False, False)
    assert "Ana Ruiz has had case" in reply["text"]


async def test_beside_a_running_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_WEB_CHAT", "local")
    async with running(read_config(os.environ)) as desk:
        said = ["say", "file", "They sold me a broken kettle", "--as", "ana@kettle.example"]
        assert await asyncio.to_thread(run, said) == 0
        assert "at once: the desk runs (process " in capsys.readouterr().err
        async with asyncio.timeout(60):
            while not await desk.store.weblog.page("support", limit=10):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


def test_without_words_it_is_home(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "--as", "ana@kettle.example"]) == 0
    assert "Ana" in capsys.readouterr().out


def test_words_may_look_like_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("calim", "1042", "-x", "--as", "ana@kettle.example") == 1
    assert "claim 1042 -x" in capsys.readouterr().err


def test_somebody_unknown_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["say", "home", "--as", "anna@kettle.example"]) == 1
    assert "Did you mean ana@kettle.example?" in capsys.readouterr().err


def test_without_a_policy_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_POLICY", "/nowhere/policy.toml")
    assert run(["say", "home", "--as", "ana@kettle.example"]) == 2
    assert "/nowhere/policy.toml" in capsys.readouterr().err


def test_a_wrong_address_of_the_database_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("nonsense", "mysql://x/y", "sqlite:////nowhere/at/all/desk.db"):
        monkeypatch.setenv("BATON_DATABASE_URL", address)
        assert run(["say", "home", "--as", "ana@kettle.example"]) in (1, 2)
        assert "BATON_DATABASE_URL" in capsys.readouterr().err
