"""What a wrong setting is told with."""

from __future__ import annotations


class ConfigError(ValueError):
    """A setting is wrong; the sentence says which and what to write instead."""
