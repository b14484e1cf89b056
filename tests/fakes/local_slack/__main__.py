"""Makes the local Slack ready and says where it is; where there can be none it says so, under CI=true as a failure."""

from __future__ import annotations

import os
import sys

from tests.fakes.local_slack.setup import NoLocalSlack, program
from tests.fakes.npm import NotInstalled

try:
    print(f"Tests talk to {program()}")
except NotInstalled as error:
    if isinstance(error, NoLocalSlack) and os.environ.get("CI") != "true":
        print(error)
    else:
        sys.exit(str(error))
