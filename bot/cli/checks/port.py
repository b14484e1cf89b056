"""The address the desk listens on: free, ours already, or somebody else's."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
from collections.abc import AsyncIterator
from typing import Final
from urllib.request import urlopen

from bot.cli.checks import Patient
from bot.ports import Finding, Health

AREA: Final = "Port"
FREE: Final = "{address} is free for the desk."
OURS: Final = "A Baton answers on {address} already."
TAKEN: Final = "Another program listens on {address}, so the desk cannot."
MEND_TAKEN: Final = "`ss -ltnp 'sport = :{port}'` names it; end it, or write another BATON_PORT."
PRIVILEGED: Final = "This user may not listen on {address}: ports below 1024 are the system's."
MEND_PRIVILEGED: Final = "Write a BATON_PORT from 1024 up, and let a proxy in front of it have {port}."
ELSEWHERE: Final = "{host} is no address of this machine, so nobody can listen on it."
MEND_ELSEWHERE: Final = (
    "Write 127.0.0.1, 0.0.0.0 for all of this machine's addresses, or one of them into BATON_HOST."
)
ANY: Final = "BATON_PORT is 0: every start listens on another port, which no sender can know."
MEND_ANY: Final = "BATON_PORT=8080"
_PATIENCE: Final = 3


async def port(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the desk can listen where the settings say. Nothing is left listening."""
    host, number = patient.config.host, patient.config.port
    if number == 0:
        yield Finding(area=AREA, health=Health.DOUBTFUL, says=ANY, mend=MEND_ANY)
        return
    shown = f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
    told = {"address": shown, "host": host, "port": number}
    try:
        await asyncio.to_thread(_try, host, number)
    except OSError as error:
        yield await _why(error, told)
        return
    yield Finding(area=AREA, health=Health.WELL, says=FREE.format(**told))


def _try(host: str, number: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)
        tried.listen(1)


async def _why(error: OSError, told: dict[str, object]) -> Finding:
    if error.errno == errno.EADDRINUSE:
        if await asyncio.to_thread(_is_baton, str(told["address"])):
            return Finding(area=AREA, health=Health.WELL, says=OURS.format(**told))
        says, mend = TAKEN, MEND_TAKEN
    elif error.errno in (errno.EACCES, errno.EPERM):
        says, mend = PRIVILEGED, MEND_PRIVILEGED
    else:
        says, mend = ELSEWHERE, MEND_ELSEWHERE
    return Finding(area=AREA, health=Health.BROKEN, says=says.format(**told), mend=mend.format(**told))


def _is_baton(address: str) -> bool:
    """Whether what listens there answers as a desk does. 0.0.0.0 is asked as this machine."""
    address = address.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")
    try:
        with urlopen(f"http://{address}/healthz", timeout=_PATIENCE) as answer:
            return bool(json.loads(answer.read(1000)) == {"alive": True})
    except (OSError, ValueError):
        return False
