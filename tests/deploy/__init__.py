"""What stands in deploy/: each file is read by the program it is for, or by that program's own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TOP: Final = Path(__file__).parents[2]
DEPLOY: Final = TOP / "deploy"
