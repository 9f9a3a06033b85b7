"""A seeded sample of `make fuzz`: 1,000 generated cases and more on each engine."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz import leaky_recipes
from tests.fuzz.campaign import sent_to
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


class TestACampaignAgainstAServiceWithAPlantedFault:
    def test_s01_finds_that_one_identity_is_shown_what_is_of_the_other(
        self, tmp_path: Path
    ) -> None:
        app = leaky_recipes.service()
        app.dependency_overrides[leaky_recipes.readable] = leaky_recipes.everybodys
        with leaky_recipes.served(app) as served:
            found = sent_to(served, tmp_path, SEED, is_sample=True)
        assert found.found("cross-identity") > 0, found.said
        assert not found.is_clean

    def test_s01_finds_nothing_where_the_fault_is_not_planted(self, tmp_path: Path) -> None:
        with leaky_recipes.served(leaky_recipes.service()) as served:
            found = sent_to(served, tmp_path, SEED, is_sample=True)
        assert found.statuses[200] > 0, found.said
        assert found.found("cross-identity") == 0, found.said
