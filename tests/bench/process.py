"""A server in a process of its own, and what its rounds came to."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.client import Load


@dataclass
class Server:
    """One of the servers and its rounds; once it has ended, its peak memory, its processor seconds, and the longest
    stall of its event loop in seconds."""

    port: int
    rounds: list[Load] = field(default_factory=list)
    peak_mb: float = 0.0
    cpu: float = 0.0
    stall: float = 0.0

    def median(self, of: str) -> float:
        return statistics.median(
            round_.rate if of == "rate" else round_.percentile(float(of)) for round_ in self.rounds
        )


@asynccontextmanager
async def a_server(kind: str, folder: Path, *more: str) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.server", kind, str(folder), *more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    server = Server(int(await process.stdout.readline()))
    try:
        yield server
    finally:
        process.stdin.close()
        said, _ = await process.communicate()
        figures = json.loads(said)
        server.peak_mb, server.cpu, server.stall = figures["peak_mb"], figures["cpu"], figures["stall"]
