"""Decisions have one form, and name what holds us to them."""

import re
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, links

FOLDER = ROOT / "docs/decisions"
DECISIONS = sorted(FOLDER.glob("0*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]


def test_they_are_numbered_without_gaps_and_listed() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert links(FOLDER / "README.md") == [page.name for page in DECISIONS]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
class TestDecision:
    def test_has_its_headings(self, page: Path) -> None:
        assert re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE) == HEADINGS

    def test_is_one_sentence(self, page: Path) -> None:
        decision = page.read_text("utf-8").partition("## Decision\n")[2].partition("\n## ")[0]
        assert decision.strip().count(".") == decision.strip().endswith(".") == 1

    def test_names_a_check(self, page: Path) -> None:
        enforced = page.read_text("utf-8").partition("## Enforced by\n")[2]
        assert re.search(r"tests/\S+\.py", enforced)
