"""The Slack that runs on this machine: `async with local_slack() as slack`; `python -m tests.fakes.local_slack` installs it.

It keeps no limits, no metadata and no attachments, never says 429, and takes any token: for those there is `fakes.slack`.
"""

from __future__ import annotations

from tests.fakes.local_slack.running import LocalSlack, local_slack
from tests.fakes.local_slack.setup import NoLocalSlack, or_skip, program

__all__ = ["LocalSlack", "NoLocalSlack", "local_slack", "or_skip", "program"]
