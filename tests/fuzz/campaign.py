"""One run of schemathesis against one kitchen, and what came of it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.fuzz import hooks
from tests.fuzz.kitchen import API, PEERS, identities, kitchen
from tests.processes import ROOT

#: Examples for each operation and phase; one full round is then about 7,000 cases.
FULL, SAMPLE = 12, 9
#: Of the cases that are enumerated from the document, a sample takes this part.
SAMPLE_SHARE = 0.1
#: A round takes three minutes on two idle cores, and a quarter of an hour beside other work.
ROUND_WITHIN_S = 1800

#: The families of the table, by the name of the failure.
FAMILIES = {
    "ServerError": "5xx",
    "UndefinedStatusCode": "undocumented status",
    "IgnoredAuth": "ignored auth",
    "ObjectLevelAuthorizationViolation": "cross-identity",
    "UseAfterFree": "use after delete",
}


class Attacked(Protocol):
    """A running service that knows PEERS and describes itself, as a `Kitchen` is."""

    @property
    def engine(self) -> str: ...

    @property
    def url(self) -> str: ...

    def is_alive(self) -> bool: ...

    def said(self) -> str: ...


@dataclass
class Round:
    """What one run found. Counts are of cases; `said` is what schemathesis printed."""

    engine: str
    seed: int
    operations: int
    cases: int
    failures: Counter[str]
    statuses: Counter[int]
    accepted: Counter[str]
    duration_s: float
    said: str
    notes: list[str] = field(default_factory=list)

    @property
    def count_5xx(self) -> int:
        """Answers of 500 and above, whatever the checks say of them."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found and the run came to its end."""
        return not self.failures and not self.count_5xx and not self.notes

    def found(self, family: str) -> int:
        """Failures of one of FAMILIES, or of "other"."""
        return sum(n for kind, n in self.failures.items() if FAMILIES.get(kind, "other") == family)


def fuzzed(engine: str, seed: int, *, is_sample: bool, is_isolated: bool) -> Round:
    """Send one round of cases to a fresh server on `engine`."""
    with tempfile.TemporaryDirectory(prefix="potluck-fuzz-") as folder:
        place = Path(folder)
        with kitchen(engine, place / "house", is_isolated=is_isolated) as served:
            return sent_to(served, place, seed, is_sample=is_sample)


def sent_to(served: Attacked, place: Path, seed: int, *, is_sample: bool) -> Round:
    """Send one round of cases; `place` is an empty folder for what the run leaves."""
    (place / "identities.json").write_text(identities(), encoding="utf-8")
    (place / "schemathesis.toml").write_text(_configuration(place), encoding="utf-8")
    environ = os.environ | {
        "PYTHONPATH": str(ROOT),
        hooks.TALLY: str(place / "tally.json"),
        hooks.SHARE: str(SAMPLE_SHARE if is_sample else 1),
        hooks.SEED: str(seed),
    }
    started = time.monotonic()
    output = place / "output"
    notes = _sent(_command(served, place, seed, SAMPLE if is_sample else FULL), environ, output)
    if not served.is_alive():
        notes.append("the server is gone")
    if "Traceback" in served.said():
        notes.append("the server logged a traceback")
    report, tally = _read(place / "report.json"), _read(place / "tally.json")
    if unknown := tally.get("unknown"):
        notes.append(f"valid requests refused for what hooks.py does not know: {unknown}")
    if not report:
        notes.append("schemathesis left no report")
    statuses = Counter({int(k): n for k, n in tally.get("statuses", {}).items()})
    if not any(200 <= status < 300 for status in statuses):
        notes.append("no request was answered with 2xx")
    said = output.read_text(encoding="utf-8", errors="replace")
    failures = Counter({each["type"]: each["count"] for each in report.get("failures", [])})
    failures.update({"Error": len(report.get("errors", []))} if report.get("errors") else {})
    return Round(
        served.engine,
        seed,
        operations=report.get("operations", {}).get("tested", 0),
        cases=report.get("test_cases", {}).get("generated", 0),
        failures=failures,
        statuses=statuses,
        accepted=Counter(tally.get("accepted", {})),
        duration_s=time.monotonic() - started,
        said=said,
        notes=notes,
    )


def _sent(command: list[str], environ: dict[str, str], output: Path) -> list[str]:
    """Run schemathesis to its end; what kept it from one."""
    with output.open("wb") as file:
        try:
            ended = subprocess.run(
                command,
                cwd=output.parent,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=ROUND_WITHIN_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return [f"schemathesis did not end within {ROUND_WITHIN_S} s"]
    return [] if ended.returncode in {0, 1} else [f"schemathesis ended with {ended.returncode}"]


def _configuration(place: Path) -> str:
    peers = json.dumps(list(PEERS))
    return (
        f'hooks = "{hooks.__name__}"\n'
        "[auth.wfc]\n"
        f'path = "{place / "identities.json"}"\n'
        f"peers = {peers}\n"
        "refresh_interval = 300\n"
        "[warnings]\n"
        "enabled = false\n"
    )


def _command(served: Attacked, place: Path, seed: int, examples: int) -> list[str]:
    return [
        *(sys.executable, "-m", "schemathesis.cli", "--no-color"),
        *("--config-file", str(place / "schemathesis.toml")),
        *("run", f"{served.url}{API}/openapi.json", "--url", served.url),
        *("--checks", "all", "--mode", "all", "--continue-on-failure"),
        *("--max-examples", str(examples), "--seed", str(seed)),
        *("--generation-database", "none", "--request-timeout", "30"),
        *("--report", "json", "--report-json-path", str(place / "report.json")),
    ]


def _read(path: Path) -> dict[str, Any]:
    """A JSON file that a run may have left; empty without one, or when it was stopped writing."""
    try:
        members: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return members
