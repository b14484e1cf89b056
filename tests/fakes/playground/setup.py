"""The program, from npm: JavaScript in one package, for every machine that Node runs on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.fakes.npm import Installer

HERE: Final = Path(__file__).parent
RECIPE: Final = ("package.json", "package-lock.json")
PACKAGED: Final = "node_modules/@microsoft/m365agentsplayground/cli.js"


def program() -> Path:
    """The program, for Node to run, installed now where it is missing. Raises NotInstalled."""
    return Installer("playground", HERE, RECIPE).install(_whole) / PACKAGED


def _whole(building: Path, _home: Path) -> None:
    """It runs as npm left it."""
    if not (building / PACKAGED).is_file():
        raise FileNotFoundError(PACKAGED)
