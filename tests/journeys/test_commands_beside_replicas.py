"""The command line, on the PostgreSQL that two replicas serve: both see at once what it does, and it finds the record
whole while both write in it. The test's own process is the third one."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import run
from tests.fakes.postgres import new_database
from tests.journeys.replicas import EMAILS, ROOT, Fleet, Replica, fleet, until
from tests.journeys.test_replicas import filed, looking_at, rested
from tests.storage.kit import rows

ACTS = 15
"""What each of two people writes while the record is read."""
SECRET = "Zanzibar"
PUBLIC = "https://baton.kettle.example"


def post(number: int, text: str, handle: str) -> dict[str, Any]:
    about = {"source": "x", "id": f"m{number}", "created_at": "2026-03-02T09:00:00Z"}
    return {**about, "author": {"handle": handle}, "text": text}


MINE = post(0, f"My parcel to {SECRET} never came", "quetzal")


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def baton(*words: str) -> Said:
    """What the command says, here."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = run(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


@dataclass
class Firm:
    known: Fleet
    cases: list[int]
    """In the order of the posts."""

    async def does(self, *words: str, code: int = 0) -> str:
        said = await asyncio.to_thread(baton, *words)
        assert said.code == code, said
        return said.out + said.err

    async def shows(self, replica: Replica, words: str) -> bool:
        """Whether a person of support sees the words in their channel at that replica."""
        asked = {"as": EMAILS["ana"], "conversation": "support"}
        async with self.known.client.get(f"{replica.address}/web/messages", params=asked) as response:
            response.raise_for_status()
            return words in json.dumps((await response.json())["messages"])

    async def both_show(self, words: str, wanted: bool = True) -> None:
        for replica in self.known.replicas:
            await until(partial(self.shows, replica, words), wanted)

    async def people_write(self) -> None:
        """One at each replica, in the same two cases."""

        async def writes(who: str, replica: Replica) -> None:
            for number in range(ACTS):
                await self.known.says(replica, who, f"note {self.cases[1 + number % 2]} {who} {number}")

        first, second = self.known.replicas
        await asyncio.gather(writes("ana", first), writes("ben", second))


@asynccontextmanager
async def a_firm(folder: Path, url: str) -> AsyncIterator[Firm]:
    async with fleet(folder, url, count=2) as known:
        chance = random.Random(20260302)
        others = post(1, "The kettle leaks. Whom do I ask?", "yuki"), post(2, "Open on Sundays?", "otto")
        for each in (MINE, *others):
            await known.posts([each], chance)
        async with looking_at(url) as store:
            await filed(store, 3)
            await rested(store)
            found = await rows(store, "SELECT case_id FROM mentions ORDER BY external_id")
        yield Firm(known, [row.case_id for row in found])


async def test_commands_beside_replicas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_database()
    for name in [name for name in os.environ if name.startswith("BATON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BATON_DATABASE_URL", url)
    monkeypatch.setenv("BATON_POLICY", str(ROOT / "tests" / "policy.toml"))
    async with a_firm(tmp_path, url) as firm:
        await what_a_third_process_does_is_seen_at_both(firm)
        await what_only_looks_works_on_a_server(firm, monkeypatch)
        await the_record_is_whole_whenever_it_is_read(firm)
        await an_erasure_is_seen_at_both_while_both_write(firm)
        await a_file_is_replayed(firm, tmp_path)


async def what_a_third_process_does_is_seen_at_both(firm: Firm) -> None:
    case = str(firm.cases[1])
    assert case in await firm.does("say", "claim", case, "--as", EMAILS["ben"])
    await firm.both_show("Ben Okafor")
    assert "Ben" in await firm.does("say", "claim", case, "--as", EMAILS["hana"], code=1)


async def what_only_looks_works_on_a_server(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    case = firm.cases[1]
    found = [json.loads(line) for line in (await firm.does("cases", "--json")).splitlines()]
    owners = {each["case"]: each["owner"] for each in found}
    assert owners == {number: EMAILS["ben"] if number == case else None for number in firm.cases}
    assert json.loads(await firm.does("show", str(case), "--json"))["owner"] == EMAILS["ben"]
    assert "Support" in await firm.does("digest", "support")
    await firm.does("migrate")
    doctor = json.loads(await firm.does("doctor", "--json", code=1))
    about = {
        area: [each for each in doctor if each["area"] == area] for area in ("Database", "Clock", "Jobs")
    }
    assert all(each["health"] in ("well", "doubtful") for found in about.values() for each in found), about
    assert all(about.values())
    monkeypatch.setenv("BATON_WEB_CHAT", "signin")
    monkeypatch.setenv("BATON_PUBLIC_URL", PUBLIC)
    assert re.search(rf"{re.escape(PUBLIC)}/signin/link#\S{{20,}}", await firm.does("signin", EMAILS["ana"]))


async def the_record_is_whole_whenever_it_is_read(firm: Firm) -> None:
    writing = asyncio.create_task(firm.people_write())
    exports = 0
    while not writing.done() or not exports:
        verified = json.loads(await firm.does("audit", "verify", "--json"))
        assert verified["whole"], verified
        said = await firm.does("export", "--since", "2020-01-01", "--until", "2100-01-01")
        for case in json.loads(said)["cases"]:
            assert len(case["notes"]) == sum(event["kind"] == "noted" for event in case["events"])
        exports += 1
    await writing
    verified = json.loads(await firm.does("audit", "verify", "--json"))
    # The cases, one of them claimed; and the chain of exports.
    assert verified["whole"] and verified["chains"] == 3 + 1
    assert verified["events"] == 3 + 1 + 2 * ACTS + exports


async def an_erasure_is_seen_at_both_while_both_write(firm: Firm) -> None:
    first, second = firm.known.replicas
    case = firm.cases[0]
    await firm.known.says(first, "ana", f"note {case} ask the courier to {SECRET}")
    await firm.both_show(SECRET)
    writing = asyncio.create_task(firm.people_write())
    assert "Erased: 1 post" in await firm.does("erase", "--handle", "x:quetzal", "--yes")
    await firm.both_show(SECRET, wanted=False)
    await firm.both_show("erased")
    for replica in (first, second):
        assert SECRET not in json.dumps(await firm.known.says(replica, "ben", f"show {case}"))
    await writing
    async with firm.known.client.post(f"{second.address}/mentions", json=[MINE]) as response:
        assert await response.json() == {"accepted": 0, "duplicates": 1, "rejected": []}
    assert SECRET not in await firm.does("export", "--case", str(case))
    assert json.loads(await firm.does("audit", "verify", "--json"))["whole"]


async def a_file_is_replayed(firm: Firm, folder: Path) -> None:
    lines = [json.dumps(post(10 + n, f"Question {n * 7919} is {'why ' * n}?", f"asks{n}")) for n in range(3)]
    (folder / "more.jsonl").write_text("\n".join(lines))
    said = await firm.does("replay", str(folder / "more.jsonl"), "--speed", "max")
    assert "3" in said
