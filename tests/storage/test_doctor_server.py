"""The doctor examines a PostgreSQL server: what is wrong is said, and no password."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from sqlalchemy import make_url, text

from bot.ports import Finding, Health
from storage.sql.doctor_jobs import examine_clock, examine_jobs
from storage.sql.doctor_server import examine_server
from storage.sql.migrate import downgrade, newest
from storage.sql.moments import micros
from storage.sql.postgres import engine_of
from tests.fakes.postgres import new_database


def said(findings: list[Finding], health: Health) -> str:
    return "\n".join(f"{found.says} {found.mend}" for found in findings if found.health is health)


def runs(url: str, *statements: str) -> None:
    async def run() -> None:
        engine = engine_of(url)
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    asyncio.run(run())


def test_a_good_server_is_well() -> None:
    url, now = new_database(), datetime.now(UTC)
    found = examine_server(url)
    assert said(found, Health.BROKEN) == ""
    assert "at this program's shape" in said(found, Health.WELL)
    assert [each.health for each in (*examine_clock(url, now), *examine_jobs(url, now))] == [Health.WELL] * 2


def test_what_is_not_there_is_said_without_the_password() -> None:
    for url in (
        "postgresql://baton:very-secret@127.0.0.1:1/baton",
        make_url(new_database()).set(database="nowhere", password="very-secret").render_as_string(False),
    ):
        (found,) = examine_server(url)
        assert found.health is Health.BROKEN
        assert "cannot be used" in found.says
        assert "very-secret" not in found.says + found.mend
        assert list(examine_jobs(url, datetime.now(UTC))) == []


def test_an_older_and_a_newer_shape() -> None:
    url = new_database()
    runs(url, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer than this program" in said(examine_server(url), Health.BROKEN)
    runs(url, f"UPDATE alembic_version SET version_num = '{newest()}'")
    downgrade(url, "base")
    assert "no tables yet" in said(examine_server(url), Health.WELL)


def test_somebody_who_may_not_write() -> None:
    url = new_database()
    runs(
        url,
        "DROP ROLE IF EXISTS only_reads",
        "CREATE ROLE only_reads LOGIN",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_reads",
    )
    theirs = make_url(url).set(username="only_reads").render_as_string(False)
    assert "only_reads may not write" in said(examine_server(theirs), Health.BROKEN)


def test_jobs_set_aside_and_a_clock_that_was_left_on() -> None:
    url, now = new_database(), datetime.now(UTC)
    runs(
        url,
        "INSERT INTO jobs (kind, key, args, rank, due, not_before, gen, fence, lease_until, failures, set_aside) "
        "VALUES ('wake', 'wake\\:7', '{}', 3, 0, 0, 1, 0, 0, 10, 'ValueError\\: no')",
        f"INSERT INTO clock (id, real_anchor, business_anchor, rate) VALUES (1, {micros(now)}, {micros(now)}, 280)",
    )
    assert "wake:7: ValueError: no" in said(list(examine_jobs(url, now)), Health.BROKEN)
    assert "280 times" in said(list(examine_clock(url, now)), Health.BROKEN)
