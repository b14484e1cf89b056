"""The program: one file for Linux x86-64, from npm."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.fakes.npm import Installer, NotInstalled

HERE: Final = Path(__file__).parent
RECIPE: Final = ("package.json", "package-lock.json")
PACKAGED: Final = "node_modules/local-slack-linux-x64/bin/local-slack"
ELSEWHERE: Final = "The local Slack that these tests talk to exists for Linux x86-64 only; the in-repo fake Slack is tested here."


class NoLocalSlack(NotInstalled):
    """There is no local Slack on this machine; says why."""


def program() -> Path:
    """The program, installed now where it is missing. Raises NoLocalSlack, or NotInstalled when npm failed."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoLocalSlack(ELSEWHERE)

    def finish(building: Path, _home: Path) -> None:
        (building / PACKAGED).rename(building / "local-slack")
        shutil.rmtree(building / "node_modules")
        (building / "local-slack").chmod(0o755)

    return Installer("local-slack", HERE, RECIPE).install(finish) / "local-slack"


def or_skip() -> Path:
    """The program; without one the test says so and is skipped, which under CI=true is a failure."""
    try:
        return program()
    except NoLocalSlack as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))
