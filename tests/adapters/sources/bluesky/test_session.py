"""Signing in: rarely, sealed, renewed by one at a time, and told when somebody must mend it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from adapters.sources.bluesky.session import SIGN_INS
from adapters.sources.parts import Connected, SettingMissing
from bot.policy.model import SourcePlan
from bot.ports import AskedToWait, SignInLost, SourceBusy, SourceDown, SourceShut
from storage.sql.vault import SECRETS
from tests.adapters.sources.bluesky.conftest import Joins
from tests.adapters.sources.bluesky.kit import Ear, plan_of, reply_to
from tests.desk import Time
from tests.fakes.bluesky import Between, Trouble
from tests.fakes.bluesky_pds import Pds, Person

SIGN_IN, RENEW = "com.atproto.server.createSession", "com.atproto.server.refreshSession"


def plan_at(server: Pds, url: str, us: Person, **more: Any) -> SourcePlan:
    options = {"stream": "relay", "stream_url": server.url, "plc": server.plc}
    return plan_of(url=url, account=us.handle, reply=True, options=options, **more)


async def starts(connected: Connected) -> None:
    """Listens until the stream is there."""
    assert connected.source is not None
    async with aclosing(connected.source.listen(None)) as stream:  # type: ignore[type-var]
        await anext(stream)


async def test_forty_restarts_sign_in_once(server: Pds, joins: Joins, ear: Ear) -> None:
    us = await joins("kettle")
    password = await us.app_password()
    async with Between(ear.http, server.url).serving() as line:
        for _ in range(40):
            await starts(ear.connected(plan_at(server, line.url, us), password=password))
    assert line.calls[SIGN_IN] == 1 and line.calls[RENEW] == 0


async def test_one_renews_and_all_others_wait_for_it(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    password = await us.app_password()
    async with Between(ear.http, server.url).serving() as line:
        connected = ear.connected(plan_at(server, line.url, us), password=password)
        await starts(connected)
        async with ear.listens(plan_at(server, server.url, us, name="other"), password=password) as listening:
            await eve.names(us, "hello")
            heard = await ear.hears("hello", listening)
        time.at += timedelta(minutes=31)
        assert connected.network is not None
        replies = [reply_to(heard, f"Answer {n}", time, f"key{n}") for n in range(5)]
        await asyncio.gather(*(connected.network.publish(reply, again=False) for reply in replies))
        assert line.calls[RENEW] == 1 and line.calls[SIGN_IN] == 1
        # What was renewed is what the next start finds.
        await starts(ear.connected(plan_at(server, line.url, us), password=password))
        assert line.calls[RENEW] == 1 and line.calls[SIGN_IN] == 1


async def test_a_revoked_app_password_is_told(server: Pds, joins: Joins, ear: Ear, time: Time) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    plan, password = plan_at(server, server.url, us), await us.app_password()
    connected = ear.connected(plan, password=password)
    async with ear.listens(plan, password=password) as listening:
        await eve.names(us, "hello")
        heard = await ear.hears("hello", listening)
        await us.revokes()
        time.at += timedelta(minutes=31)
        with pytest.raises(SourceShut, match="Make a new one"):
            await ear.until(lambda: False, listening)
    assert connected.network is not None
    with pytest.raises(SignInLost, match="BATON_SOURCE_BLUESKY__PASSWORD"):
        await connected.network.publish(reply_to(heard, "Sorry!", time), again=False)
    assert await us.posts() == []


async def test_a_wrong_password_is_not_tried_until_the_account_is_shut_out(
    server: Pds, joins: Joins, ear: Ear, time: Time
) -> None:
    us = await joins("kettle")
    async with Between(ear.http, server.url).serving() as line:
        for _ in range(SIGN_INS):
            with pytest.raises(SourceShut):
                await starts(ear.connected(plan_at(server, line.url, us), password="no"))
        with pytest.raises(SourceBusy) as patience:
            await starts(ear.connected(plan_at(server, line.url, us), password="no"))
        assert line.calls[SIGN_IN] == SIGN_INS
        time.at += patience.value.after
        # Somebody wrote the right one meanwhile.
        await starts(ear.connected(plan_at(server, line.url, us), password=await us.app_password()))


@pytest.mark.parametrize(
    ("trouble", "raised"),
    [
        (Trouble.BUSY, SourceBusy),
        (Trouble.BROKEN, SourceDown),
        (Trouble.LOST, SourceDown),
        (Trouble.NONSENSE, SourceDown),
    ],
)
async def test_a_server_in_trouble_is_no_lost_sign_in(
    server: Pds, joins: Joins, ear: Ear, trouble: Trouble, raised: type[Exception]
) -> None:
    us = await joins("kettle")
    async with Between(ear.http, server.url).serving() as line:
        line.plans(SIGN_IN, trouble)
        with pytest.raises(raised) as error:
            await starts(ear.connected(plan_at(server, line.url, us), password=await us.app_password()))
    if isinstance(error.value, SourceBusy):
        assert error.value.after.total_seconds() == 77


async def test_while_the_server_is_away_the_old_session_is_used(
    server: Pds, joins: Joins, ear: Ear, time: Time
) -> None:
    us = await joins("kettle")
    password = await us.app_password()
    async with Between(ear.http, server.url).serving() as line:
        await starts(ear.connected(plan_at(server, line.url, us), password=password))
        time.at += timedelta(minutes=31)
        line.plans(RENEW, Trouble.BROKEN, Trouble.LOST, Trouble.BUSY)
        for _ in range(3):
            await starts(ear.connected(plan_at(server, line.url, us), password=password))
        assert line.calls[SIGN_IN] == 1
        time.at += timedelta(minutes=120)
        line.plans(RENEW, Trouble.BUSY)
        with pytest.raises(SourceBusy):
            await starts(ear.connected(plan_at(server, line.url, us), password=password))
        await starts(ear.connected(plan_at(server, line.url, us), password=password))
        assert line.calls[SIGN_IN] == 1


async def test_a_token_that_is_refused_is_renewed_at_once(
    server: Pds, joins: Joins, ear: Ear, time: Time
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    plan, password = plan_at(server, server.url, us), await us.app_password()
    async with ear.listens(plan, password=password) as listening:
        await eve.names(us, "hello")
        heard = await ear.hears("hello", listening)
    raw = await ear.store.vault.get("bluesky:bluesky")
    assert raw is not None
    head, _, rest = raw.partition(b'"access":"')
    await ear.store.vault.put("bluesky:bluesky", head + b'"access":"not' + rest)
    network = ear.connected(plan, password=password).network
    assert network is not None
    await network.publish(reply_to(heard, "Sorry!", time), again=False)
    assert len(await us.posts()) == 1


async def test_no_token_lies_open(server: Pds, joins: Joins, ear: Ear) -> None:
    us = await joins("kettle")
    password = await us.app_password()
    await starts(ear.connected(plan_at(server, server.url, us), password=password))

    (sealed,) = await ear.store.reader.once(lambda c: c.execute(select(SECRETS.c.sealed)).scalars().all())
    raw = await ear.store.vault.get("bluesky:bluesky")
    assert raw is not None and b"access" in raw
    assert b"access" not in sealed and password.encode() not in raw


async def test_what_misses_is_said(ear: Ear) -> None:
    with pytest.raises(SettingMissing, match="account = "):
        ear.connected(plan_of())
    with pytest.raises(SettingMissing, match="as whom"):
        ear.connected(plan_of(search=("kettle",), reply=True))
    with pytest.raises(SettingMissing, match="BATON_SOURCE_MY_SKY__PASSWORD"):
        ear.connected(plan_of("my-sky", account="kettle.example", reply=True))
    assert ear.connected(plan_of(account="@kettle.example")).network is None


async def test_asked_to_wait_is_passed_on_to_who_publishes(
    server: Pds, joins: Joins, ear: Ear, time: Time
) -> None:
    us, eve = await joins("kettle"), await joins("eve")
    async with ear.listens(plan_at(server, server.url, us), password=await us.app_password()) as listening:
        await eve.names(us, "hello")
        heard = await ear.hears("hello", listening)
    async with Between(ear.http, server.url).serving() as line:
        line.plans(SIGN_IN, Trouble.BUSY)
        plan = plan_at(server, line.url, us, name="new")
        network = ear.connected(plan, password=await us.app_password("two")).network
        assert network is not None
        with pytest.raises(AskedToWait) as wait:
            await network.publish(reply_to(heard, "Sorry!", time), again=False)
        assert wait.value.after.total_seconds() == 77
