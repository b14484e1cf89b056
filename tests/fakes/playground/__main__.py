"""Makes the playground ready and says where it is."""

from __future__ import annotations

import sys

from tests.fakes.npm import NotInstalled
from tests.fakes.playground.setup import program

try:
    print(f"Tests and the demo run {program()}")
except NotInstalled as error:
    sys.exit(str(error))
