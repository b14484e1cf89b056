"""Tokens for the connector, from a sign-in on loopback: kept, renewed early, never in the way, never told."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.web
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.teams.tokens import AGAIN, EARLY, SCOPE, Tokens
from bot.config import TeamsSettings
from bot.ports import ChatError, Down, Shut
from tests.adapters.slack.moving import Moving
from tests.adapters.teams.stalls import HELD, stalls
from tests.fakes.teams import APP_ID, SECRET, TENANT, FakeTeams, drop_before, fake_teams, slow, status

HOUR = timedelta(hours=1)


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with fake_teams() as teams:
        yield teams


@pytest.fixture
def clock() -> Moving:
    return Moving()


@asynccontextmanager
async def tokens_of(settings: TeamsSettings, clock: Moving, **options: Any) -> AsyncIterator[Tokens]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        tokens = Tokens(settings, clock, session, **options)
        yield tokens
        await tokens.close()


@pytest.fixture
async def tokens(teams: FakeTeams, clock: Moving) -> AsyncIterator[Tokens]:
    async with tokens_of(teams.settings(), clock) as tokens:
        yield tokens


async def failing(tokens: Tokens) -> ChatError:
    """What goes wrong; never with a secret in it."""
    with structlog.testing.capture_logs() as logs, pytest.raises(ChatError) as caught:
        await tokens.get()
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(logs)
    assert SECRET not in said and "client_secret" not in said
    assert caught.value.__cause__ is None
    return caught.value


async def until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def good(teams: FakeTeams, token: str | None) -> bool:
    return token is not None and teams.login.good(token)


# -- which -------------------------------------------------------------------------------------------


async def test_a_token_for_the_connector_comes_from_the_first_tenant(teams: FakeTeams, clock: Moving) -> None:
    async with tokens_of(teams.settings(tenants=(TENANT, "another")), clock) as tokens:
        assert good(teams, await tokens.get())
    (asked,) = teams.login.asked
    assert (asked.tenant, asked.form["client_id"], asked.form["scope"]) == (TENANT, APP_ID, SCOPE)
    assert teams.asked == ["token"], "nothing else is asked: no discovery"


async def test_a_certificate_proves_the_app(teams: FakeTeams, clock: Moving, tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "app.pem"
    file.write_bytes(_certified(key))
    settings = teams.settings(password="", certificate=file)
    async with tokens_of(settings, clock) as tokens:
        error = await failing(tokens)
        assert isinstance(error, Shut) and "upload" in str(error) and "BATON_TEAMS_CERTIFICATE" in str(error)
    (asked,) = teams.login.asked
    assert asked.form["client_assertion"] and "client_secret" not in asked.form
    assert asked.error == "AADSTS700027"


async def test_a_certificate_that_cannot_be_read_says_so(
    teams: FakeTeams, clock: Moving, tmp_path: Path
) -> None:
    (tmp_path / "bad.pem").write_text("no certificate")
    for name in ("missing.pem", "bad.pem"):
        settings = teams.settings(password="", certificate=tmp_path / name)
        async with tokens_of(settings, clock) as tokens:
            error = await failing(tokens)
        assert isinstance(error, Shut) and "BATON_TEAMS_CERTIFICATE" in str(error)
    assert not teams.login.asked


async def test_the_machine_s_identity(
    monkeypatch: pytest.MonkeyPatch, teams: FakeTeams, clock: Moving
) -> None:
    app = aiohttp.web.Application()
    seen: list[dict[str, str]] = []

    async def identity(request: aiohttp.web.Request) -> aiohttp.web.Response:
        seen.append({**request.query, "secret": request.headers["X-IDENTITY-HEADER"]})
        ends = int(time.time()) + 3600
        answer = {"access_token": "of-the-machine", "expires_on": str(ends), "token_type": "Bearer"}
        return aiohttp.web.json_response({**answer, "resource": request.query["resource"]})

    app.router.add_get("/identity", identity)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://{host}:{port}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", "of-the-host")
    try:
        async with tokens_of(teams.settings(password="", managed_identity=True), clock) as tokens:
            assert await tokens.get() == "of-the-machine"
    finally:
        await runner.cleanup()
    (asked,) = seen
    assert asked["resource"] == "https://api.botframework.com" and asked["client_id"] == APP_ID
    assert not teams.login.asked


async def test_who_is_anonymous_has_no_token(teams: FakeTeams, clock: Moving) -> None:
    async with tokens_of(TeamsSettings(anonymous=True), clock) as tokens:
        assert await tokens.get() is None


@pytest.mark.parametrize("url", ["http://login.example", "ftp://127.0.0.1", "login.example"])
async def test_the_secret_goes_nowhere_in_the_clear(teams: FakeTeams, clock: Moving, url: str) -> None:
    async with tokens_of(teams.settings(login_url=url), clock) as tokens:
        error = await failing(tokens)
    assert isinstance(error, Shut) and "https://" in str(error)


async def test_a_sign_in_with_a_strange_certificate_gets_no_secret(teams: FakeTeams, clock: Moving) -> None:
    async with tokens_of(teams.settings(tls=True), clock) as tokens:
        assert isinstance(await failing(tokens), Down)
    assert not teams.login.asked


# -- when --------------------------------------------------------------------------------------------


async def test_it_is_fetched_once_for_all_who_wait_and_kept(teams: FakeTeams, tokens: Tokens) -> None:
    teams.trouble("token", slow(0.1))
    got = await asyncio.gather(*(tokens.get() for _ in range(30)))
    assert len(set(got)) == 1 and good(teams, got[0])
    assert await tokens.get() == got[0]
    assert len(teams.login.asked) == 1


async def test_who_gives_up_waiting_takes_it_from_nobody(teams: FakeTeams, tokens: Tokens) -> None:
    teams.trouble("token", slow(0.1))
    first, second = asyncio.create_task(tokens.get()), asyncio.create_task(tokens.get())
    await asyncio.sleep(0.02)
    first.cancel()
    assert good(teams, await second)
    assert len(teams.login.asked) == 1


async def test_it_is_renewed_early_in_the_background(teams: FakeTeams, tokens: Tokens, clock: Moving) -> None:
    old = await tokens.get()
    clock.at += HOUR - EARLY - timedelta(seconds=2)
    assert await tokens.get() == old
    await asyncio.sleep(0.02)
    assert len(teams.login.asked) == 1
    teams.trouble("token", slow(4))
    clock.at += timedelta(seconds=3)
    began = time.perf_counter()
    assert [await tokens.get() for _ in range(5)] == [old] * 5, "nobody waits for the new one"
    assert time.perf_counter() - began < 3.5
    await until(lambda: len(teams.login.asked) == 2)
    await until(lambda: tokens._fetch is not None and tokens._fetch.done())
    new = await tokens.get()
    assert new != old and good(teams, new)


async def test_a_token_of_a_short_life_is_kept_for_most_of_it(
    teams: FakeTeams, tokens: Tokens, clock: Moving
) -> None:
    teams.login.lives = timedelta(minutes=6)
    old = await tokens.get()
    clock.at += timedelta(minutes=3)
    assert await tokens.get() == old
    await asyncio.sleep(0.02)
    assert len(teams.login.asked) == 1


async def test_a_renewal_that_fails_is_tried_again_while_the_old_one_works(
    teams: FakeTeams, tokens: Tokens, clock: Moving
) -> None:
    old = await tokens.get()
    clock.at += HOUR - EARLY
    teams.down("login")
    for _ in range(3):
        assert await tokens.get() == old
        await until(lambda: tokens._fetch is not None and tokens._fetch.done())
    assert teams.asked.count("token") == 2, "not again for a while"
    clock.at += AGAIN
    teams.up()
    assert await tokens.get() == old
    await until(lambda: len(teams.login.asked) == 2)
    await until(lambda: tokens._fetch is not None and tokens._fetch.done())
    assert await tokens.get() != old


async def test_one_that_ended_is_not_given_out(teams: FakeTeams, tokens: Tokens, clock: Moving) -> None:
    old = await tokens.get()
    clock.at += HOUR
    new = await tokens.get()
    assert new != old
    clock.at += HOUR
    teams.down("login")
    assert isinstance(await failing(tokens), Down)


async def test_one_that_was_refused_is_not_given_out_again(teams: FakeTeams, tokens: Tokens) -> None:
    old = await tokens.get()
    assert old is not None
    tokens.refused("another")
    assert await tokens.get() == old
    tokens.refused(old)
    assert await tokens.get() != old


# -- trouble -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ({"password": "wrong"}, "BATON_TEAMS_APP_PASSWORD"),
        ({"app_id": "another"}, "BATON_TEAMS_APP_ID"),
        ({"tenants": ("nowhere.example",)}, "BATON_TEAMS_TENANT_ID"),
        ({"tenants": ("no tenant/at all",)}, "BATON_TEAMS_TENANT_ID"),
        ({"tenants": ()}, "BATON_TEAMS_TENANT_ID"),
    ],
)
async def test_a_wrong_setting_says_which(
    teams: FakeTeams, clock: Moving, wrong: dict[str, Any], hint: str
) -> None:
    async with tokens_of(teams.settings(**wrong), clock) as tokens:
        error = await failing(tokens)
    assert isinstance(error, Shut) and hint in str(error)


@pytest.mark.parametrize(
    "trouble",
    [
        drop_before,
        status(500),
        status(502),
        status(503, "{"),
        status(203, "<html>welcome</html>"),
        status(429),
    ],
)
async def test_a_sign_in_that_is_out_of_order_is_waited_for(
    teams: FakeTeams, tokens: Tokens, trouble: Any
) -> None:
    teams.trouble("token", trouble)
    assert isinstance(await failing(tokens), Down)
    assert teams.asked == ["token"], "whoever needs it asks again"
    assert good(teams, await tokens.get())


async def test_a_sign_in_nobody_answers_at_is_down(clock: Moving, unused_tcp_port: int) -> None:
    settings = TeamsSettings(
        app_id=APP_ID, tenants=(TENANT,), password=SECRET, login_url=f"http://127.0.0.1:{unused_tcp_port}"
    )
    async with tokens_of(settings, clock) as tokens:
        assert isinstance(await failing(tokens), Down)


async def test_a_slow_sign_in_is_given_up_in_time_and_holds_up_nothing(
    teams: FakeTeams, clock: Moving
) -> None:
    teams.trouble("token", slow(9))
    async with tokens_of(teams.settings(), clock, bound=timedelta(seconds=0.3)) as tokens:
        began = time.perf_counter()
        async with stalls() as seen:
            assert isinstance(await failing(tokens), Down)
        assert time.perf_counter() - began < 8
        assert seen.longest < HELD


async def test_closing_ends_a_fetch(teams: FakeTeams, clock: Moving) -> None:
    teams.trouble("token", slow(2))
    async with tokens_of(teams.settings(), clock) as tokens:
        waiting = asyncio.create_task(tokens.get())
        await asyncio.sleep(0.05)
        await tokens.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        with pytest.raises(Down):
            await tokens.get()


async def test_a_token_and_a_secret_do_not_show(teams: FakeTeams, tokens: Tokens) -> None:
    token = await tokens.get()
    assert token is not None
    assert token not in repr(tokens._token) and SECRET not in repr(teams.settings())


def _certified(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "baton")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, begins + 365 * timedelta(days=9))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
