"""An OpenID provider on loopback that keeps the rules, and lies where a test asks it to."""

from tests.fakes.oidc.provider import FakeProvider, a_provider
from tests.fakes.oidc.tokens import CLIENT, SECRET, Lie

__all__ = ["CLIENT", "SECRET", "FakeProvider", "Lie", "a_provider"]
