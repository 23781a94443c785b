"""What machines ask: is it alive, is it ready, how is it doing; which pages a crawler may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from pencere.applications import queries as applications
from pencere.base import clock
from pencere.identity import access
from pencere.jobs import queries as jobs
from pencere.ledger import queries as ledger
from pencere.ui import assets

LATEST_SEAL = timedelta(seconds=60)
"""A leaf is sealed within a second; one that waits for so long means that the sequencer stands still."""


@access.system
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@access.system
def ready(request: HttpRequest) -> JsonResponse:
    """Whether requests may be sent here: the database answers, and the ledger is being sealed."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        waits = _unsealed_for()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "does not answer"}, status=503)
    sealed = waits <= LATEST_SEAL
    return JsonResponse(
        {"ready": sealed, "database": "ok", "ledger_unsealed_seconds": round(waits.total_seconds(), 3)},
        status=200 if sealed else 503,
    )


@access.system
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@access.public
def robots(request: HttpRequest) -> HttpResponse:
    closed = ("me", "desk", "apply", "sign-in", "verify")
    lines = ["User-agent: *", *(f"Disallow: /*/{path}/" for path in closed), "Disallow: /api/"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@access.public
def favicon(request: HttpRequest) -> HttpResponsePermanentRedirect:
    return HttpResponsePermanentRedirect(assets.address("window.svg"))


class _State(Collector):
    """Read from the database when it is asked for, so that every process answers alike."""

    def collect(self) -> Iterator[Metric]:
        work = jobs.backlog()
        late = max((clock.now() - work.oldest).total_seconds(), 0.0) if work.oldest else 0.0
        states = GaugeMetricFamily("pencere_jobs", "Background work by state.", labels=("state",))
        for state in ("waiting", "running", "failed"):
            states.add_metric((state,), getattr(work, state))
        yield states
        yield GaugeMetricFamily("pencere_jobs_late_seconds", "How long the oldest waiting job is overdue.", late)
        aside = GaugeMetricFamily(
            "pencere_events_set_aside",
            "Lines of lists (events of registers, payments) that could not be taken; stopped: until somebody says so.",
            labels=("list", "state"),
        )
        for labels, count in applications.set_aside_counts().items():
            aside.add_metric(labels, count)
        yield aside
        size = getattr(ledger.checkpoint(), "size", 0)
        yield GaugeMetricFamily("pencere_ledger_size", "Leaves under the newest checkpoint.", size)
        waits = _unsealed_for().total_seconds()
        yield GaugeMetricFamily(
            "pencere_ledger_unsealed_seconds", "How long the oldest leaf waits for its seal.", waits
        )


def _unsealed_for() -> timedelta:
    oldest = ledger.oldest_unsealed()
    return max(clock.now() - oldest, timedelta(0)) if oldest else timedelta(0)


_registry = CollectorRegistry()
_registry.register(_State())
ProcessCollector(registry=_registry)
PlatformCollector(registry=_registry)
GCCollector(registry=_registry)
