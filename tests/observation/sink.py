"""A receiver of OTLP over HTTP on loopback that keeps what it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.observation.spans import Span, spans_of


@dataclass
class Sink:
    """What arrived, by path of the signal."""

    port: int = 0
    bodies: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def text(self) -> str:
        """Everything that was sent; texts stand in protobuf as they are."""
        return b"\n".join(body for bodies in self.bodies.values() for body in bodies).decode(
            "latin-1"
        )

    def spans(self) -> list[Span]:
        requests = map(ExportTraceServiceRequest.FromString, self.bodies.get("/v1/traces", []))
        return [span for request in requests for span in spans_of(request)]

    def served(self, path_of_route: str) -> list[Span]:
        """The spans of whole requests to a route."""
        return [
            span
            for span in self.spans()
            if span.is_request and span.attributes.get("http.route") == path_of_route
        ]

    def metrics(self) -> dict[str, set[str]]:
        """The names of the metrics, each with the routes that it was measured for."""
        found: dict[str, set[str]] = {}
        for body in self.bodies.get("/v1/metrics", []):
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        points = [*metric.histogram.data_points, *metric.sum.data_points]
                        found.setdefault(metric.name, set()).update(
                            each.value.string_value
                            for point in points
                            for each in point.attributes
                            if each.key == "http.route"
                        )
        return found


@contextmanager
def receiving() -> Iterator[Sink]:
    """Receive on a free port until the block ends."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.bodies.setdefault(self.path, []).append(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing; what arrives is kept."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sink.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
