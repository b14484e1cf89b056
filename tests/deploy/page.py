"""What operations.md says, for tests that hold it to its word."""

from __future__ import annotations

import re
from typing import Final

from tests.deploy import DEPLOY

_BLOCK: Final = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def page() -> str:
    """The page of operations."""
    return (DEPLOY / "operations.md").read_text(encoding="utf-8")


def commands(holding: str, language: str = "sh") -> str:
    """The one block of commands on the page that holds these words."""
    (found,) = [body for kind, body in _BLOCK.findall(page()) if kind == language and holding in body]
    return str(found)
