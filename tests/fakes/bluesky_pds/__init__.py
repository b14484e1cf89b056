"""A real Bluesky server (PDS) on this machine, with a directory of DIDs of its own, and people with accounts there."""

from __future__ import annotations

from tests.fakes.bluesky_pds.people import Person
from tests.fakes.bluesky_pds.running import Pds, pds

__all__ = ["Pds", "Person", "pds"]
