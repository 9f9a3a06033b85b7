"""Traces and metrics by OpenTelemetry, as FastAPI makes them; on by the standard variables alone.

Nothing of the SDK is loaded before a variable names a receiver. Logs take no part in it: they go
the way of all our logs, which removes secrets, and name the trace they belong to.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog
from anyio import to_thread
from fastapi.telemetry import TelemetryConfig

log = structlog.get_logger(__name__)

#: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
PROTOCOL = "http/protobuf"
SIGNALS = {"TRACES": "tracing", "METRICS": "metrics"}
OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
#: A receiver that is away keeps a process from ending for no longer.
END_WITHIN_S = 3.0
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
        if _can_be_sent(signal, environment)
    }


def _can_be_sent(signal: str, environment: Mapping[str, str]) -> bool:
    """Whether the variables ask for OTLP over HTTP; anything else is told in the log."""
    exporter = environment.get(f"OTEL_{signal}_EXPORTER", "").strip().lower() or "otlp"
    own_protocol = environment.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL")
    protocol = own_protocol or environment.get("OTEL_EXPORTER_OTLP_PROTOCOL") or PROTOCOL
    is_ours = (exporter, protocol) == ("otlp", PROTOCOL)
    if not is_ours and exporter != "none":
        log.warning("telemetry_not_supported", exporter=exporter, protocol=protocol)
    return is_ours


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
    on: TelemetryConfig = {**OFF}
    if "TRACES" in signals:
        on["tracing"], on["tracer_provider"] = True, providers.tracer(environment)
    if "METRICS" in signals:
        on["metrics"], on["meter_provider"] = True, providers.meter(environment)
    return on


@asynccontextmanager
async def exporting(observed: TelemetryConfig) -> AsyncIterator[None]:
    """Send what is observed until the block ends, and what is left then for `END_WITHIN_S`.

    FastAPI would set up the same exporters, but waits at the end for as long as each of them takes.
    """
    if not (observed["tracing"] or observed["metrics"]):
        yield
        return
    from potluck.api.telemetry import providers  # noqa: PLC0415 - loads the SDK

    senders = list(providers.send(observed))
    try:
        yield
    finally:
        if not await to_thread.run_sync(providers.close, senders, END_WITHIN_S):
            log.warning("telemetry_not_sent", waited_s=END_WITHIN_S)
