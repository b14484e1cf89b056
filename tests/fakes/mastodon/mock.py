"""mastodon_mock, an independent Mastodon server for tests, as a process of its own on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

STARTS_WITHIN: Final = 60.0
_CONFIG: Final = """
domain = "127.0.0.1:{port}"
url_scheme = "http"
[streaming]
heartbeat_seconds = 1.0
[[seed.accounts]]
username = "acme"
access_token = "acme_token"
[[seed.accounts]]
username = "ana"
access_token = "ana_token"
"""


@contextmanager
def mock_server(folder: Path) -> Iterator[str]:
    """Its address, until the block is left. `acme_token` and `ana_token` are its accounts'."""
    port = _free_port()
    config = folder / "mastodon_mock.toml"
    config.write_text(_CONFIG.format(port=port))
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--config", str(config)]
    with (folder / "log").open("wb") as log:
        where = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        # It must not read what the machine says of hosts and ports.
        clean = {key: value for key, value in os.environ.items() if key not in ("HOST", "PORT")}
        process = subprocess.Popen([*command, *where], cwd=folder, env=clean, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + STARTS_WITHIN
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"mastodon_mock did not start: {(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
