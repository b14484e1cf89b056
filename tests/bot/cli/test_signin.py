"""`baton signin`: a link on a terminal, and the end of everybody's."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import run
from bot.domain.people import PersonId
from bot.ports import digest_of
from storage.sql.store import SqlStore
from tests.desk import test_policy

POLICY = Path(__file__).parents[2] / "policy.toml"
ANA = PersonId("ana@kettle.example")


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    monkeypatch.setenv("BATON_POLICY", str(POLICY))
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    monkeypatch.setenv("BATON_WEB_CHAT", "signin")
    monkeypatch.setenv("BATON_PUBLIC_URL", "https://baton.kettle.example/")
    return url


def use(url: str, secret: str) -> PersonId | None:
    async def go() -> PersonId | None:
        store = SqlStore(url, test_policy())
        try:
            return await store.sign_ins.use(digest_of(secret), "session", timedelta(days=7))
        finally:
            await store.close()

    return asyncio.run(go())


def test_the_link_alone_is_on_standard_output(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["signin", "Ana@Kettle.example"]) == 0
    said = capsys.readouterr()
    address, _, secret = said.out.strip().partition("#")
    assert address == "https://baton.kettle.example/signin/link"
    assert "Ana Ruiz" in said.err and "10 minutes" in said.err
    assert use(database, secret) == ANA
    assert use(database, secret) is None


def test_revoking_ends_sessions_and_links(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["signin", ANA])
    first = capsys.readouterr().out.strip().partition("#")[2]
    assert use(database, first) == ANA
    run(["signin", ANA])
    second = capsys.readouterr().out.strip().partition("#")[2]
    assert run(["signin", ANA, "--revoke"]) == 0
    assert f"{ANA}: 1 session ended" in capsys.readouterr().out
    assert use(database, second) is None
    assert run(["signin", "gone@kettle.example", "--revoke"]) == 0


def test_somebody_unknown_gets_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["signin", "anna@kettle.example"]) == 1
    assert "names nobody" in capsys.readouterr().err


def test_where_nobody_signs_in_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATON_WEB_CHAT", "local")
    assert run(["signin", ANA]) == 2
    assert "BATON_PUBLIC_URL" in capsys.readouterr().err
