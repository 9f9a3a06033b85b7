"""Traces and metrics reach a receiver that the standard variables name, and no secret does."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from potluck.api import telemetry
from potluck.core.logging import REDACTED
from tests.conftest import API
from tests.factories import PASSWORD
from tests.log_capture import captured
from tests.observation.served import Served, serving
from tests.observation.sink import Sink, receiving
from tests.processes import free_port

PARENT_TRACE, PARENT_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SEARCH, ME, LOGIN = f"{API}/recipes/search", f"{API}/auth/me", f"{API}/auth/login"
NO_SDK = "import sys; sys.modules['opentelemetry.sdk'] = None"


@dataclass(frozen=True)
class Told:
    """A process that has ended, and the sink that it told all it had to tell."""

    sink: Sink
    served: Served


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("traced")
    with (
        receiving() as sink,
        serving(folder, OTEL_EXPORTER_OTLP_ENDPOINT=sink.address) as served,
    ):
        ada = {"email": "ada@example.org", "password": PASSWORD, "display_name": "Ada"}
        served.ask("POST", f"{API}/auth/signup", data=ada)
        login = {"username": ada["email"], "password": PASSWORD}
        token = served.ask("POST", LOGIN, form=login).json()["access_token"]
        served.ask("POST", LOGIN, form=login | {"password": "canary-of-a-password"})
        bearer = {"Authorization": f"Bearer {token}"}
        traced = {"traceparent": f"00-{PARENT_TRACE}-{PARENT_SPAN}-01", "X-Request-ID": "asked-1"}
        served.ask("GET", f"{SEARCH}?keyword=canary-of-a-search", headers=bearer)
        served.ask("GET", ME, headers={**bearer, **traced})
        served.ask("GET", f"/canary-of-a-path?token={token}", headers={"Cookie": "a=canary-cookie"})
        served.end()
        assert token not in sink.text
        yield Told(sink, served)


class TestTraces:
    def test_a_request_is_a_span_named_by_its_route(self, told: Told) -> None:
        (span,) = told.sink.served(SEARCH)

        assert span.name == f"GET {SEARCH}"
        assert span.attributes["http.request.method"] == "GET"
        assert span.attributes["http.response.status_code"] == 200
        assert span.service["service.name"] == "potluck"

    def test_a_caller_who_traces_finds_the_request_in_the_own_trace(self, told: Told) -> None:
        (span,) = told.sink.served(ME)

        assert (span.trace_id, span.parent_id) == (PARENT_TRACE, PARENT_SPAN)

    def test_span_and_log_line_name_each_other(self, told: Told) -> None:
        (span,) = told.sink.served(ME)
        (line,) = told.served.requests(ME)

        assert span.attributes["potluck.request_id"] == line["request_id"] == "asked-1"
        assert (line["trace_id"], line["span_id"]) == (span.trace_id, span.span_id)

    def test_what_a_request_did_is_told_below_it(self, told: Told) -> None:
        (span,) = told.sink.served(ME)
        inside = {each.name for each in told.sink.spans() if each.parent_id == span.span_id}

        assert inside == {"fastapi.dependencies", "fastapi.endpoint"}

    def test_p02_paths_and_queries_are_taken_out(self, told: Told) -> None:
        (span,) = told.sink.served(SEARCH)

        assert (span.attributes["url.path"], span.attributes["url.query"]) == (REDACTED, REDACTED)

    def test_p02_nothing_that_was_typed_or_shown_is_sent(self, told: Told) -> None:
        assert len(told.sink.text) > 1000
        assert "canary" not in told.sink.text
        assert "ada@example.org" not in told.sink.text
        assert "eyJ" not in told.sink.text


class TestMetrics:
    def test_requests_are_measured_by_route(self, told: Told) -> None:
        metrics = told.sink.metrics()

        assert metrics.keys() >= {"http.server.request.duration", "http.server.active_requests"}
        assert metrics["http.server.request.duration"] >= {SEARCH, ME, LOGIN}

    def test_logs_go_their_own_way(self, told: Told) -> None:
        assert told.sink.bodies.keys() == {"/v1/traces", "/v1/metrics"}


class TestVariables:
    @pytest.mark.parametrize(
        ("environment", "signals"),
        [
            ({}, set()),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a"}, {"TRACES", "METRICS"}),
            ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a/v1/traces"}, {"TRACES"}),
            (
                {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_METRICS_EXPORTER": "none"},
                {"TRACES"},
            ),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a", "OTEL_SDK_DISABLED": "true"}, set()),
            (
                {
                    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://a",
                    "FASTAPI_OTEL_AUTO_CONFIGURE": "false",
                },
                set(),
            ),
            ({"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://a/v1/logs"}, set()),
        ],
    )
    def test_they_say_what_is_sent(self, environment: dict[str, str], signals: set[str]) -> None:
        assert telemetry.wanted(environment) == signals

    @pytest.mark.parametrize(
        "other", [{"OTEL_TRACES_EXPORTER": "console"}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}]
    )
    def test_another_way_than_otlp_over_http_is_told(self, other: dict[str, str]) -> None:
        with captured() as log:
            signals = telemetry.wanted({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a"} | other)

        assert signals == set()
        (line,) = log.events
        assert (line["level"], line["event"]) == ("warning", "telemetry_not_supported")
        assert {line["exporter"], line["protocol"]} & set(other.values())


class TestWithoutReceiver:
    def test_a_wish_without_the_extra_is_told_and_keeps_nobody_from_serving(
        self, tmp_path: Path
    ) -> None:
        address = f"http://127.0.0.1:{free_port()}"
        with serving(tmp_path, program=NO_SDK, OTEL_EXPORTER_OTLP_ENDPOINT=address) as served:
            assert served.ask("GET", "/health/live").status == 200
            served.end()

        (line,) = [each for each in served.events if each["event"] == "telemetry_not_installed"]
        assert line["level"] == "warning"
        assert line["lacks"].startswith("opentelemetry.sdk")
        assert "opentelemetry-sdk" in line["install"]
        assert "trace_id" not in served.requests("/health/live")[0]

    @pytest.mark.parametrize("listens", [True, False])
    def test_one_that_is_away_delays_no_answer_and_the_end_by_three_seconds(
        self, tmp_path: Path, listens: bool
    ) -> None:
        """It takes connections and says nothing, or refuses them; either is tried for 120 s."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            if listens:
                silent.listen()
            address = f"http://127.0.0.1:{silent.getsockname()[1]}"
            away = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_TIMEOUT": "120"}
            with serving(tmp_path, **away) as served:
                assert served.ask("GET", "/health/live").status == 200
                started_s = time.monotonic()
                served.end()

        print(f"stopped in {time.monotonic() - started_s:.1f} s")  # noqa: T201
        assert served.server.process.returncode in {0, -15}
        (line,) = [each for each in served.events if each["event"] == "telemetry_not_sent"]
        assert line["waited_s"] == telemetry.END_WITHIN_S
