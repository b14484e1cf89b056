"""The server, from npm: JavaScript, with a binary of its database for each kind of machine in the package."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from tests.fakes.npm import Installer

HERE: Final = Path(__file__).parent
RECIPE: Final = ("package.json", "package-lock.json")
PACKAGED: Final = "node_modules/@atproto/pds/dist/index.js"
STARTER: Final = "serve.mjs"


def home() -> Path:
    """The folder in which Node finds the server, installed now where it is missing. Raises NotInstalled."""
    return Installer("bluesky-pds", HERE, (*RECIPE, STARTER)).install(_whole)


def _whole(building: Path, _home: Path) -> None:
    if not (building / PACKAGED).is_file():
        raise FileNotFoundError(PACKAGED)
    # Sources that nobody runs are most of it.
    shutil.rmtree(building / "node_modules/better-sqlite3/deps", ignore_errors=True)
