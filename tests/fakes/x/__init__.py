"""X on this machine: its filtered stream, its search, its webhooks and its posts, by its own rules."""

from tests.fakes.x.server import ACCOUNT, FakeX, Keys, post_id, signature

__all__ = ["ACCOUNT", "FakeX", "Keys", "post_id", "signature"]
