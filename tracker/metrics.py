"""Figures for Prometheus, served on a port of their own (TRACKER_METRICS_PORT): counts and times, no health data.

Needs the extra ``metrics``. Without the setting nothing is counted.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tracker.config import SettingsError

_requests: Any = None
_seconds: Any = None
_jobs: Any = None


def start(port: int, waiting_jobs: Callable[[], int]) -> None:
    """Serve the figures on 127.0.0.1; ``waiting_jobs`` is asked at each look.

    Raises SettingsError when prometheus-client is not installed or the port is taken.
    """
    try:
        from prometheus_client import Counter, Histogram, start_http_server
        from prometheus_client.core import REGISTRY, GaugeMetricFamily
    except ImportError:
        raise SettingsError("TRACKER_METRICS_PORT needs the extra: pip install 'rehab-denials[metrics]'.") from None

    class Waiting:
        """The number of queued jobs, read when Prometheus asks."""

        def collect(self) -> Iterator[Any]:
            yield GaugeMetricFamily("tracker_jobs_waiting", "Jobs that wait for a worker", waiting_jobs())

    global _requests, _seconds, _jobs  # noqa: PLW0603  # the library's registry is global as well
    _requests = Counter("tracker_requests", "Requests", ("view", "method", "status"))
    _seconds = Histogram("tracker_request_seconds", "Time in the server", ("view",))
    _jobs = Counter("tracker_jobs", "Jobs ended", ("kind", "state"))
    REGISTRY.register(Waiting())
    try:
        start_http_server(port, addr="127.0.0.1")
    except OSError as error:
        why = f"TRACKER_METRICS_PORT must be a free port. {port}: {error.strerror}."
        raise SettingsError(why) from None


def request_ended(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request, where figures are served."""
    if _requests is not None:
        _requests.labels(view, method, status).inc()
        _seconds.labels(view).observe(seconds)


def job_ended(kind: str, state: str) -> None:
    """Count a job that ended as "done" or "failed", where figures are served."""
    if _jobs is not None:
        _jobs.labels(kind, state).inc()
