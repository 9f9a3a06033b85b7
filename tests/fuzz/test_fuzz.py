"""A seeded sample of `make fuzz`: 1,000 generated cases and more on each engine."""

import subprocess
import sys

import pytest

from tests.fuzz.kitchen import ENGINES
from tests.processes import ROOT, environment

SEED = 20_261_122
WITHIN_S = 400


@pytest.mark.timeout(WITHIN_S + 20)
@pytest.mark.parametrize("on", ENGINES)
def test_i01_s01_no_generated_request_is_answered_by_what_the_document_does_not_say(
    on: str,
) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--sample", "--seed", str(SEED), "--engine", on]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(ROOT, {}),
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-5_000:]
