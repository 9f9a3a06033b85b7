"""The HTTP server: uvicorn, told explicitly what it would otherwise guess."""

import asyncio
from functools import partial
from typing import cast

import uvicorn

from potluck.cli.http_protocol import Edge, PatientProtocol
from potluck.core.config import Settings

#: How long one of several processes may take to start, or later to say that it is alive. Uvicorn's
#: 5 s kill one that starts on a busy machine.
ALIVE_WITHIN_S = 20


def server_config(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves us; its own log set-up and access log are replaced by ours."""
    server = settings.server
    return uvicorn.Config(
        "potluck.main:from_environment",
        factory=True,
        host=server.host,
        port=server.port,
        workers=server.workers,
        loop="uvloop",
        http=http_protocol(settings),
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Nobody's X-Forwarded-* headers are believed unless the operator names the proxy.
        proxy_headers=bool(server.trusted_proxies),
        forwarded_allow_ips=server.trusted_proxies,
        timeout_graceful_shutdown=server.shutdown_s,
        timeout_worker_healthcheck=ALIVE_WITHIN_S,
    )


def http_protocol(settings: Settings) -> type[asyncio.Protocol]:
    """What uvicorn makes for every connection; it can be pickled, for several processes."""
    server = settings.server
    edge = Edge(server.header_timeout_s, server.send_timeout_s, settings.public_url)
    return cast("type[asyncio.Protocol]", partial(PatientProtocol, edge=edge))
