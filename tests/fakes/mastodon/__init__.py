"""A server that speaks the Mastodon API, as Mastodon, GoToSocial, Pleroma or snac do."""

from tests.fakes.mastodon.book import Book, Ways
from tests.fakes.mastodon.server import FakeMastodon, serving

__all__ = ["Book", "FakeMastodon", "Ways", "serving"]
