"""A server in a process of its own, and what its rounds came to."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.client import Load


@dataclass
class Server:
    """One of the servers and its rounds; once it has ended, its peak memory, its processor seconds, and the longest
    stall of its event loop in seconds."""

    port: int
    pid: int = 0
    rounds: list[Load] = field(default_factory=list)
    peak_mb: float = 0.0
    cpu: float = 0.0
    stall: float = 0.0

    def median(self, of: str) -> float:
        return statistics.median(
            round_.rate if of == "rate" else round_.percentile(float(of)) for round_ in self.rounds
        )


def memory_mb(pid: int) -> float:
    """What the process holds right now. Linux only, as the servers of this bench are."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_of_family(pid: int) -> float:
    """Processor seconds of a process and all that it ever started, whether they still run or not."""
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(map(_ticks, (pid, *_children(pid)))) / ticks


def _children(pid: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(_fields(path)[1]) == pid:
                yield int(path.parent.name)


def _ticks(pid: int) -> int:
    """Its own, and those of its children that have ended."""
    try:
        return sum(map(int, _fields(Path(f"/proc/{pid}/stat"))[11:15]))
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _fields(stat: Path) -> Sequence[str]:
    """From the third on: the second is a name, which may hold anything."""
    return stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


@asynccontextmanager
async def a_server(kind: str, folder: Path, *more: str) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.server", kind, str(folder), *more),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    server = Server(int(await process.stdout.readline()), process.pid)
    try:
        yield server
    finally:
        process.stdin.close()
        said, _ = await process.communicate()
        figures = json.loads(said)
        server.peak_mb, server.cpu, server.stall = figures["peak_mb"], figures["cpu"], figures["stall"]
