"""Makes the server ready and says where it is."""

from __future__ import annotations

import sys

from tests.fakes.bluesky_pds.setup import home
from tests.fakes.npm import NotInstalled

try:
    print(f"Tests run {home()}")
except NotInstalled as error:
    sys.exit(str(error))
