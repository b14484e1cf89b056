"""`baton doctor`: each thing that can be wrong on a machine, in the settings and in the database, and how to mend it."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from time import time
from typing import Self

import pytest

from bot.cli.checks import Patient as Examined
from bot.cli.checks import settings
from bot.ports import Finding
from storage.sql.lock import DatabaseLock
from storage.sql.migrate import upgrade
from tests.bot.cli.test_doctor import Patient, patient
from tests.fakes.slack import fake_slack

__all__ = ["patient"]

NOW = int(time() * 1_000_000)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def local(patient: Patient) -> Patient:
    """A desk with the web chat, and a database."""
    patient.set(WEB_CHAT="local")
    upgrade(patient.url)
    (patient.folder / "desk.db").chmod(0o600)
    return patient


def sql(patient: Patient, *statements: str) -> None:
    with closing(sqlite3.connect(patient.folder / "desk.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# -- settings -------------------------------------------------------------------------------------


def test_every_setting_is_known() -> None:
    sources = [*(ROOT / "bot").glob("*.py"), *(ROOT / "adapters").rglob("*.py")]
    named = {name for file in sources for name in re.findall(r"BATON_[A-Z_]*[A-Z]", file.read_text("utf-8"))}
    families = {"BATON_SLACK", "BATON_TEAMS", "BATON_SIGNIN", "BATON_SOURCE", "BATON_PAGER"}
    # Those of sources are named after them.
    named = {name for name in named if "__" not in name}
    assert named - families <= settings.KNOWN


def test_a_misspelt_setting(local: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_SLAK_BOT_TOKEN", "xoxb-verysecret")
    monkeypatch.setenv("BATON_COLOUR", "green")
    code, said = local.examined()
    assert code == 1
    assert "BROKEN Settings: There is no setting BATON_SLAK_BOT_TOKEN" in said
    assert "Write BATON_SLACK_BOT_TOKEN instead." in said
    assert "look   Settings: There is no setting BATON_COLOUR" in said
    assert "verysecret" not in said


def test_settings_that_contradict_stop_no_other_check(local: Patient) -> None:
    local.set(HOST="0.0.0.0", SLACK_APP_TOKEN="xapp-halfway", PORT="many")
    code, said = local.examined()
    assert code == 1
    assert "BATON_WEB_CHAT=local lets anyone act as anyone" in said
    assert "Slack is half set up" in said
    assert "BATON_PORT is 'many'" in said
    assert "ok     Database: The database is there" in said


def test_unsafe_settings(local: Patient) -> None:
    local.set(
        WEBHOOK_SECRETS="whsec_c2hvcnQ=,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        SLACK_API_URL="http://slack.evil/",
    )
    code, said = local.examined()
    assert code == 1
    assert "BATON_WEBHOOK_SECRETS is too short to be safe" in said
    assert said.count("too short") == 1
    assert "tokens travel to slack.evil" in said
    assert "c2hvcnQ" not in said


def test_nobody_can_post_to_a_public_desk(patient: Patient) -> None:
    patient.set(HOST="0.0.0.0")
    _, said = patient.examined()
    assert "Without a webhook secret only this machine may post" in said
    assert "BATON_WEBHOOK_SECRETS=whsec_" in said


# -- the database -----------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(local: Patient) -> None:
    local.set(DATABASE_URL=f"sqlite:///{local.folder}/none/desk.db")
    code, said = local.examined()
    assert code == 1
    assert f"mkdir -p {local.folder}/none" in said


def test_a_database_newer_than_the_program(local: Patient) -> None:
    sql(local, "UPDATE alembic_version SET version_num = '9999'")
    code, said = local.examined()
    assert code == 1
    assert "newer than this program" in said


def test_a_damaged_file(local: Patient) -> None:
    file = local.folder / "desk.db"
    whole = bytearray(file.read_bytes())
    for at in range(4096 * 3, len(whole)):
        whole[at] = 0x5A
    file.write_bytes(whole)
    code, said = local.examined()
    assert code == 1
    assert "BROKEN Database" in said


def test_others_can_read_it(local: Patient) -> None:
    (local.folder / "desk.db").chmod(0o644)
    local.folder.chmod(0o755)
    code, said = local.examined()
    assert code == 0
    assert "look   Database: Everybody on this machine can read" in said
    assert "chmod 600" in said


def test_it_is_not_in_wal_mode(local: Patient) -> None:
    sql(local, "PRAGMA journal_mode=DELETE")
    assert "not in WAL mode but in delete" in local.examined()[1]


def test_a_full_disk(local: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sql.doctor.NONE_LEFT", 1 << 60)
    monkeypatch.setattr("storage.sql.doctor.LITTLE", 1 << 60)
    code, said = local.examined()
    assert code == 1
    assert "The disk below" in said


def test_a_network_file_system(local: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sql.doctor._file_system", lambda folder: "nfs4")
    code, said = local.examined()
    assert code == 1
    assert "network file system (nfs4)" in said


def test_the_desk_runs_and_somebody_blocks_it(local: Patient) -> None:
    with DatabaseLock(str(local.folder / "desk.db")):
        code, said = local.examined()
        assert code == 0
        assert "ok     Database: The desk runs on it (process " in said
        with closing(sqlite3.connect(local.folder / "desk.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            code, said = local.examined()
    assert code == 1
    assert "held the write lock" in said


def test_nothing_of_it_is_changed(local: Patient) -> None:
    before = (local.folder / "desk.db").read_bytes()
    local.examined()
    assert (local.folder / "desk.db").read_bytes() == before


# -- its clock and its jobs ---------------------------------------------------------------------------


def test_a_demo_clock_left_on(local: Patient) -> None:
    sql(local, f"INSERT INTO clock (id, real_anchor, business_anchor, rate) VALUES (1, {NOW}, {NOW}, 280)")
    code, said = local.examined()
    assert code == 1
    assert "runs 280 times as fast" in said
    sql(local, f"UPDATE clock SET rate = 1, business_anchor = {NOW} + 7200000000")
    assert "2 h ahead of real time" in local.examined()[1]
    sql(local, f"UPDATE clock SET business_anchor = {NOW}")
    assert "ok     Clock: The business clock is real time." in local.examined()[1]


_JOB = (
    "INSERT INTO jobs (kind, key, args, lane, rank, due, not_before, gen, fence, lease_until, failures, set_aside) "
    "VALUES ('card', '{key}', '{{}}', {lane}, 3, 0, 0, 1, 0, 0, 0, {aside})"
)


def test_what_was_set_aside_and_what_waits(local: Patient) -> None:
    assert "ok     Jobs: Nothing was set aside" in local.examined()[1]
    sql(local, _JOB.format(key="card:1@web", lane="'web:support'", aside="NULL"))
    code, said = local.examined()
    assert code == 0
    assert "look   Jobs: 1 messages to web:support wait" in said
    sql(local, _JOB.format(key="lease:1001", lane="NULL", aside="'ValueError: no'"))
    code, said = local.examined()
    assert code == 1
    assert "set aside, the last one lease:1001: ValueError: no" in said


# -- the port, files, and the examination itself -----------------------------------------------------------


def test_a_port_that_somebody_else_has(local: Patient) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        other.settimeout(0.1)
        local.set(PORT=str(other.getsockname()[1]))
        code, said = local.examined()
    assert code == 1
    assert "Another program listens on 127.0.0.1:" in said
    assert "ss -ltnp" in said


def test_a_host_that_is_elsewhere(patient: Patient) -> None:
    patient.set(HOST="203.0.113.7", WEBHOOK_SECRETS="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert "203.0.113.7 is no address of this machine" in patient.examined()[1]


def test_a_policy_that_others_may_change(local: Patient) -> None:
    local.policy(lambda text: text)
    (local.folder / "policy.toml").chmod(0o666)
    code, said = local.examined()
    assert code == 0
    assert "look   Files: Other people on this machine can change" in said


def test_what_the_policy_means_for_the_chats_that_are_on(local: Patient) -> None:
    local.policy(
        lambda text: (
            text.replace('channels = { web = "legal" }', 'channels = { slack = "C0123456789" }')
            .replace('name = "Finn Moss"', 'name = "Finn Moss"\nprefers = "teams"')
            .replace('phone = "+44 20 7946 0000"\n', "")
            .replace('phone = "+44 20 7946 0001"\n', "")
        )
    )
    code, said = local.examined()
    assert code == 0
    assert "look   Policy: Legal has no channel in any chat that is on (web)" in said
    assert "Finn Moss, on duty for Sales, prefers teams" in said
    assert "At night a P1 of Support pages Ana Ruiz, Dana Voss, Cleo Hart" in said


def test_a_check_that_fails_itself_is_a_finding(local: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_: Examined) -> AsyncIterator[Finding]:
        raise RuntimeError("xoxb-hush-hush came up")
        yield

    local.set(SLACK_BOT_TOKEN="xoxb-hush-hush")
    monkeypatch.setattr("bot.cli.doctor.CHECKS", {"First": fails})
    code, said = local.examined()
    assert code == 2
    assert "?      First: This could not be examined: RuntimeError" in said
    assert "hush-hush" not in said


async def test_a_system_clock_that_is_wrong(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_slack() as slack:
        patient.slack(slack.settings())
        _, right = await asyncio.to_thread(patient.examined)
        monkeypatch.setattr("adapters.dates.datetime", Late)
        code, wrong = await asyncio.to_thread(patient.examined)
    assert "ok     Clock: This machine's clock agrees with that of Slack." in right
    assert code == 1
    assert "seconds behind that of Slack" in wrong


class Late(datetime):
    """A clock that is ten minutes late."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) - timedelta(minutes=10)
