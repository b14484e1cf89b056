"""The application's own routes, what a client sees of an error, and how it listens and stops."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web
from structlog.testing import capture_logs

import adapters.http
from adapters.http import CannotListen, application, serve
from adapters.metrics import Metrics
from tests.adapters.serving import asking


async def well() -> None:
    return None


async def unwell() -> None:
    raise OSError("postgresql://baton:hunter2@db.example/baton is away")


async def behind() -> None:
    raise RuntimeError("the database is at revision 1; this program needs 2")


async def asleep() -> None:
    await asyncio.sleep(60)


# -- health -------------------------------------------------------------------------------------


async def test_alive_whatever_else_is_broken() -> None:
    async with asking(checks={"database": unwell}) as asker:
        answer = await asker.ask("GET", "/healthz")
    assert (answer.status, answer.json) == (200, {"alive": True})


async def test_ready_while_all_that_is_needed_works() -> None:
    async with asking(checks={"database": well}, reported={"redis": behind}) as asker:
        answer = await asker.ask("GET", "/readyz")
    assert answer.status == 200
    assert answer.json == {
        "ready": True,
        "checks": {
            "redis": {
                "ok": False,
                "needed": False,
                "says": "the database is at revision 1; this program needs 2",
            },
            "database": {"ok": True, "needed": True},
        },
    }


async def test_not_ready_when_one_of_them_does_not() -> None:
    async with asking(checks={"database": unwell, "migrations": behind}) as asker:
        answer = await asker.ask("GET", "/readyz")
    assert (answer.status, answer.json["ready"]) == (503, False)
    assert answer.json["checks"]["database"]["says"] == "failed: OSError"
    assert "needs 2" in answer.json["checks"]["migrations"]["says"]
    assert b"hunter2" not in answer.body


async def test_a_check_that_never_answers_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters.http, "PROBE_WITHIN", timedelta(milliseconds=20))
    async with asking(checks={"database": asleep}) as asker:
        answer = await asker.ask("GET", "/readyz")
    assert (answer.status, answer.json["checks"]["database"]["says"]) == (503, "did not answer within 0.02 s")


async def test_metrics_have_routes_and_no_paths() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with asking(web.get("/pages/{name}", page)) as asker:
        await asker.ask("GET", "/pages/secret-one")
        await asker.ask("GET", "/no/such/secret")
        await asker.ask("PROPFIND", "/pages/tea")
        asker.metrics.called("claim", "done")
        asker.metrics.delivered("web", "posted")
        answer = await asker.ask("GET", "/metrics")
    text = answer.body.decode()
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert 'baton_http_request_seconds_count{method="GET",route="/pages/{name}",status="200"} 1.0' in text
    assert 'method="GET",route="unmatched",status="404"' in text
    assert 'method="other",route="unmatched",status="405"' in text
    assert 'baton_calls_total{outcome="done",verb="claim"} 1.0' in text
    assert 'baton_deliveries_total{outcome="posted",platform="web"} 1.0' in text
    assert "baton_write_queue 3.0" in text
    assert "secret" not in text


# -- errors -----------------------------------------------------------------------------------------


async def test_a_surprise_is_told_without_its_traceback_and_found_in_the_log() -> None:
    async def broken(_request: web.Request) -> web.Response:
        raise KeyError("hunter2")

    async with asking(web.get("/broken/{token}", broken)) as asker:
        with capture_logs() as logs:
            answer = await asker.ask("GET", "/broken/t0ken?key=s3cret")
    assert answer.status == 500
    assert answer.json["id"] == "e-1" and "e-1" in answer.error
    assert b"hunter2" not in answer.body and b"Traceback" not in answer.body
    (error,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert (error["id"], error["route"]) == ("e-1", "/broken/{token}")
    assert isinstance(error["exc_info"], KeyError)
    assert not any("t0ken" in str(entry) or "s3cret" in str(entry) for entry in logs)


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (web.HTTPForbidden(text="This page is Ana's."), 403, "This page is Ana's."),
        (web.HTTPNotFound(text="There is no case 9."), 404, "There is no case 9."),
        (web.HTTPNotFound(), 404, "There is nothing at this address."),
    ],
)
async def test_refusals_keep_their_sentence(raised: Exception, status: int, said: str) -> None:
    async def refuses(_request: web.Request) -> web.Response:
        raise raised

    async with asking(web.get("/x", refuses)) as asker:
        answer = await asker.ask("GET", "/x")
    assert (answer.status, answer.json) == (status, {"error": said})


async def test_an_address_nobody_has() -> None:
    async with asking() as asker:
        answer = await asker.ask("GET", "/nowhere")
    assert (answer.status, answer.error) == (404, "There is nothing at this address.")


async def test_redirects_stay_redirects() -> None:
    async def moved(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/healthz")

    async with asking(web.get("/x", moved)) as asker:
        assert (await asker.ask("GET", "/x")).json == {"alive": True}


async def test_a_body_beyond_the_limit_is_refused_everywhere() -> None:
    async def reads(request: web.Request) -> web.Response:
        return web.Response(body=str(len(await request.read())))

    async def much() -> Any:
        for _ in range(17):
            yield b" " * 65536

    async with asking(web.post("/x", reads)) as asker:
        answer = await asker.ask("POST", "/x", much())
    assert (answer.status, answer.error) == (
        413,
        "The body is larger than 1048576 bytes, the most one request may hold.",
    )


async def test_the_log_has_a_line_for_a_request_and_machines_stay_quiet() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with asking(web.get("/page", page), checks={"database": unwell}) as asker:
        with capture_logs() as logs:
            for path in ("/page", "/healthz", "/metrics", "/readyz"):
                await asker.ask("GET", path)
    said = [(entry["route"], entry["log_level"]) for entry in logs if entry["event"] == "request"]
    assert said == [("/page", "info"), ("/readyz", "info")]


# -- listening ------------------------------------------------------------------------------------------


def an_application(*routes: web.RouteDef) -> web.Application:
    return application(routes=routes, checks={}, metrics=Metrics(queue_depth=lambda: 0))


async def test_a_taken_port_is_told_politely() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as told:
            async with serve(an_application(), "127.0.0.1", port):
                pytest.fail("it listened")
    assert f"Port {port} on 127.0.0.1 is taken" in str(told.value)
    assert "BATON_PORT" in str(told.value)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_address_that_is_not_ours(host: str) -> None:
    with pytest.raises(CannotListen, match="BATON_HOST"):
        async with serve(an_application(), host, 0):
            pytest.fail("it listened")


async def test_the_bound_port_is_given_and_free_again_afterwards() -> None:
    async with serve(an_application(), "127.0.0.1", 0) as first:
        assert first.port > 0
        assert first.url == f"http://127.0.0.1:{first.port}"
    async with serve(an_application(), "127.0.0.1", first.port) as second:
        assert second.port == first.port


async def test_stopping_lets_an_answer_under_way_arrive() -> None:
    begun, stopping = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await stopping.wait()
        await asyncio.sleep(0.05)
        return web.Response(text="done")

    async with ClientSession() as session:
        async with serve(an_application(web.get("/slow", slow)), "127.0.0.1", 0) as serving:
            asked = asyncio.create_task(session.get(f"{serving.url}/slow"))
            await begun.wait()
            stopping.set()
        assert await (await asked).text() == "done"
        with pytest.raises(ClientError):
            await session.get(f"{serving.url}/healthz")


async def test_stopping_does_not_wait_for_ever() -> None:
    begun = asyncio.Event()

    async def stuck(_request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(60)
        return web.Response()

    async with ClientSession() as session:
        serving = serve(
            an_application(web.get("/stuck", stuck)), "127.0.0.1", 0, shutdown=timedelta(seconds=0.05)
        )
        async with asyncio.timeout(5):
            async with serving as address:
                asked = asyncio.create_task(session.get(f"{address.url}/stuck"))
                await begun.wait()
        with pytest.raises(ClientError):
            await asked
