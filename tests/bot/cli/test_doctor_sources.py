"""`baton doctor` on what is listened to, and on the ways by which pages leave."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.ports import SourceState
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.bot.cli.test_doctor import Patient, patient
from tests.desk import test_policy
from tests.fakes.mail import mail_server

__all__ = ["patient"]

_SOURCES = """
[sources.octolens]
kind = "webhook"

[sources.reviews]
kind = "webhook"

[sources.sky]
kind = "bluesky"
account = "kettle.example"
"""


async def test_each_source_says_how_it_is(patient: Patient) -> None:
    patient.set(WEB_CHAT="local", SOURCE_SKYE__PASSWORD="abcd-efgh")
    patient.policy(lambda text: text + _SOURCES)
    await asyncio.to_thread(upgrade, patient.url)
    store = SqlStore(patient.url, test_policy())
    await store.sources.say("octolens", SourceState.SHUT, "its token was revoked")
    hold = await store.sources.take("reviews", timedelta(seconds=60))
    assert hold is not None
    await store.sources.say("reviews", SourceState.WELL)
    await store.close()
    code, said = await asyncio.to_thread(patient.examined)
    assert code == 1
    assert "BROKEN Sources: The source octolens is shut since" in said and "token was revoked" in said
    assert "ok     Sources: The source reviews is well." in said
    assert "?      Sources: Nobody has listened to the source sky yet." in said
    assert "BATON_SOURCE_SKYE__PASSWORD does nothing: it belongs to no source" in said
    assert "Without BATON_TOKEN_KEY the sign-in to sky" in said
    assert "abcd-efgh" not in said


async def test_pagers_are_examined(patient: Patient) -> None:
    async with mail_server() as mail:
        pager = f'\n[pagers.mail]\nkind = "email"\nurl = "{mail.url}"\nsender = "baton@kettle.example"\n'
        patient.policy(lambda text: text + pager + '[pagers.pd]\nkind = "pagerduty"\n')
        patient.set(WEB_CHAT="local")
        code, said = await asyncio.to_thread(patient.examined)
    assert code == 1
    assert "ok     Pagers: The mail server of the pager mail answers" in said
    assert "look   Pagers: No step pages by mail." in said
    assert "acknowledged in the chats only: BATON_PUBLIC_URL and BATON_TOKEN_KEY" in said
    assert "BROKEN Pagers: The pager pd has no BATON_PAGER_PD__KEY" in said
    assert not mail.mails
    code, said = await asyncio.to_thread(patient.examined)
    assert "BROKEN Pagers: The mail server of the pager mail cannot be used" in said
