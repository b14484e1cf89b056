"""The Compose Specification's own schema, from npm (where dclint carries it), installed once and kept in `.cache`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from tests.fakes.npm import Installer

HERE: Final = Path(__file__).parent
RECIPE: Final = ("package.json", "package-lock.json")
SCHEMA: Final = "node_modules/dclint/schemas/compose.schema.json"


def schema() -> dict[str, Any]:
    """The schema (draft 7). Raises NotInstalled when npm failed."""

    def finish(building: Path, _home: Path) -> None:
        (building / SCHEMA).rename(building / "schema.json")
        shutil.rmtree(building / "node_modules")

    home = Installer("compose-schema", HERE, RECIPE).install(finish)
    found: dict[str, Any] = json.loads((home / "schema.json").read_text(encoding="utf-8"))
    return found
