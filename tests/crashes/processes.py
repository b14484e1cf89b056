"""Replicas as processes that start within a blink: each is a fork of one that has loaded everything already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from tests.crashes.child import Life, live

WITHIN: Final = 30.0
"""Seconds (real time) that a process may take to end."""
_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.crashes.child"])


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(slots=True, kw_only=True)
class Replica:
    """One process; its port stays the same when it is started again."""

    env: dict[str, str]
    log: Path
    real: bool = False
    port: int = field(default_factory=free_port)
    starts: int = 0
    process: ForkServerProcess | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None and self.process.pid is not None
        return self.process.pid

    def start(self) -> None:
        env = {**self.env, "BATON_PORT": str(self.port)}
        self.starts += 1
        self.process = _FORKS.Process(
            target=live, args=(Life(env=tuple(env.items()), log=self.log, real=self.real),), daemon=True
        )
        self.process.start()

    def kill(self) -> None:
        """kill -9; nothing where it does not run."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.join(WITHIN)
            assert process.exitcode is not None, "it survived kill -9"

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def ended(self) -> int | None:
        """The exit code of a process that ended by itself; None while it runs or was killed here."""
        return self.process.exitcode if self.process is not None else None
