"""The providers that FastAPI measures with, and what sends on what they made."""

from collections.abc import Iterator, Mapping, Sequence
from threading import Thread
from time import monotonic

from fastapi.telemetry import TelemetryConfig
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from potluck import __version__
from potluck.core.logging import REDACTED, redact

#: A query holds what people search for, and a path of ours the titles of recipes; one that there
#: is not may hold anything. The route says which operation it was.
TYPED = frozenset({"url.path", "url.query"})

Sender = BatchSpanProcessor | PeriodicExportingMetricReader


class Redacting(SpanProcessor):
    """Takes secrets and what people typed out of a span before anybody else sees it."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Called by the SDK; exporters come after this processor."""
        del parent_context
        for name, value in (span.attributes or {}).items():
            left = REDACTED if name in TYPED else redact(value, name=name)
            if left != value:
                span.set_attribute(name, left)


def tracer(environment: Mapping[str, str]) -> TracerProvider:
    """Makes spans; sampled as OTEL_TRACES_SAMPLER says."""
    provider = TracerProvider(resource=_resource(environment), shutdown_on_exit=False)
    provider.add_span_processor(Redacting())
    return provider


def meter(environment: Mapping[str, str]) -> MeterProvider:
    """Makes http.server.request.duration and http.server.active_requests."""
    return MeterProvider(resource=_resource(environment), shutdown_on_exit=False)


def send(observed: TelemetryConfig) -> Iterator[Sender]:
    """Begin to send what the providers make, as the standard variables say; gives what sends it."""
    traces, metrics = observed.get("tracer_provider"), observed.get("meter_provider")
    if isinstance(traces, TracerProvider):
        spans = BatchSpanProcessor(OTLPSpanExporter())
        traces.add_span_processor(spans)
        yield spans
    if isinstance(metrics, MeterProvider):
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        metrics.add_metric_reader(reader)
        yield reader


def close(senders: Sequence[Sender], within_s: float) -> bool:
    """Send what is left, all at the same time; False when that was given up after `within_s`.

    The SDK passes its own limit to nobody who waits for the network, hence the threads: they are
    left behind, and keep no process from ending.
    """
    threads = [Thread(target=each.shutdown, daemon=True) for each in senders]
    deadline_s = monotonic() + within_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline_s - monotonic()))
    return not any(thread.is_alive() for thread in threads)


def _resource(environment: Mapping[str, str]) -> Resource:
    """Who we are; the standard variables say it otherwise."""
    attributes = {"service.version": __version__}
    if "service.name=" not in environment.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        attributes["service.name"] = environment.get("OTEL_SERVICE_NAME") or "potluck"
    return Resource.create(attributes)
