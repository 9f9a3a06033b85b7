"""The providers that FastAPI hands its exporters to: named, and without what people typed."""

from collections.abc import Mapping

# What FastAPI loads to export; missing here, it is missing in time to say so.
import opentelemetry.exporter.otlp.proto.http
from opentelemetry.context import Context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider

from potluck import __version__
from potluck.core.logging import REDACTED, redact

assert opentelemetry.exporter.otlp.proto.http  # noqa: S101 - the import is what it is for

#: A query holds what people search for, and a path of ours the titles of recipes; one that there
#: is not may hold anything. The route says which operation it was.
TYPED = frozenset({"url.path", "url.query"})


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


def _resource(environment: Mapping[str, str]) -> Resource:
    """Who we are; the standard variables say it otherwise."""
    attributes = {"service.version": __version__}
    if "service.name=" not in environment.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        attributes["service.name"] = environment.get("OTEL_SERVICE_NAME") or "potluck"
    return Resource.create(attributes)
