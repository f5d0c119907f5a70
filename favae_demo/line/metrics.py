"""What a line has done and what is wrong now, for Prometheus: text at a port of this computer."""

import logging
import socket
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, cast

from favae_demo.core.errors import ConfigError
from favae_demo.core.os_failures import sentence
from favae_demo.line.config import MetricsOptions
from favae_demo.line.delivery import Delivery
from favae_demo.line.extras import imported
from favae_demo.line.spool import Spool
from favae_demo.line.watcher import BUCKETS, Watcher

log = logging.getLogger(__name__)
LIMITS = (*(f"{limit / 1000:g}" for limit in BUCKETS), "+Inf")  # seconds


class Metrics:
    """Serves figures over HTTP; the path does not matter. They are gathered when they are asked for.

    Args:
        options: Where.
        watchers: The sources.
        deliveries: The sinks.
        spool: What waits for them.
    """

    def __init__(
        self,
        options: MetricsOptions,
        watchers: Sequence[Watcher],
        deliveries: Sequence[Delivery],
        spool: Spool,
    ):
        self._options, self._watchers, self._deliveries, self._spool = options, watchers, deliveries, spool
        self._server: Any = None

    def start(self) -> None:
        """Starts to answer; a line whose port is taken goes on without."""
        try:
            library, self._families = imported("prometheus_client"), imported("prometheus_client.core")
            registry = library.CollectorRegistry()
            registry.register(self)
            library.ProcessCollector(registry=registry)
            port, host = self._options.port, self._options.host
            self._server, self._thread = library.start_http_server(port, host, registry)
        except (ConfigError, OSError) as error:
            reason = sentence(error) if isinstance(error, OSError) else error
            log.warning("The metrics are not served at port %d: %s", self._options.port, reason)

    def close(self) -> None:
        """Ends."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def collect(self) -> Iterator[Any]:
        """Yields the figures; called by the library for each request."""
        yield from self._of_sources()
        yield from self._of_sinks()
        state = self._gauge(
            "state", "Whether a source or sink is well (1), or has a problem (0).", "kind", "name"
        )
        for kind, parts in (("source", self._watchers), ("sink", self._deliveries)):
            for part in cast(Sequence[Watcher | Delivery], parts):
                state.add_metric([kind, part.plan.name], not part.problem)
        yield state

    def _of_sources(self) -> Iterator[Any]:
        verdicts = self._counter("verdicts", "Verdicts since the start.", "source", "verdict")
        dropped = self._counter(
            "dropped", "Pictures that newer ones replaced before the model was free.", "source"
        )
        drift = self._gauge(
            "drift", "Whether the last pictures together are unlike the good parts (1).", "source"
        )
        seconds = self._families.HistogramMetricFamily(
            "favae_line_seconds", "From the whole picture at hand to the verdict.", labels=["source"]
        )
        for watcher in self._watchers:
            name, counts = watcher.plan.name, watcher.counts
            for verdict, count in dict(counts.verdicts).items():
                verdicts.add_metric([name, verdict], count)
            dropped.add_metric([name], counts.dropped)
            drift.add_metric([name], watcher.is_drifting)
            within = list(zip(LIMITS, accumulate(counts.within), strict=True))
            seconds.add_metric([name], within, counts.milliseconds / 1000)
        yield from (verdicts, dropped, drift, seconds)

    def _of_sinks(self) -> Iterator[Any]:
        waiting = self._gauge("waiting", "Verdicts that wait for a sink.", "sink")
        lost = self._counter(
            "lost", "Verdicts that were given up for a sink since the spool was made.", "sink"
        )
        for family, values in ((waiting, self._spool.waiting()), (lost, self._spool.lost())):
            for name, value in values.items():
                family.add_metric([name], value)
            yield family

    def _counter(self, name: str, text: str, *labels: str) -> Any:
        return self._families.CounterMetricFamily(f"favae_line_{name}", text, labels=labels)

    def _gauge(self, name: str, text: str, *labels: str) -> Any:
        return self._families.GaugeMetricFamily(f"favae_line_{name}", text, labels=labels)


def check_metrics(options: MetricsOptions) -> None:
    """Tries whether figures can be served.

    Raises:
        ConfigError: The package for it is not installed.
        OSError: The port is in use, perhaps by a line that runs, or may not be used.
    """
    imported("prometheus_client")
    socket.create_server((options.host, options.port)).close()
