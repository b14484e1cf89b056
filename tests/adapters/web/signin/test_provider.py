"""Signing in through the company's provider, which keeps the rules or does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.web.signin.routes import AWAY, NO_COOKIE, STOPPED, UNTRUSTED
from tests.adapters.web.signin.conftest import ANA, House
from tests.fakes.oidc import SECRET, Lie

REFUSED = UNTRUSTED.split(",")[0]


async def test_one_signs_in_and_comes_back_to_where_one_was(house: House) -> None:
    browser = house.browser()
    turned = await browser.get("/?c=support&t=7")
    assert turned.status == 303
    door = await browser.get(turned.headers["Location"])
    assert "Sign in with your company account" in door.text
    back = await browser.sign_in("ana", "/?c=support&t=7")
    assert (back.status, back.headers["Location"]) == (303, "/?c=support&t=7")
    assert await browser.is_in() == ANA
    assert house.provider.refused == []


async def test_the_authorization_request_is_bound_to_this_attempt(house: House) -> None:
    browser = house.browser()
    asked = [parse_qs(urlsplit(await browser.to_provider()).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) == 43
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["redirect_uri"] == [house.settings.redirect_uri]


@pytest.mark.parametrize(
    "lie",
    [
        Lie.ISSUER,
        Lie.AUDIENCE,
        Lie.TWO_AUDIENCES,
        Lie.AZP,
        Lie.NONCE,
        Lie.EXPIRED,
        Lie.FUTURE,
        Lie.OLD,
        Lie.NO_SIGNATURE,
        Lie.SHARED_SECRET,
        Lie.STRANGE_KEY,
        Lie.SHORT_KEY,
        Lie.GARBAGE,
        Lie.NO_TOKEN,
    ],
)
async def test_a_token_that_proves_nothing_signs_nobody_in(house: House, lie: Lie) -> None:
    house.provider.lies.add(lie)
    browser = house.browser()
    answered = await browser.sign_in()
    assert answered.status == 403
    assert REFUSED in answered.text
    assert await browser.is_in() is None


@pytest.mark.parametrize("lie", [Lie.BROKEN, Lie.NO_JSON, Lie.ENDLESS, Lie.REDIRECT, Lie.SLOW])
async def test_a_provider_that_is_away_is_told_in_a_sentence(house: House, lie: Lie) -> None:
    browser = house.browser()
    back = await browser.approve(await browser.to_provider(), "ana")
    house.provider.lies.add(lie)
    answered = await browser.get(back)
    assert answered.status == 503
    assert AWAY.split("’")[0] in answered.text
    house.provider.lies.clear()
    assert (await browser.sign_in()).status == 303


async def test_before_the_provider_ever_answered_there_is_a_sentence_too(house: House) -> None:
    house.provider.lies.add(Lie.BROKEN)
    begun = await house.browser().get("/signin/start")
    assert begun.status == 503
    assert "one-time link" in begun.text


async def test_known_keys_serve_while_the_provider_is_asked_again(house: House) -> None:
    browser = house.browser()
    await browser.to_provider()
    house.provider.lies.add(Lie.BROKEN)
    house.clock.ahead = timedelta(hours=3)
    assert (await browser.get("/signin/start")).status == 303
    house.clock.ahead = timedelta(hours=30)
    assert (await browser.get("/signin/start")).status == 503


async def test_new_keys_are_learned_when_one_is_unknown(house: House) -> None:
    browser = house.browser()
    assert (await browser.sign_in()).status == 303
    house.provider.rotate()
    house.clock.ahead = timedelta(minutes=1)
    assert (await house.browser().sign_in("ben")).status == 303


async def test_strange_keys_do_not_make_us_ask_each_time(house: House) -> None:
    house.provider.lies.add(Lie.STRANGE_KEY)
    for _ in range(4):
        await house.browser().sign_in()
    assert house.provider.asked.count("/keys") <= 2


async def test_the_secret_may_have_to_be_posted(house: House) -> None:
    house.provider.posts_secret = True
    assert (await house.browser().sign_in()).status == 303


async def test_an_email_may_stand_in_userinfo_only(house: House) -> None:
    house.provider.in_userinfo = True
    browser = house.browser()
    await browser.sign_in()
    assert await browser.is_in() == ANA


# -- who is let in -----------------------------------------------------------------------------------


async def test_an_address_that_nobody_confirmed_is_none(house: House) -> None:
    house.provider.users["ana"]["email_verified"] = False
    answered = await house.browser().sign_in()
    assert answered.status == 403
    assert "confirmed e-mail address" in answered.text


async def test_who_is_not_in_the_policy_is_told_whom_to_ask(house: House) -> None:
    answered = await house.browser().sign_in("zed")
    assert answered.status == 403
    assert "zed@kettle.example" in answered.text
    assert "Ira Lind" in answered.text


async def test_an_agencys_person_may_come_in_until_their_last_day(house: House) -> None:
    browser = house.browser()
    await browser.sign_in("eli")
    eli = house.policy.people["eli@agency.example"]  # type: ignore[index]
    assert eli.until is not None
    assert await browser.is_in() == eli.id
    after = (eli.until - house.clock.now().date()).days + 1
    house.clock.ahead = timedelta(days=after)
    await house.store.sign_ins.begin(eli.id, "elsewhere", timedelta(days=9999))
    answered = await house.browser().sign_in("eli")
    assert answered.status == 403
    assert "last day" in answered.text


async def test_what_the_provider_writes_is_only_text(house: House) -> None:
    house.provider.users["zed"]["email"] = "<script>alert(1)</script>@kettle.example"
    answered = await house.browser().sign_in("zed")
    assert "<script>alert" not in answered.text


# -- the callback under fire ---------------------------------------------------------------------------


async def test_a_code_works_once(house: House) -> None:
    browser = house.browser()
    back = await browser.approve(await browser.to_provider(), "ana")
    assert (await browser.get(back)).status == 303
    again = await browser.get(back)
    assert again.status == 400
    assert NO_COOKIE in again.text


async def test_another_browser_cannot_take_a_sign_in_over(house: House) -> None:
    ana, thief = house.browser(), house.browser()
    back = await ana.approve(await ana.to_provider(), "ana")
    await thief.to_provider()
    assert NO_COOKIE in (await thief.get(back)).text
    assert await thief.is_in() is None


async def test_signing_in_may_be_broken_off(house: House) -> None:
    browser = house.browser()
    state = parse_qs(urlsplit(await browser.to_provider()).query)["state"][0]
    fields = {"state": state, "error": "access_denied", "error_description": "<b>no</b>"}
    answered = await browser.get("/signin/callback", params=fields)
    assert answered.status == 403
    assert STOPPED.format(word="access_denied") in answered.text
    assert "<b>no</b>" not in answered.text


FIELDS = st.dictionaries(
    st.sampled_from(["code", "state", "error", "iss", "session_state", "to"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=FIELDS, keeps_state=st.booleans(), cookie=st.none() | st.text("abc.%-_;=", max_size=60))
async def test_whatever_comes_back_is_answered_in_a_sentence(
    house: House, fields: dict[str, str], keeps_state: bool, cookie: str | None
) -> None:
    browser = house.browser()
    state = parse_qs(urlsplit(await browser.to_provider()).query)["state"][0]
    if keeps_state:
        fields = {**fields, "state": state}
    headers = {"Cookie": f"baton-signin={cookie}"} if cookie is not None else {}
    house.clock.ahead += timedelta(minutes=1)
    answered = await browser.get(f"/signin/callback?{urlencode(fields)}", headers=headers)
    assert answered.status in (400, 403)
    assert "Location" not in answered.headers
    assert await browser.is_in() is None


async def test_secrets_stay_out_of_settings_and_logs(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = house.browser()
    await browser.sign_in()
    house.provider.lies.add(Lie.GARBAGE)
    await browser.sign_in()
    link = await house.link()
    await house.browser().post("/signin/link", {"secret": link})
    said = caplog.text + "".join(capsys.readouterr())
    oidc = house.settings.oidc
    assert oidc is not None
    for secret in (SECRET, link, browser.cookies["baton-session"]):
        assert secret not in said
        assert secret not in repr(replace(house.settings, oidc=replace(oidc)))
