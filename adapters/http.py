"""The aiohttp application: health, metrics, and the routes that other adapters bring; and how it is served."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

import msgspec
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from adapters.limits import KEPT_ALIVE, HurriedRunner

log = structlog.get_logger(__name__)

SURPRISE: Final = "Something went wrong on our side. It is in the log as %s; tell whoever runs this desk."
NOT_HERE: Final = "There is nothing at this address."
WRONG_METHOD: Final = "This address does not take %s; it takes %s."
TOO_LARGE: Final = "The body is larger than %d bytes, the most one request may hold."
CUT_SHORT: Final = "The body ended before all of it had arrived."
NO_ANSWER: Final = "did not answer within %g s"
BROKEN: Final = "failed: %s"
TAKEN: Final = (
    "Port %d on %s is taken: another program listens there, perhaps another Baton. "
    "Stop it, or set BATON_PORT to a free port."
)
NOT_ALLOWED: Final = "This user may not listen on port %d. Set BATON_PORT to a number above 1023."
NO_ADDRESS: Final = "This machine has no address %s to listen on. Set BATON_HOST to 127.0.0.1 or 0.0.0.0."

BODY_BYTES: Final = 1024 * 1024
PROBE_WITHIN: Final = timedelta(seconds=2)
SHUTDOWN_WITHIN: Final = timedelta(seconds=10)
_JSON: Final = {"Content-Type": "application/json"}
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics", "/mentions"})
_PUSHED: Final = "/mentions/"
_encode: Final = msgspec.json.Encoder().encode


class CannotListen(Exception):
    """The address to listen on cannot be had; the text says why and what to set."""


class Measured(Protocol):
    """Who counts requests, and what `/metrics` shows."""

    content_type: str

    def request(self, method: str, route: str, status: int, seconds: float) -> None: ...
    def text(self) -> bytes: ...


Probe: TypeAlias = Callable[[], Awaitable[object]]
"""Looks whether something works. Raises when it does not; a RuntimeError's text is shown to whoever asks."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where the application listens; `port` is the real one, also when 0 was asked for."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def application(
    *,
    routes: Iterable[web.AbstractRouteDef],
    checks: Mapping[str, Probe],
    metrics: Measured,
    reported: Mapping[str, Probe] = MappingProxyType({}),
    new_id: Callable[[], str] = lambda: secrets.token_hex(4),
) -> web.Application:
    """The application with `/healthz`, `/readyz`, `/metrics` and `routes`.

    `/readyz` answers 503 while one of `checks` fails; `reported` stand in its body and decide nothing.
    No traceback reaches a client: an error is answered with an id under which the log has it.
    """
    app = web.Application(client_max_size=BODY_BYTES, middlewares=[_around(metrics, new_id)])

    async def alive(_request: web.Request) -> web.Response:
        return _json(200, {"alive": True})

    async def ready(_request: web.Request) -> web.Response:
        probes = {**reported, **checks}
        found = dict(zip(probes, await asyncio.gather(*map(_probe, probes, probes.values())), strict=True))
        good = all(found[name] is None for name in checks)
        states = {name: _state(says, needed=name in checks) for name, says in found.items()}
        return _json(200 if good else 503, {"ready": good, "checks": states})

    async def numbers(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": metrics.content_type})

    app.add_routes([web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", numbers)])
    app.add_routes(routes)
    return app


@asynccontextmanager
async def serve(
    app: web.Application, host: str, port: int, *, shutdown: timedelta = SHUTDOWN_WITHIN
) -> AsyncIterator[Serving]:
    """Listens while the block runs; then takes no new request and gives those under way `shutdown` to end.

    Raises CannotListen when the address is taken or cannot be had.
    """
    runner = HurriedRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=shutdown.total_seconds(),
        keepalive_timeout=KEPT_ALIVE.total_seconds(),
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise CannotListen(_why_not(error, host, port)) from error
        bound = runner.addresses[0]
        yield Serving(bound[0], bound[1])
    finally:
        await runner.cleanup()


# -- around every request ------------------------------------------------------------------------


def _around(metrics: Measured, new_id: Callable[[], str]) -> Middleware:
    """Errors to sentences, one log line, one measurement."""

    @web.middleware
    async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
        begun = time.perf_counter()
        response: web.StreamResponse
        try:
            response = await handler(request)
        except web.HTTPRedirection as redirect:
            _note(request, redirect, time.perf_counter() - begun, metrics)
            raise
        except web.HTTPException as error:
            response = _as_json(error)
        except web.RequestPayloadError:
            response = _json(400, {"error": CUT_SHORT})
        except ConnectionError:
            # Whoever asked has gone; aiohttp closes the connection.
            raise
        except Exception as error:  # the edge: nobody further out could answer the client
            error_id = new_id()
            log.error(
                "request failed", id=error_id, method=request.method, route=_route(request), exc_info=error
            )
            response = _json(500, {"error": SURPRISE % error_id, "id": error_id})
        _note(request, response, time.perf_counter() - begun, metrics)
        return response

    return around


def _note(request: web.Request, response: web.StreamResponse, seconds: float, metrics: Measured) -> None:
    route = _route(request)
    if isinstance(response, web.Response):
        # A stream's length is the reader's patience, not our speed.
        metrics.request(request.method, route, response.status, seconds)
    if (route in _QUIET or route.startswith(_PUSHED)) and response.status < 400:
        # What machines ask all day is counted above; a line for each would cost more than the answer.
        return
    # The route and not the path, which may hold a key.
    log.info(
        "request",
        method=request.method[:20],
        route=route,
        status=response.status,
        ms=round(seconds * 1000, 1),
    )


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


def _as_json(error: web.HTTPException) -> web.Response:
    """The same status and headers with a sentence."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        said = WRONG_METHOD % (error.method[:20], " or ".join(sorted(error.allowed_methods)))
    elif isinstance(error, web.HTTPRequestEntityTooLarge):
        said = TOO_LARGE % BODY_BYTES
    elif isinstance(error, web.HTTPNotFound) and error.text == "404: Not Found":
        said = NOT_HERE
    else:
        said = error.text or error.reason
    response = _json(error.status, {"error": said})
    for name, value in error.headers.items():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


async def _probe(name: str, probe: Probe) -> str | None:
    """None when all is well, else what to say to whoever asks: the log has the rest."""
    seconds = PROBE_WITHIN.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            await probe()
    except TimeoutError:
        return NO_ANSWER % seconds
    except Exception as error:  # whatever it is, the answer to "is it well?" is no
        log.warning("check failed", check=name, exc_info=error)
        return str(error) if type(error) is RuntimeError else BROKEN % type(error).__name__
    return None


def _state(says: str | None, *, needed: bool) -> dict[str, object]:
    state: dict[str, object] = {"ok": says is None, "needed": needed}
    return state if says is None else {**state, "says": says}


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return TAKEN % (port, host)
    if error.errno in (errno.EACCES, errno.EPERM):
        return NOT_ALLOWED % port
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return NO_ADDRESS % host
    return f"Cannot listen on {host}:{port}: {error.strerror or error}."


def _json(status: int, body: object) -> web.Response:
    return web.Response(status=status, body=_encode(body), headers=_JSON)
