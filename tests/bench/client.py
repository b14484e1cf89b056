"""A load generator that costs little: raw sockets, keep-alive, one request at a time on each connection.

`send` asks as fast as it is answered; `pour` asks at its own pace, whatever is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

CONNECTIONS: Final = 64


@dataclass
class Load:
    """What came of one round: how long each answer took, and those that did not begin with 20."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection(asyncio.Protocol):
    def __init__(self, todo: Iterator[bytes], load: Load) -> None:
        self._todo, self._load = todo, load
        self._got = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._load.latencies.append(time.perf_counter() - self._sent)
        if not head.startswith(b"HTTP/1.1 20"):
            self._load.refused.append(self._got)
        self._got = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))

    def _next(self) -> None:
        request = next(self._todo, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


class _Waiting:
    """Requests with the moments when they are due."""

    def __init__(self, requests: Sequence[bytes], seconds: float) -> None:
        self._todo = iter(enumerate(requests))
        self._gap = seconds / max(1, len(requests))
        self._begun = time.perf_counter()

    async def next(self) -> tuple[float, bytes] | None:
        """The next one, once it is due; the moment stands beside it."""
        number, request = next(self._todo, (0, b""))
        if not request:
            return None
        due = self._begun + number * self._gap
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        return due, request


async def _ask(port: int, waiting: _Waiting, load: Load) -> None:
    opened: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while (one := await waiting.next()) is not None:
        due, request = one
        # Not before there is something to say: a connection that says nothing is hung up on.
        reader, writer = opened = opened or await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        load.latencies.append(time.perf_counter() - due)
        if not head.startswith(b"HTTP/1.1 20"):
            load.refused.append(head + body)
    if opened is not None:
        opened[1].close()


async def pour(
    port: int, requests: Sequence[bytes], *, seconds: float, connections: int = CONNECTIONS
) -> Load:
    """Sends the requests evenly over that time. An answer's time counts from when its request was due, so that a slow
    server cannot hide behind those who wait for a free connection."""
    load, waiting = Load(), _Waiting(requests, seconds)
    begun = time.perf_counter()
    await asyncio.gather(*(_ask(port, waiting, load) for _ in range(connections)))
    load.seconds = time.perf_counter() - begun
    return load


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


async def send(port: int, requests: Sequence[bytes], *, connections: int = CONNECTIONS) -> Load:
    """Sends every request once. Raises ConnectionError when the server hangs up."""
    load, todo = Load(), iter(requests)
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    made = [
        await loop.create_connection(lambda: _Connection(todo, load), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in made))
    load.seconds = time.perf_counter() - begun
    return load
