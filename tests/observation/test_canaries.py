"""P-02: no secret leaves a running Potluck by its logs, metrics or traces."""

import re
import secrets
import time
from pathlib import Path

from tests.observation.canaries import Canaries, fly
from tests.observation.served import Served, serving
from tests.observation.sink import receiving
from tests.processes import free_port
from tests.serving import launched

LEAST = 30


def test_p02_thirty_canaries_through_all_flows_show_in_no_output(tmp_path: Path) -> None:
    """At the level that says most, so that libraries speak as well."""
    master_key, reddit = secrets.token_hex(32), "canary-of-reddit-0123456789"
    metrics_port = free_port()
    with (
        receiving() as sink,
        serving(
            tmp_path,
            POTLUCK_LOG__LEVEL="debug",
            POTLUCK_MASTER_KEY=master_key,
            POTLUCK_REDDIT__CLIENT_ID="canary",
            POTLUCK_REDDIT__CLIENT_SECRET=reddit,
            POTLUCK_METRICS__ENABLED="true",
            POTLUCK_METRICS__PORT=str(metrics_port),
            OTEL_EXPORTER_OTLP_ENDPOINT=sink.address,
        ) as served,
    ):
        canaries = Canaries(served)
        fly(canaries, tmp_path)
        canaries.found |= {"master-key": master_key, "reddit": reddit}
        metrics = served.ask("GET", "/metrics", port=metrics_port).body.decode()
        served.end()

    print("N-04:", loop_lag(metrics))  # noqa: T201
    # The start shows the setup secret to whoever started it: on standard output, not in the log.
    output, log = served.said
    assert len(canaries.found) >= LEAST
    assert canaries.seen_in(output) == {"setup-secret"}
    assert len(log.splitlines()) > LEAST
    assert canaries.seen_in(log) == set()
    assert "potluck_http_request_duration_seconds_count" in metrics
    assert canaries.seen_in(metrics) == set()
    assert len(sink.spans()) > LEAST
    assert canaries.seen_in(sink.text) == set()


def loop_lag(metrics: str) -> str:
    """How often the event loop was late by more than 0.1 s, to be read with `pytest -s`."""
    lag = "potluck_event_loop_lag_seconds"
    asked, soon = (
        float(re.search(rf"^{lag}_{kind} (\S+)$", metrics, re.MULTILINE)[1])  # type: ignore[index]
        for kind in ("count", r'bucket\{le="0\.1"\}')
    )
    return f"event loop late by more than 0.1 s in {asked - soon:.0f} of {asked:.0f} samples"


def test_p02_a_database_that_is_away_is_not_told_with_its_password(tmp_path: Path) -> None:
    nowhere = free_port()
    settings = {
        "POTLUCK_LOG__FORMAT": "json",
        "POTLUCK_LOG__LEVEL": "debug",
        "POTLUCK_SERVER__DRAIN_S": "0",
        "POTLUCK_DATABASE__URL": f"postgresql://potluck:c%40nary-0123456789@127.0.0.1:{nowhere}/x",
    }
    with launched(tmp_path, settings=settings) as server:
        served = Served(server)
        wait_until_it_ends_or_answers(served)
        served.end()
        said = "".join(served.said)

    assert "127.0.0.1" in said
    assert "nary-0123456789" not in said


def wait_until_it_ends_or_answers(served: Served) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and served.server.process.poll() is None:
        try:
            served.ask("GET", "/health/ready")
        except OSError:
            time.sleep(0.05)
        else:
            return
