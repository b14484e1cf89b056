"""Microsoft's own schemas of a Teams app's manifest, from npm, installed once and kept in `.cache`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from tests.fakes.npm import Installer

HERE: Final = Path(__file__).parent
RECIPE: Final = ("package.json", "package-lock.json")
SCHEMAS: Final = "node_modules/@microsoft/app-manifest/build/json-schemas/teams"


def schema(version: str) -> dict[str, Any]:
    """The schema (draft 4) of that manifest version, such as `1.25`. Raises NotInstalled when npm failed."""

    def finish(building: Path, _home: Path) -> None:
        (building / SCHEMAS).rename(building / "schemas")
        shutil.rmtree(building / "node_modules")

    home = Installer("teams-schema", HERE, RECIPE).install(finish)
    file = home / "schemas" / f"v{version}" / "MicrosoftTeams.schema.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8-sig"))
    return found
