"""What these tests start with."""

from tests.adapters.sources.heard import bench

__all__ = ["bench"]
