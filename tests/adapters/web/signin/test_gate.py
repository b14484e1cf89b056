"""What holds for every request: which host, which site, which address, and what browsers are told."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from adapters.web.guard import answer
from adapters.web.signin.gate import Gate
from adapters.web.signin.pace import Pace
from adapters.web.signin.provider import Attempt
from adapters.web.signin.routes import SignInFrontend
from adapters.web.signin.where import own_page
from bot.config_signin import SignInSettings
from bot.ports import digest_of
from storage.sql.clock import system_time
from tests.adapters.web.signin.conftest import ANA, House

PUBLIC = "https://baton.kettle.example"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost", "", "127.0.0.1.evil.example"])
@pytest.mark.parametrize("path", ["/", "/signin", "/signin/callback", "/static/app.js", "/web/people"])
async def test_under_a_foreign_name_nothing_is_served(house: House, host: str, path: str) -> None:
    seen = await house.browser().get(path, headers={"Host": host})
    assert seen.status == 421
    assert house.settings.public_url in seen.json["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
async def test_another_site_can_do_nothing_with_our_cookie(
    house: House, headers: dict[str, str], status: int
) -> None:
    browser = house.browser()
    await browser.sign_in()
    said = {"as": ANA, "conversation": "support", "id": "event-0001", "text": "/claim 1001"}
    assert (await browser.post("/web/say", said, headers=headers)).status == status
    assert len(house.ear.heard) == (status == 200)
    assert (await browser.post("/signout", headers=headers)).status == status


async def test_pages_run_nothing_of_others_and_are_kept_nowhere(house: House) -> None:
    browser = house.browser()
    pages = ["/signin", "/signin/link", "/signin/callback", "/"]
    await browser.sign_in()
    for path in pages:
        seen = await browser.get(path)
        policy = seen.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert seen.headers["Cache-Control"] == "no-store"
        assert seen.headers["Referrer-Policy"] == "no-referrer"
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        assert "style=" not in seen.text and "onclick" not in seen.text
    assert (await browser.get("/web/people")).headers["Cache-Control"] == "no-store"


# -- on https, behind a proxy ---------------------------------------------------------------------------


@pytest.fixture
async def outside(house: House) -> Any:
    """The same desk as the world sees it: https in front, a proxy on this machine."""
    settings = SignInSettings(public_url=PUBLIC, trusted_proxies=(ip_network("127.0.0.0/8"),))
    parts: dict[str, Any] = {"settings": settings, "policy": house.policy, "clock": house.clock}
    gate = Gate(**parts, sign_ins=house.store.sign_ins)
    front = SignInFrontend(**parts, sign_ins=house.store.sign_ins, gate=gate, provider=None)

    async def who(request: web.Request) -> web.Response:
        return answer({"caller": gate.caller(request)})

    app = web.Application()
    app.add_routes([*front.routes(), web.get("/caller", gate.opened(who))])
    app.add_routes(gate.gated([web.get("/web/people", who)]))
    async with (
        TestServer(app, host="127.0.0.1") as server,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        yield SimpleNamespace(url=str(server.make_url("")).rstrip("/"), session=session)


async def test_on_https_the_cookie_is_bound_to_this_very_host(house: House, outside: Any) -> None:
    headers = {"Host": urlsplit(PUBLIC).netloc}
    secret = await house.link()
    async with outside.session.post(
        f"{outside.url}/signin/link", json={"secret": secret}, headers=headers
    ) as seen:
        cookie = seen.headers["Set-Cookie"]
        assert seen.status == 200
        assert seen.headers["Strict-Transport-Security"].startswith("max-age=")
    assert cookie.startswith("__Host-baton-session=")
    for mark in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert mark in cookie
    value = cookie.partition("=")[2].partition(";")[0]
    for name, status in (("__Host-baton-session", 200), ("baton-session", 401)):
        given = {**headers, "Cookie": f"{name}={value}"}
        async with outside.session.get(f"{outside.url}/web/people", headers=given) as seen:
            assert seen.status == status


async def test_what_a_proxy_of_ours_says_is_believed(outside: Any) -> None:
    given = [
        ("Host", "10.0.0.9:8080"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Host", urlsplit(PUBLIC).netloc),
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Forwarded-For", "7.7.7.7, 203.0.113.7, 127.0.0.3"),
    ]
    async with outside.session.get(f"{outside.url}/caller", headers=given) as seen:
        assert (await seen.json())["caller"] == "203.0.113.7"


async def test_what_anybody_else_says_is_not(house: House) -> None:
    seen = await house.browser().get(
        "/signin",
        headers={"Host": "evil.example", "X-Forwarded-Host": urlsplit(house.settings.public_url).netloc},
    )
    assert seen.status == 421


async def test_without_a_provider_only_links_are_offered(outside: Any) -> None:
    headers = {"Host": urlsplit(PUBLIC).netloc}
    async with outside.session.get(f"{outside.url}/signin", headers=headers) as seen:
        page = await seen.text()
    assert "baton signin" in page and "company account" not in page
    async with outside.session.get(f"{outside.url}/signin/callback", headers=headers) as seen:
        assert seen.status == 404


# -- small parts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/signin?to=x",
        "/signout",
        "/%2f/evil.example",
        "/\t/evil.example",
        "/..//evil.example",
        "",
        "/" + "a" * 2000,
    ],
)
def test_no_other_site_is_ever_led_to(text: str) -> None:
    assert own_page(text) == "/"


@given(st.text(max_size=80))
def test_wherever_one_wants_to_go_it_is_here(text: str) -> None:
    for wanted in (text, f"/{text}", f"/?{text}", f"//{text}"):
        page = own_page(wanted)
        joined = URL(PUBLIC).join(URL(page))
        assert joined.host == "baton.kettle.example"
        assert page.isascii() and "\n" not in page and "\\" not in page


def test_the_place_with_its_thread_is_kept() -> None:
    assert own_page("/?as=a%40b&c=support&t=7") == "/?as=a%40b&c=support&t=7"
    assert own_page("/board?x=1") == "/board?x=1"


def test_tries_are_counted_within_a_span_and_names_are_forgotten() -> None:
    pace, now = Pace(2, timedelta(minutes=1)), system_time()
    assert [pace.allows("a", now) for _ in range(3)] == [True, True, False]
    assert pace.allows("b", now)
    assert pace.allows("a", now + timedelta(minutes=1))
    assert pace.allows("a", now - timedelta(days=1))
    for number in range(10_001):
        pace.allows(f"n{number}", now)
    assert len(pace._tries) == 10_000


def test_nothing_tells_what_an_attempt_is_bound_to() -> None:
    assert "secret" not in repr(Attempt("secret", "secret", "secret"))
    assert digest_of("\ud800") != digest_of("x")
