"""How HTTP is served, and what is told about it."""

from typing import Literal

from pydantic import Field

from potluck.core.setting_section import Section
from potluck.core.setting_types import HostNames, Origins, Proxies


class CorsSettings(Section):
    origins: Origins = Field([], description="Exact origins whose scripts may call the API.")


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is written."
    )
    format: Literal["json", "console"] = Field(
        "console", description="One JSON object a line, or lines for people."
    )


class MetricsSettings(Section):
    enabled: bool = Field(False, description="Serve /metrics for Prometheus on a port of its own.")
    host: str = Field("127.0.0.1", description="Address to serve it on; it asks for no password.")
    port: int = Field(
        9464, ge=1, le=65535, description="Its port; each further worker takes the next free one."
    )


class ServerSettings(Section):
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Serving processes.")
    root_path: str = Field(
        "", pattern=r"^(/[^/?#]+)*$", description="Sub-path a proxy serves us under, like /kitchen."
    )
    hosts: HostNames = Field(
        [], description="Further names we are asked for by, besides that of the base_url."
    )
    trusted_proxies: Proxies = Field(
        [], description="Addresses or networks whose X-Forwarded-* headers are believed."
    )
    drain_s: float = Field(
        1.0, ge=0, le=60, description="After SIGTERM: not ready this long before the socket closes."
    )
    shutdown_s: int = Field(30, ge=1, le=600, description="Longest wait for running requests.")
    header_timeout_s: float = Field(
        10.0, gt=0, le=300, description="Longest arrival of a request's headers, then 408."
    )
    body_grace_s: float = Field(
        10.0, gt=0, le=300, description="A body slower than 1 KiB/s gets 408 after this."
    )
    send_timeout_s: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="Hang up on a client that takes less than 1 KiB/s of its answer.",
    )
