"""A port for a server whose address must be known before it listens."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
