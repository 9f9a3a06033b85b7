"""What operators read fits what runs: metrics, events, fields of the log, alerts and runbooks."""

import ast
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from potluck.core.config import Settings
from potluck.models import User
from tests.architecture.modules import modules
from tests.architecture.rules import LOG_LEVELS
from tests.conftest import API, As
from tests.deploy import plain_yaml
from tests.docs.markdown import ROOT, anchors
from tests.doubles import FakeClock
from tests.factories import Make
from tests.log_capture import captured
from tests.processes import free_port
from tests.worker.metrics.conftest import serving_metrics

PAGES = ROOT / "docs" / "operations"
OBSERVE, ALERTS = PAGES / "observe.md", PAGES / "alerts.md"
RULES = ROOT / "deploy" / "prometheus" / "potluck.rules.yml"
#: Words of PromQL in our rules, and labels that Prometheus itself gives.
PROMQL = {
    "by", "changes", "histogram_quantile", "increase", "min", "min_over_time", "rate", "sum", "up",
}  # fmt: skip
OF_PROMETHEUS = {"instance", "job", "le"}


def rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its first two lines."""
    below = re.split(rf"^#+ {heading}$", page.read_text("utf-8"), flags=re.MULTILINE)[1]
    section = re.split(r"^#+ ", below, flags=re.MULTILINE)[0]
    tables = re.findall(r"(?:^\|.*\|$\n?)+", section, re.MULTILINE)
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for table in tables
        for line in table.splitlines()[2:]
    ]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def alerts() -> list[dict[str, Any]]:
    document: Any = plain_yaml.read(RULES)
    (group,) = document["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


every_alert = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])


class TestMetrics:
    async def test_the_table_is_what_is_served(self, settings: Settings, clock: FakeClock) -> None:
        async with serving_metrics(settings, clock, free_port()) as metered:
            await metered.client.get("/health/live")
            metered.resources.lifecycle.is_draining = True
            await metered.client.get("/health/ready")
            metered.resources.lifecycle.is_draining = False
            text = (await metered.scrape()).text
        served = {}
        for family in text_string_to_metric_families(text):
            suffix = "_total" if family.type == "counter" else ""
            labels = {name for sample in family.samples for name in sample.labels} - {"le"}
            served[family.name + suffix] = (family.type, labels)

        told = {
            quoted(name)[0]: (kind, set(quoted(labels)))
            for name, kind, labels, _ in rows(OBSERVE, "Metrics")
        }
        assert told == served


class TestLog:
    async def test_every_field_of_a_request_is_told(
        self, as_: As, make_user: Make[User], client: httpx2.AsyncClient
    ) -> None:
        ada = await as_(await make_user())
        with captured() as log:
            await ada.get(f"{API}/auth/me")
            await client.get("/health/live")
        fields = {name for event in log.events for name in event}

        told = {name for first, *_ in rows(OBSERVE, "The log") for name in quoted(first)}
        assert fields <= told

    def test_every_event_that_is_told_of_is_logged(self) -> None:
        logged = {
            (call.args[0].value, name.rpartition(".")[2])
            for module in modules()
            for _, name, call in module.calls()
            if name.rpartition(".")[2] in LOG_LEVELS
            if call.args and isinstance(call.args[0], ast.Constant)
        }
        levels = {event: {"exception": "error"}.get(level, level) for event, level in logged}
        events = [row for row in rows(OBSERVE, "The log") if row[1] in LOG_LEVELS]

        assert len(events) > 8
        for first, level, _ in events:
            assert {levels.get(event) for event in quoted(first)} == {level}, first


@every_alert
class TestAlerts:
    def test_asks_for_metrics_and_labels_that_there_are(self, alert: dict[str, str]) -> None:
        expression = alert["expr"]
        known = {quoted(name)[0]: set(quoted(labels)) for name, _, labels, _ in
                 rows(OBSERVE, "Metrics")}  # fmt: skip
        for suffix in ("_bucket", "_count", "_sum"):
            known |= {name + suffix: known[name] for name in list(known) if "seconds" in name}
        selectors = re.sub(r'"[^"]*"', "", expression)
        words = set(re.findall(r"[a-z_]{2,}", re.sub(r"\[\w+\]|\d+e\d+", "", selectors)))
        metrics = words & known.keys()
        labels = {label for metric in metrics for label in known[metric]}

        assert metrics or "up" in words
        assert words - metrics <= PROMQL | OF_PROMETHEUS | labels
        assert all(expression.count(a) == expression.count(b) for a, b in ("()", "[]", "{}"))

    def test_leads_to_its_place_in_the_runbooks(self, alert: dict[str, Any]) -> None:
        page, _, anchor = alert["annotations"]["runbook"].partition("#")

        assert anchor == alert["alert"].lower()
        assert anchor in anchors(ROOT / page)

    def test_says_what_happens_and_how_urgent_it_is(self, alert: dict[str, Any]) -> None:
        assert len(alert["annotations"]["summary"]) > 20
        told = {quoted(name)[0]: severity for name, severity, *_ in rows(ALERTS, "Alerts")}
        assert told[alert["alert"]] == alert["labels"]["severity"]


def test_every_alert_of_the_page_is_in_the_rules() -> None:
    told = [quoted(name)[0] for name, *_ in rows(ALERTS, "Alerts")]

    assert told == [alert["alert"] for alert in alerts()]


def test_the_example_of_a_scrape_names_the_port_and_the_rules() -> None:
    example: Any = plain_yaml.read(RULES.with_name("prometheus.yml"))
    (scrape,) = example["scrape_configs"]

    port = Settings.model_fields["metrics"].default.port
    assert scrape["job_name"] == "potluck"
    assert scrape["static_configs"] == [{"targets": [f"127.0.0.1:{port}"]}]
    assert example["rule_files"] == [RULES.name]
