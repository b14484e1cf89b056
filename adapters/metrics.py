"""What the desk counts, for Prometheus. One registry of its own; names begin with baton_."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_REQUEST_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_BATCH_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counters and histograms of one process. It observes the router, intake, the worker, delivery and HTTP."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        mentions = Counter(
            "baton_mentions", "Mentions that came in, by what became of them.", ["outcome"], registry=self.registry
        )
        # Bound once: this is the path that every mention takes.
        self._accepted = mentions.labels("accepted")
        self._duplicate = mentions.labels("duplicate")
        self._rejected = mentions.labels("rejected")
        self._calls = Counter(
            "baton_calls", "Commands and timers, by verb and outcome.", ["verb", "outcome"], registry=self.registry
        )
        self._jobs = Counter("baton_jobs", "Jobs run, by kind and outcome.", ["kind", "outcome"], registry=self.registry)
        self._deliveries = Counter(
            "baton_deliveries", "Messages, by platform and outcome.", ["platform", "outcome"], registry=self.registry
        )
        self._batches = Histogram(
            "baton_write_batch_units", "Units of work per commit.", buckets=_BATCH_SIZES, registry=self.registry
        )
        self._requests = Histogram(
            "baton_http_request_seconds",
            "Time to answer a request, by route and status.",
            ["method", "route", "status"],
            buckets=_REQUEST_SECONDS,
            registry=self.registry,
        )
        self._bound: dict[tuple[str, str, int], Histogram] = {}

    def mentions(self, accepted: int, duplicates: int, rejected: int) -> None:
        if accepted:
            self._accepted.inc(accepted)
        if duplicates:
            self._duplicate.inc(duplicates)
        if rejected:
            self._rejected.inc(rejected)

    def called(self, verb: str, outcome: str) -> None:
        """The router's observer: done, refused or repeated."""
        self._calls.labels(verb, outcome).inc()

    def job(self, kind: str, outcome: str) -> None:
        """The worker's: done, failed, deferred or set_aside."""
        self._jobs.labels(kind, outcome).inc()

    def delivery(self, platform: str, outcome: str) -> None:
        """Delivery's: posted, edited, unchanged, failed, slowed, unknown or gave_up."""
        self._deliveries.labels(platform, outcome).inc()

    def batch(self, units: int) -> None:
        """The writer's: how many units one commit held."""
        self._batches.observe(units)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern a path matched, never the path: strangers choose paths."""
        key = (method if method in _METHODS else "other", route, status)
        bound = self._bound.get(key)
        if bound is None:
            bound = self._bound[key] = self._requests.labels(key[0], route, str(status))
        bound.observe(seconds)

    def gauge(self, name: str, help: str, read: Callable[[], float]) -> None:
        """A number asked for at every scrape, such as the depth of a queue; `name` without baton_."""
        Gauge(f"baton_{name}", help, registry=self.registry).set_function(read)

    def text(self) -> bytes:
        """Everything, in the format that CONTENT_TYPE names."""
        return generate_latest(self.registry)
