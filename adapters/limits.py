"""How much one client may ask of the desk, and how long it may take to ask it.

Each process counts for itself: what is kept from being overrun is the process, and no request should wait for Redis.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.config_signin import trusted
from bot.ports import Clock, OwnBudgets, Rate

TOO_OFTEN: Final = "That is more than this desk takes from one sender. Send it again in %d s."
NOT_AGAIN: Final = "That was refused many times in a row. Mend what sends it, and try again in %d s."

REFUSALS: Final = Rate(60, timedelta(seconds=1))
"""So many requests of one client may be refused for their signature before it is told to wait."""
HEADERS_WITHIN: Final = timedelta(seconds=20)
KEPT_ALIVE: Final = timedelta(seconds=620)
"""Longer than the proxies and load balancers before us keep a connection, so that none is closed while they use it."""

Proxies = tuple[IPv4Network | IPv6Network, ...]


def caller(request: web.BaseRequest, proxies: Proxies) -> str:
    """The address that asks, through proxies of ours alone: anybody else may write the header as they like."""
    address = request.remote or ""
    # A proxy may add a header of its own below the one that it was sent.
    hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    for hop in reversed(hops):
        if not trusted(proxies, address) or not hop.strip():
            break
        address = hop.strip()[:64]
    return address


class Limits:
    """Limits for what machines send, by client: an IPv4 address, or the network of an IPv6 one."""

    def __init__(self, clock: Clock, proxies: Proxies, *, per_minute: int | None = None) -> None:
        """`per_minute` requests of one client are taken, all of which may come at once; None: any number."""
        self._proxies = proxies
        self._budgets = OwnBudgets(clock)
        self._rate = Rate(per_minute, timedelta(minutes=1) / per_minute) if per_minute else None

    def paced(self, routes: Iterable[web.AbstractRouteDef]) -> list[web.AbstractRouteDef]:
        """429 for a client that asks too often, before anything of the request's body is read."""
        rate = self._rate
        if rate is None:
            return list(routes)

        def around(handler: Handler) -> Handler:
            async def paced(request: web.Request) -> web.StreamResponse:
                wait = await self._budgets.take({f"asks {self._who(request)}": rate}, urgent=True)
                return _later(TOO_OFTEN, wait) if wait else await handler(request)

            return paced

        return _wrapped(routes, around)

    def refusing(self, routes: Iterable[web.AbstractRouteDef]) -> list[web.AbstractRouteDef]:
        """429 instead of 401 for a client that is refused again and again.

        What is signed well is always taken: the senders of a platform share addresses, and whoever can make one of
        them send us nonsense must not be able to shut the others out.
        """

        def around(handler: Handler) -> Handler:
            async def refusing(request: web.Request) -> web.StreamResponse:
                response = await handler(request)
                if response.status != 401:
                    return response
                wait = await self._budgets.take({f"refused {self._who(request)}": REFUSALS}, urgent=True)
                return _later(NOT_AGAIN, wait) if wait else response

            return refusing

        return _wrapped(routes, around)

    def _who(self, request: web.Request) -> str:
        address = caller(request, self._proxies)
        try:
            ip = ip_address(address)
        except ValueError:
            return "somebody"
        return address if ip.version == 4 else str(ip_network((ip, 64), strict=False))


def _wrapped(
    routes: Iterable[web.AbstractRouteDef], around: Callable[[Any], Handler]
) -> list[web.AbstractRouteDef]:
    return [
        web.RouteDef(each.method, each.path, around(each.handler), each.kwargs)
        if isinstance(each, web.RouteDef)
        else each
        for each in routes
    ]


def _later(sentence: str, wait: timedelta) -> web.Response:
    seconds = max(1, math.ceil(wait.total_seconds()))
    body = msgspec.json.encode({"error": sentence % seconds})
    headers = {hdrs.RETRY_AFTER: str(seconds), hdrs.CONTENT_TYPE: "application/json"}
    return web.Response(status=429, body=body, headers=headers)


class Hurried(asyncio.Protocol):
    """A connection whose first request has to show its headers `within` that time; aiohttp itself would wait for ever.

    After that aiohttp has the connection for itself, and closes it when it is kept alive in vain.
    """

    _END: Final = b"\r\n\r\n"

    def __init__(self, inner: asyncio.Protocol, within: timedelta) -> None:
        self._inner, self._within = inner, within
        self._tail = b""
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._timer = asyncio.get_running_loop().call_later(self._within.total_seconds(), self._too_late)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        seen = self._tail + data
        self._tail = seen[-3:]
        if self._END in seen:
            self._done()
            assert self._transport is not None
            self._transport.set_protocol(self._inner)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done()
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def _done(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _too_late(self) -> None:
        if self._transport is not None:
            self._transport.close()


class HurriedRunner(web.AppRunner):
    """Serves an application to those who ask in time."""

    headers_within: timedelta = HEADERS_WITHIN

    @property
    def server(self) -> Any:
        """What makes a protocol for each connection."""
        make = super().server
        return None if make is None else lambda: Hurried(make(), self.headers_within)
