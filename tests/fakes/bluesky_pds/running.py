"""Starting the server and ending it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.contracts.ports import free_port
from tests.fakes.bluesky_pds.setup import HERE, STARTER, home
from tests.fakes.npm import CACHE, node

STARTS_WITHIN: Final = 120.0
NOT_READY: Final = "the Bluesky server did not get ready:\n"
ADMIN: Final = "a password for tests"


@dataclass(frozen=True, slots=True)
class Pds:
    """Where the server and its directory of DIDs are. It keeps the network's real limits, by account and address."""

    url: str
    plc: str

    def options(self) -> str:
        """The lines of a policy that listen to it."""
        return (
            f'url = "{self.url}"\nstream = "relay"\nstream_url = "{self.url}"\nappview = "off"\n'
            f'plc = "{self.plc}"\n'
        )


@contextmanager
def pds() -> Iterator[Pds]:
    """The server while the block runs, on 127.0.0.1 only. Raises NotInstalled."""
    program = home()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (folder / "data").mkdir()
        port, plc_port = free_port(), free_port()
        log = stack.enter_context((folder / "log").open("wb"))
        plc_command = [sys.executable, "-m", "tests.fakes.bluesky_pds.plc", str(plc_port)]
        directory = subprocess.Popen(plc_command, cwd=HERE.parents[2], stdout=log, stderr=log)
        stack.callback(_end, directory)
        command: list[str] = [str(node()), "--require", str(HERE / "loopback.cjs"), str(program / STARTER)]
        server = subprocess.Popen(
            command,
            cwd=folder,
            env=_settings(folder, port, plc_port),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        stack.callback(_end, server)
        for process, url in (
            (directory, f"http://127.0.0.1:{plc_port}/health"),
            (server, f"http://127.0.0.1:{port}/xrpc/_health"),
        ):
            _ready(process, url, folder / "log")
        yield Pds(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{plc_port}")


def _settings(folder: Path, port: int, plc_port: int) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "NODE_COMPILE_CACHE": str(CACHE / "node-compiled"),
        "PDS_PORT": str(port),
        "PDS_HOSTNAME": "localhost",
        "PDS_JWT_SECRET": secrets.token_hex(16),
        "PDS_ADMIN_PASSWORD": ADMIN,
        "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": secrets.token_hex(32),
        "PDS_DATA_DIRECTORY": str(folder / "data"),
        "PDS_BLOBSTORE_DISK_LOCATION": str(folder / "blobs"),
        "PDS_DID_PLC_URL": f"http://127.0.0.1:{plc_port}",
        "PDS_DEV_MODE": "true",
        "PDS_INVITE_REQUIRED": "false",
        "PDS_RATE_LIMITS_ENABLED": "true",
        "LOG_LEVEL": "error",
    }


def _ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(NOT_READY + log.read_text(encoding="utf-8", errors="replace")[-4000:])


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
