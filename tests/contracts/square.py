"""The network at which every room's desk answers the customers of X."""

from __future__ import annotations

from typing import Final

from tests.fakes.network import FakeNetwork, FakeNetworks

SQUARE: Final = FakeNetwork()
NETWORKS: Final = FakeNetworks([SQUARE])


def quiet() -> FakeNetwork:
    """The network, on which nothing was posted yet."""
    for kept in (SQUARE.posts, SQUARE.tried, SQUARE.faults, SQUARE.dies):
        kept.clear()
    return SQUARE
