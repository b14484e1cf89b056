"""axe-core: whether a page breaks a rule of WCAG 2.2, level AA, that a machine can see. For tests only."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

from tests.fakes.npm import Installer

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

_HERE: Final = Path(__file__).parent
_RECIPE: Final = ("package.json", "package-lock.json")


async def violations(page: Page) -> list[str]:
    """What is wrong with the page as it stands: each rule with the elements that break it."""
    if not await page.evaluate("() => typeof window.axe === 'object'"):
        await page.evaluate(_source())
    tags = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    found: dict[str, Any] = await page.evaluate("tags => axe.run(document, tags)", tags)
    return [
        f"{rule['id']} ({rule['help']}): {node['html'][:200]} {_why(node)}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))


@cache
def _source() -> str:
    """axe-core's script, installed from npm the first time."""

    def finish(building: Path, home: Path) -> None:
        shutil.move(building / "node_modules/axe-core/axe.min.js", building)
        shutil.rmtree(building / "node_modules")

    home = Installer("axe", _HERE, _RECIPE).install(finish)
    return (home / "axe.min.js").read_text(encoding="utf-8")
