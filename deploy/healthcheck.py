"""Whether the desk in this container lives: exits with 0 or 1. Uses nothing but Python, and no proxy."""

from __future__ import annotations

import http.client
import os
import sys


def alive(port: int) -> bool:
    """Whether /healthz answers 200 within four seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if alive(int(os.environ.get("BATON_PORT") or 8080)) else 1)
