"""The tutorial, done as it says."""

from pathlib import Path

from tests.docs.markdown import ROOT
from tests.docs.worked_example import Example, copy_of_the_repository, run

EXAMPLE = Example(ROOT / "docs/tutorial/index.md", ROOT / "docs/tutorial/code")


def test_the_page_shows_every_file() -> None:
    assert EXAMPLE.shown() == EXAMPLE.written()


def test_the_endpoint_works_and_its_tests_pass(tmp_path: Path) -> None:
    copy = copy_of_the_repository(tmp_path / "repository")
    EXAMPLE.apply(copy)
    run(
        copy,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("tests/api/api_v1/test_tips.py", "tests/architecture/test_rules.py"),
    )
