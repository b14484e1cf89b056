"""Meta's Graph API on this machine, by its own rules."""

from tests.fakes.meta.server import ACCOUNT, APP_SECRET, INSTAGRAM, PAGE, TOKEN, VERSION, FakeMeta

__all__ = ["ACCOUNT", "APP_SECRET", "INSTAGRAM", "PAGE", "TOKEN", "VERSION", "FakeMeta"]
