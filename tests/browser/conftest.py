"""Fixtures of the browser tests."""

from tests.browser.room import browser, room

__all__ = ["browser", "room"]
