"""The far ends of Bluesky that no package brings: the light stream, an AppView, and a bad line to a good server."""

from __future__ import annotations

from tests.fakes.bluesky.appview import FakeAppView
from tests.fakes.bluesky.between import Between, Trouble
from tests.fakes.bluesky.jetstream import FakeJetstream

__all__ = ["Between", "FakeAppView", "FakeJetstream", "Trouble"]
