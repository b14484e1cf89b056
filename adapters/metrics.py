"""What the desk counts, for Prometheus. One registry of its own; names begin with baton_."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from bot.ports import SourceState

_REQUEST_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_REDIS_SECONDS: Final = (0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1)
_BATCH_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counters and histograms of one process. It observes the router, intake, delivery and HTTP.

    `queue_depth` is asked at every scrape: how much waits to be written.
    """

    content_type: str = CONTENT_TYPE_LATEST

    def __init__(self, *, queue_depth: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        mentions = self._counter("mentions", "Mentions that came in, by what became of them.", "outcome")
        # Bound once: this is the path that every mention takes.
        self._accepted = mentions.labels("accepted")
        self._duplicate = mentions.labels("duplicate")
        self._rejected = mentions.labels("rejected")
        self._calls = self._counter("calls", "Commands and timers, by verb and outcome.", "verb", "outcome")
        self._deliveries = self._counter("deliveries", "Messages, by outcome.", "platform", "outcome")
        self._told = self._counter("slack_events", "Events that Slack told of, by kind.", "kind")
        self._activities = self._counter(
            "teams_activities", "Activities that Teams brought, by kind.", "kind"
        )
        self._batches = Histogram(
            "baton_intake_batch_mentions",
            "Mentions that came in together, in one request.",
            buckets=_BATCH_SIZES,
            registry=self.registry,
        )
        self._requests = Histogram(
            "baton_http_request_seconds",
            "Time to answer a request, by route and status.",
            ["method", "route", "status"],
            buckets=_REQUEST_SECONDS,
            registry=self.registry,
        )
        depth = Gauge("baton_write_queue", "Writes that wait for the database.", registry=self.registry)
        depth.set_function(queue_depth)
        self._outage_end = Gauge(
            "baton_last_outage_end_timestamp_seconds",
            "When the desk's last own outage ended, in business time; 0 when it never was down.",
            registry=self.registry,
        )
        self._outage_length = Gauge(
            "baton_last_outage_seconds", "How long the desk's last own outage was.", registry=self.registry
        )
        self._bound: dict[tuple[str, str, int], Histogram] = {}

    def mentions(self, accepted: int, duplicates: int, rejected: int) -> None:
        """Intake's: what became of the mentions of one request."""
        self._batches.observe(accepted + duplicates + rejected)
        if accepted:
            self._accepted.inc(accepted)
        if duplicates:
            self._duplicate.inc(duplicates)
        if rejected:
            self._rejected.inc(rejected)

    def called(self, verb: str, outcome: str) -> None:
        """The router's observer; verbs of timers are their kinds."""
        self._calls.labels(verb, outcome).inc()

    def delivered(self, platform: str, outcome: str) -> None:
        """Delivery's observer."""
        self._deliveries.labels(platform, outcome).inc()

    def slack_event(self, kind: str) -> None:
        """The Slack adapter's: what Slack told of, such as that it took our token back (`tokens_revoked`)."""
        self._told.labels(kind).inc()

    def teams_activity(self, kind: str) -> None:
        """The Teams adapter's: what Teams brought, such as messages and invokes."""
        self._activities.labels(kind).inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern a path matched, never the path: strangers choose paths."""
        key = (method if method in _METHODS else "other", route, status)
        bound = self._bound.get(key)
        if bound is None:
            bound = self._bound[key] = self._requests.labels(key[0], route, str(status))
        bound.observe(seconds)

    def redis(self) -> RedisMetrics:
        """Counts what Redis does; only where there is one, so that its absence alarms nobody."""
        return RedisMetrics(self.registry)

    def sources(self) -> SourceMetrics:
        """Counts what sources bring; only where there are some, so that their absence alarms nobody."""
        return SourceMetrics(self.registry)

    def outage(self, since: datetime, until: datetime) -> None:
        """The desk itself did not work then."""
        self._outage_end.set(until.timestamp())
        self._outage_length.set((until - since).total_seconds())

    def text(self) -> bytes:
        """Everything, in the format that `content_type` names."""
        return generate_latest(self.registry)

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"baton_{name}", help, labels, registry=self.registry)


class RedisMetrics:
    """Redis' part of the registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._up = Gauge("baton_redis_up", "1 while Redis answers.", registry=registry)
        self._seconds = Histogram(
            "baton_redis_seconds",
            "Time that Redis took to answer.",
            buckets=_REDIS_SECONDS,
            registry=registry,
        )
        self._failures = Counter(
            "baton_redis_failures", "Questions that Redis did not answer, by why.", ["why"], registry=registry
        )
        self._paced = Counter(
            "baton_pace",
            "Calls to chat platforms that asked for their turn: passed, waited, alone (without Redis), slow.",
            ["how"],
            registry=registry,
        )

    def redis_up(self, up: bool) -> None:
        self._up.set(up)

    def redis_answered(self, seconds: float) -> None:
        self._seconds.observe(seconds)

    def redis_failed(self, why: str) -> None:
        self._failures.labels(why).inc()

    def paced(self, how: str) -> None:
        self._paced.labels(how).inc()


class SourceMetrics:
    """The sources' part of the registry: of those that this process listens to."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._posts = Counter(
            "baton_source_posts",
            "Posts that sources brought: accepted, duplicate, removed.",
            ["source", "outcome"],
            registry=registry,
        )
        self._well = Gauge("baton_source_well", "1 while the source is well.", ["source"], registry=registry)

    def brought(self, source: str, accepted: int, duplicates: int, removed: int) -> None:
        for outcome, count in (("accepted", accepted), ("duplicate", duplicates), ("removed", removed)):
            self._posts.labels(source, outcome).inc(count)

    def is_now(self, source: str, state: SourceState) -> None:
        self._well.labels(source).set(state is SourceState.WELL)

    def is_elsewhere(self, source: str) -> None:
        """Another replica listens to it, and tells."""
        with suppress(KeyError):
            self._well.remove(source)
