"""The reader of pages knows rules, not sites: no page it is measured on may be named in it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT.parent / "shared" / "data" / "pages"


def test_no_measured_site_is_named_in_the_package() -> None:
    if not PAGES.is_dir():
        pytest.skip("the folder of measured pages is not beside the repository")
    hosts = {page.stem for page in PAGES.glob("*.html")}
    assert len(hosts) > 50

    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in (ROOT / "potluck").rglob("*")
        if path.suffix in {".py", ".json", ".html", ".md", ".txt"}
        for text in [path.read_text("utf-8")]
        for host in hosts
        if host in text
    ]

    assert named == [], "write a rule that holds for every site instead"
