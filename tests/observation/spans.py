"""Spans as they arrive, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan


@dataclass(frozen=True)
class Span:
    """One span: ids in hex, attributes and those of its service as text or number."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    is_request: bool
    attributes: dict[str, object]
    service: dict[str, object]


def spans_of(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource in request.resource_spans:
        service = {each.key: _plain(each.value) for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    is_request=span.kind == SentSpan.SPAN_KIND_SERVER,
                    attributes={each.key: _plain(each.value) for each in span.attributes},
                    service=service,
                )


def _plain(value: object) -> object:
    kind = value.WhichOneof("value")  # type: ignore[attr-defined]
    return getattr(value, kind) if kind else None
