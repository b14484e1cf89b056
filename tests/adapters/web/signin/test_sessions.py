"""Being signed in: what it opens, for how long, and how it ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.web.signin.gate import Gate
from bot.ports import Overloaded, digest_of
from storage.sql.store import SqlStore
from tests.adapters.web.signin.conftest import ANA, BEN, House

SAY = {"conversation": "support", "id": "event-0001", "text": "/claim 1001"}


async def test_without_a_session_there_is_nothing_but_the_door(house: House) -> None:
    browser = house.browser()
    for path in ("/web/people", f"/web/conversations?as={ANA}", f"/web/events?as={ANA}", "/web/messages"):
        seen = await browser.get(path)
        assert (seen.status, seen.json["sign_in"]) == (401, True)
        assert seen.json["error"].endswith(".")
    for path in ("/web/say", "/web/press"):
        assert (await browser.post(path, {"as": ANA, **SAY})).status == 401
    for path in ("/", "/?as=ana@kettle.example", "/board"):
        assert (await browser.get(path)).headers["Location"].startswith("/signin?to=%2F")
    assert (await browser.get("/static/app.js")).status == 200
    assert house.ear.heard == []


async def test_every_route_but_the_files_is_behind_the_gate(house: House) -> None:
    """Also those that nobody has thought of yet."""
    from adapters.web.inbound import WebFrontend
    from tests.adapters.web.conftest import VERBS

    gate = Gate(
        settings=house.settings, policy=house.policy, sign_ins=house.store.sign_ins, clock=house.clock
    )
    chat = WebFrontend(
        policy=house.policy,
        log=house.store.weblog,
        hear=house.ear,
        clock=house.clock,
        hub=house.hub,
        verbs=VERBS,
    )
    browser = house.browser()
    for route in gate.gated(chat.routes()):
        seen = await browser.ask(route.method, route.path, json={} if route.method == "POST" else None)
        assert seen.status in ((200,) if route.path.startswith("/static/") else (303, 401)), route.path


async def test_one_acts_as_oneself_alone(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    seen = await browser.get("/web/people")
    assert [each["id"] for each in seen.json["people"]] == [ANA]
    assert seen.json["signed_in"] is True
    assert (await browser.post("/web/say", {"as": ANA, **SAY})).status == 200
    refused = await browser.post("/web/say", {"as": BEN, **SAY})
    assert refused.status == 403
    assert "Ana Ruiz" in refused.json["error"]
    assert (await browser.get(f"/web/conversations?as={BEN}")).status == 403
    assert (await browser.get(f"/web/events?as={BEN}")).status == 403
    assert [heard.person.id for heard in house.ear.heard if heard.person] == [ANA]


async def test_one_request_knows_nothing_of_the_one_before(house: House) -> None:
    """They share a connection, and so a task."""
    browser = house.browser()
    await browser.sign_in()
    assert await browser.is_in() == ANA
    browser.session.cookie_jar.clear()
    assert await browser.is_in() is None


async def test_the_cookie_is_for_this_host_alone(house: House) -> None:
    browser = house.browser()
    said = (await browser.sign_in()).headers.getall("Set-Cookie")
    session = next(each for each in said if each.startswith("baton-session="))
    for mark in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert mark in session
    assert "Domain" not in session
    assert "Secure" not in session  # plain http, on this machine alone


async def test_only_digests_are_kept(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    link = await house.link(BEN)

    def everything(connection: object) -> str:
        rows = connection.execute(text("SELECT * FROM web_sessions")).all()  # type: ignore[attr-defined]
        more = connection.execute(text("SELECT * FROM sign_in_links")).all()  # type: ignore[attr-defined]
        return str([*rows, *more])

    kept = await house.store.reader.once(everything)
    assert ANA in kept and BEN in kept
    assert browser.cookies["baton-session"] not in kept
    assert link not in kept


async def test_the_secret_changes_with_every_sign_in(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    first = browser.cookies["baton-session"]
    await browser.sign_in("ben")
    assert browser.cookies["baton-session"] != first
    assert await house.store.sign_ins.find(digest_of(first), timedelta(hours=12)) is None
    thief = house.browser()
    assert (await thief.get("/web/people", headers={"Cookie": f"baton-session={first}"})).status == 401


@pytest.mark.parametrize("value", ["", "x", "'; DROP TABLE web_sessions; --", "a" * 43, "é" * 43, "a" * 4000])
async def test_a_made_up_session_is_none(house: House, value: str) -> None:
    headers = {"Cookie": f"baton-session={value}".encode().decode("latin-1")}
    assert (await house.browser().get("/web/people", headers=headers)).status == 401


# -- for how long -------------------------------------------------------------------------------------


async def test_use_keeps_it_alive_and_rest_ends_it(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    for hours in (11, 22):
        house.clock.ahead = timedelta(hours=hours)
        assert await browser.is_in() == ANA
    house.clock.ahead = timedelta(hours=34, minutes=1)
    assert await browser.is_in() is None


async def test_after_seven_days_it_ends_however_often_it_is_used(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    for hours in range(10, 168, 10):
        house.clock.ahead = timedelta(hours=hours)
        assert await browser.is_in() == ANA
    house.clock.ahead = timedelta(days=7, minutes=1)
    assert await browser.is_in() is None


async def test_what_is_over_is_swept(house: House) -> None:
    await house.browser().sign_in()
    await house.link(BEN)
    house.clock.ahead = timedelta(days=1)
    await house.browser().sign_in("eli")
    await house.store.sign_ins.sweep(timedelta(hours=12))

    def left(connection: object) -> list[str]:
        found = connection.execute(text("SELECT person FROM web_sessions"))  # type: ignore[attr-defined]
        links = connection.execute(text("SELECT person FROM sign_in_links"))  # type: ignore[attr-defined]
        return [row.person for row in (*found, *links)]

    assert await house.store.reader.once(left) == ["eli@agency.example"]


async def test_sessions_outlive_the_process(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    digest = digest_of(browser.cookies["baton-session"])
    other = SqlStore(house.store.url, house.policy)
    try:
        found = await other.sign_ins.find(digest, timedelta(hours=12))
        assert found is not None
        assert found.person == ANA
    finally:
        await other.close()


# -- how it ends ----------------------------------------------------------------------------------------


async def test_signing_out_ends_this_session_only(house: House) -> None:
    here, there = house.browser(), house.browser()
    for browser in (here, there):
        await browser.sign_in()
    secret = here.cookies["baton-session"]
    out = await here.post("/signout")
    assert out.json == {"to": "/signin?out=here"}
    assert "signed out here" in (await here.get(out.json["to"])).text
    assert await here.is_in() is None
    assert (await here.get("/web/people", headers={"Cookie": f"baton-session={secret}"})).status == 401
    assert await there.is_in() == ANA


async def test_signing_out_everywhere(house: House) -> None:
    here, there, ben = house.browser(), house.browser(), house.browser()
    for browser in (here, there):
        await browser.sign_in()
    await ben.sign_in("ben")
    assert (await here.post("/signout", {"everywhere": True})).status == 200
    assert await there.is_in() is None
    assert await ben.is_in() == BEN


async def test_who_has_left_the_policy_is_out_at_the_next_request(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    del house.policy.people._named[ANA]  # type: ignore[arg-type]
    assert await browser.is_in() is None


async def test_an_open_stream_ends_with_its_session(house: House) -> None:
    browser = house.browser()
    await browser.sign_in()
    async with browser.session.get(f"{browser.base}/web/events", params={"as": ANA}) as stream:
        assert stream.status == 200
        await stream.content.readline()
        assert await house.store.sign_ins.end_all(house.policy.people[ANA].id) == 1  # type: ignore[index]
        async with asyncio.timeout(60):
            try:
                while await stream.content.readany():
                    pass
            except OSError:
                pass  # cut off in the middle, as it should be
            except Exception as error:
                assert "Payload" in type(error).__name__ or "Disconnected" in type(error).__name__
    async with asyncio.timeout(60):
        while house.hub.pages:  # noqa: ASYNC110 - the hub tells nobody when a page leaves
            await asyncio.sleep(0.01)


async def test_one_person_has_a_bounded_number_of_sessions(house: House) -> None:
    ana = house.policy.people[ANA].id  # type: ignore[index]
    for number in range(30):
        house.clock.ahead = timedelta(minutes=number)
        await house.store.sign_ins.begin(ana, f"digest-{number}", timedelta(days=7))
    assert await house.store.sign_ins.find("digest-0", timedelta(hours=12)) is None
    assert await house.store.sign_ins.find("digest-29", timedelta(hours=12)) is not None
    assert await house.store.sign_ins.end_all(ana) == 20


async def test_a_busy_desk_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> None:
        raise Overloaded(7)

    browser = house.browser()
    await browser.sign_in()
    for name in ("seen", "use", "end", "begin"):
        monkeypatch.setattr(house.store.sign_ins, name, busy)
    house.clock.ahead = timedelta(minutes=5)
    for answered in (
        await browser.get("/web/people"),
        await browser.post("/signin/link", {"secret": "x"}),
        await browser.post("/signout"),
        await house.browser().sign_in("ben"),
    ):
        assert answered.status == 503
        assert "busy" in answered.text
