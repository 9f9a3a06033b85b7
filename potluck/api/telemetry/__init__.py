"""Traces and metrics by OpenTelemetry, as FastAPI makes them; on by the standard variables alone.

Nothing of the SDK is loaded before a variable names a receiver. Logs take no part in it: they go
the way of all our logs, which removes secrets, and name the trace they belong to.
"""

from collections.abc import Mapping

import structlog
from fastapi.telemetry import TelemetryConfig

log = structlog.get_logger(__name__)

#: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SIGNALS = {"TRACES": "tracing", "METRICS": "metrics"}
OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
MISSING = "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"


def wanted(environment: Mapping[str, str]) -> set[str]:
    """The signals that have a receiver: a subset of `SIGNALS`."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return set()
    if environment.get("FASTAPI_OTEL_AUTO_CONFIGURE", "").lower() == "false":
        return set()
    return {
        signal
        for signal in SIGNALS
        if environment.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or environment.get(ENDPOINT)
        if environment.get(f"OTEL_{signal}_EXPORTER", "").strip().lower() != "none"
    }


def config(environment: Mapping[str, str]) -> TelemetryConfig:
    """For `FastAPI(telemetry=...)`. Without the extra `otel` a wish for it is a line in the log."""
    signals = wanted(environment)
    if not signals:
        return OFF
    try:
        from potluck.api.telemetry import providers  # noqa: PLC0415 - loads the SDK
    except ModuleNotFoundError as error:
        log.warning("telemetry_not_installed", lacks=error.name, install=MISSING)
        return OFF
    on: TelemetryConfig = {**OFF, "auto_configure": True}
    if "TRACES" in signals:
        on["tracing"], on["tracer_provider"] = True, providers.tracer(environment)
    if "METRICS" in signals:
        on["metrics"], on["meter_provider"] = True, providers.meter(environment)
    return on
