"""The machine: Python, time zones, files that others could read or change."""

from __future__ import annotations

import os
import sys
import zoneinfo
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from bot.cli.checks import Patient
from bot.ports import Finding, Health

AREA: Final = "Machine"
FILES: Final = "Files"
WELL: Final = "Python {version}, with the data of {zones} time zones."
PYTHON: Final = "This is Python {version}; Baton needs 3.11 or newer."
MEND_PYTHON: Final = "Make the environment anew with a newer Python."
NO_ZONES: Final = "This machine has no time zone data, so no working hours can be counted."
MEND_ZONES: Final = "Install the package tzdata: `pip install tzdata`, or the one of the system."
CHANGED: Final = "Other people on this machine can change {path}, and with it who may do what."
MEND_CHANGED: Final = "chmod go-w {path}"
GONE: Final = "{name} names {path}, which is not there or cannot be read by this user."
MEND_GONE: Final = "Write the right path, or give this user the right to read it."
OPEN: Final = "Other people on this machine can read {path}, which holds a key."
MEND_OPEN: Final = "chmod 600 {path}"
FILES_WELL: Final = "Nobody else can change the policy or read a key."
_LEAST: Final = (3, 11)
_SOME: Final = 100


async def machine(patient: Patient) -> AsyncIterator[Finding]:
    """What this program runs on."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _LEAST:
        yield Finding(area=AREA, health=Health.BROKEN, says=PYTHON.format(version=version), mend=MEND_PYTHON)
    zones = len(zoneinfo.available_timezones())
    if zones < _SOME:
        yield Finding(area=AREA, health=Health.BROKEN, says=NO_ZONES, mend=MEND_ZONES)
    else:
        yield Finding(area=AREA, health=Health.WELL, says=WELL.format(version=version, zones=zones))


async def files(patient: Patient) -> AsyncIterator[Finding]:
    """Who else can read or change the desk's files; of the database, its own check says so."""
    found: list[Finding] = []
    policy = patient.config.policy.resolve()
    for path in (policy, policy.parent):
        # A folder with the sticky bit lets nobody else replace a file in it.
        if path.exists() and path.stat().st_mode & 0o022 & ~_shared(path):
            says, mend = CHANGED.format(path=path), MEND_CHANGED.format(path=path)
            found.append(Finding(area=FILES, health=Health.DOUBTFUL, says=says, mend=mend))
    key = patient.env.get("BATON_TEAMS_CERTIFICATE", "").strip()
    if key:
        found += _key("BATON_TEAMS_CERTIFICATE", Path(key))
    for finding in found or [Finding(area=FILES, health=Health.WELL, says=FILES_WELL)]:
        yield finding


def _shared(path: Path) -> int:
    """The bits that say nothing: a group of one's own, and folders where only owners replace files."""
    status = path.stat()
    own = 0o020 if status.st_gid == os.getgid() and status.st_uid == os.getuid() else 0
    return own | (0o022 if path.is_dir() and status.st_mode & 0o1000 else 0)


def _key(name: str, path: Path) -> list[Finding]:
    if not path.is_file() or not os.access(path, os.R_OK):
        says = GONE.format(name=name, path=path)
        return [Finding(area=FILES, health=Health.BROKEN, says=says, mend=MEND_GONE)]
    if path.stat().st_mode & 0o044:
        says, mend = OPEN.format(path=path), MEND_OPEN.format(path=path)
        return [Finding(area=FILES, health=Health.DOUBTFUL, says=says, mend=mend)]
    return []
