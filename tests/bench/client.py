"""A load generator that costs little: raw sockets, keep-alive, one request at a time on each connection."""

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
